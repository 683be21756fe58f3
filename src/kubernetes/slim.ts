import type { KubernetesObject } from '../engines/objects.ts';
import { redactObject } from '../platform/redact.ts';
import { certificateFactsOf } from './certificate-facts.ts';
import { keysWithLineBreak } from './line-breaks.ts';

/**
 * An object as it may be kept: without secrets, and without what no rule reads and what makes up half of its bytes:
 * of managedFields who wrote when stays, in which other version of the API, and the fields that a rule asks the writer of.
 * Of the certificate in a Secret stays what is public (`certificateFacts`), of its other values which end with a line
 * break (`keysWithLineBreak`).
 */
export function slimmed(whole: KubernetesObject): KubernetesObject {
  const object = whole.kind === 'Secret' ? withFacts(whole) : whole;
  const { managedFields, ...metadata } = object.metadata;
  // Whoever wrote an archive may have written anything.
  if (!Array.isArray(managedFields)) return redactObject({ ...object, metadata });
  const kept = managedFields
    .filter((entry) => typeof entry === 'object' && entry !== null)
    .map((entry) => ({
      ...(entry.manager !== undefined && { manager: entry.manager }),
      ...(entry.operation !== undefined && { operation: entry.operation }),
      ...(entry.subresource !== undefined && { subresource: entry.subresource }),
      ...(entry.time !== undefined && { time: entry.time }),
      ...(entry.apiVersion !== undefined && entry.apiVersion !== object.apiVersion && { apiVersion: entry.apiVersion }),
      ...fieldsOf(object.kind, entry.fieldsV1),
    }));
  return redactObject({ ...object, metadata: { ...metadata, managedFields: kept } });
}

interface AskedFields {
  /** The steps of `fieldsV1` down to a map. */
  readonly within: readonly string[];
  /** The one key of it that matters; absent: each of them. */
  readonly only?: string;
}

/** The fields whose writer is asked of, by kind. */
const askedFields: ReadonlyMap<string, AskedFields> = new Map<string, AskedFields>([
  ['ConfigMap', { within: ['f:data'] }],
  ['Secret', { within: ['f:data'] }],
  ['Namespace', { within: ['f:metadata', 'f:labels'] }],
  ['Node', { within: ['f:spec'], only: 'f:unschedulable' }],
  ['Deployment', { within: ['f:spec'], only: 'f:replicas' }],
  ['StatefulSet', { within: ['f:spec'], only: 'f:replicas' }],
  ['ReplicaSet', { within: ['f:spec'], only: 'f:replicas' }],
]);

/** `fieldsV1` cut down to what is asked of this kind: names only, nothing below them. */
function fieldsOf(kind: string, fields: unknown): { fieldsV1?: object } {
  const asked = askedFields.get(kind);
  if (asked === undefined) return {};
  const map = asked.within.reduce<unknown>((above, step) => (isObject(above) ? above[step] : undefined), fields);
  if (!isObject(map)) return {};
  const names = Object.keys(map).filter((name) => asked.only === undefined || name === asked.only);
  if (names.length === 0) return {};
  const kept = Object.fromEntries(names.map((name) => [name, {}]));
  return { fieldsV1: asked.within.reduceRight<object>((below, step) => ({ [step]: below }), kept) };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Any JSON value as an object with identity, or undefined when it is none. */
export function asObject(value: unknown, defaults: { apiVersion: string; kind: string }): KubernetesObject | undefined {
  if (!isObject(value) || !isObject(value.metadata) || typeof value.metadata.name !== 'string') return undefined;
  const identity = {
    apiVersion: typeof value.apiVersion === 'string' ? value.apiVersion : defaults.apiVersion,
    kind: typeof value.kind === 'string' ? value.kind : defaults.kind,
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- just checked: identity and name are there
  return { ...value, ...identity } as unknown as KubernetesObject;
}

function withFacts(secret: KubernetesObject): KubernetesObject {
  const certificateFacts = certificateFactsOf(secret);
  const broken = keysWithLineBreak(secret);
  return {
    ...secret,
    ...(certificateFacts !== undefined && { certificateFacts }),
    ...(broken !== undefined && { keysWithLineBreak: broken }),
  };
}
