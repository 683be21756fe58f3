import * as z from 'zod';
import { capData } from '../../platform/size-limits.ts';
import { diagnosisPermissions } from '../permissions.ts';
import { select, slim } from '../report/slim.ts';
import { cluster, kind, namespace, objectName } from '../schemas.ts';
import { targetNamespace, targetObject } from '../target.ts';
import { defineTool } from '../tool.ts';

/** Bytes of JSON of one object: about 3,000 tokens. */
const objectBytes = 12_000;

const fieldPath = z
  .string()
  .regex(/^[^\s]{1,256}$/, 'is no path: write it like spec.template.spec.containers[0].image');

export const getResource = defineTool({
  name: 'get_resource',
  title: 'Get a resource',
  description: `
    Reads one object of any kind, custom resources included, without managed fields and copies. Values of Secrets are
    never shown. Name fields to get only those; a name after a list is that field of every item.`,
  access: 'read',
  permissions: diagnosisPermissions.filter(
    (permission) => permission.startsWith('get ') && !permission.includes('/log'),
  ),

  input: z.object({
    kind,
    name: objectName.describe('Name of the object.'),
    namespace,
    fields: z
      .array(fieldPath)
      .max(20)
      .optional()
      .describe('Paths: spec.replicas, status.conditions, metadata.labels["app.kubernetes.io/name"].'),
    cluster,
  }),
  output: z.object({
    kind: z.string(),
    name: z.string(),
    namespace: z.string().optional(),
    /** The object, or by path the values that `fields` names. */
    object: z.record(z.string(), z.unknown()),
    /** Paths at which there is nothing. */
    missing: z.array(z.string()).readonly().optional(),
    /** What was cut because the object is large. */
    cut: z.array(z.string()).readonly().optional(),
  }),

  async run({ kind: wanted, name, fields, ...where }, context) {
    const reader = await context.reader();
    const target = targetNamespace({ ...where, all_namespaces: false }, context.settings);
    const ref = await targetObject(reader, { kind: wanted, name, namespace: target }, context);
    // A kind that was written with its group stays so: two groups may have kinds of one name.
    const found = await reader.get(wanted.includes('.') ? { ...ref, kind: wanted } : ref, context.signal);
    const whole = slim(found);
    const values = fields?.map((path) => [path, select(whole, path)] as const);
    const chosen = values === undefined ? whole : Object.fromEntries(values.filter(([, value]) => value !== undefined));
    const missing = (values ?? []).filter(([, value]) => value === undefined).map(([path]) => path);
    const { data, cut } = capData(chosen, objectBytes) ?? { data: {}, cut: ['everything: name fields'] };
    return {
      kind: ref.kind,
      name,
      namespace: ref.namespace,
      object: data,
      ...(missing.length > 0 ? { missing } : {}),
      ...(cut.length > 0 ? { cut } : {}),
    };
  },

  render({ kind: shown, name, namespace: place, object, missing = [], cut = [] }) {
    return [
      `${shown}/${name}${place === undefined ? '' : ` in ${place}`}`,
      ...Object.entries(object).map(([key, value]) => `${key}: ${JSON.stringify(value)}`),
      ...(missing.length > 0 ? [`nothing at ${missing.join(', ')}`] : []),
      ...(cut.length > 0 ? [`… cut: ${cut.join('; ')}. Name fields to see them.`] : []),
    ].join('\n');
  },
});
