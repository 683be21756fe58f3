import * as z from 'zod';
import type { KubernetesObject } from '../../src/engines/objects.ts';
import { healingTools } from '../../src/tools/healing-tools.ts';
import { tools as readTools } from '../../src/tools/index.ts';
import type { AnyTool } from '../../src/tools/tool.ts';

/** Every tool that there is. */
export const catalogue: readonly AnyTool[] = [...readTools, ...healingTools];

/** What arguments are called, and what stands in them when they are about this object. A new name needs no entry. */
const about = ({ kind, metadata: { name, namespace } }: KubernetesObject): Readonly<Record<string, unknown>> => ({
  namespace,
  kind,
  name,
  object: `${kind}/${name}`,
  pod_name: name,
  to: `${kind}/${name}`,
  from: 'deployment/web',
  container: 'app',
  image: 'registry.example/app:0.9',
  verb: 'get',
  resource: kind,
  memory_limit: '64Mi',
  replicas: 2,
});

const shape = z.looseObject({
  properties: z.record(z.string(), z.looseObject({ type: z.string().optional() })),
  required: z.array(z.string()).default([]),
});

const byType: Readonly<Record<string, unknown>> = { string: 'x', integer: 1, number: 1, boolean: true, array: [] };

/** Arguments of a tool about each of these objects with every switch on, about the first also the least, and of everything. */
export function callsOf(tool: AnyTool, objects: readonly KubernetesObject[]): readonly object[] {
  const { properties, required } = shape.parse(z.toJSONSchema(tool.input, { io: 'input' }));
  const names = Object.keys(properties);
  const filled = (values: Readonly<Record<string, unknown>>, wanted: readonly string[]) =>
    Object.fromEntries(
      wanted.map((name) => [name, name in values ? values[name] : byType[properties[name]?.type ?? 'string']]),
    );
  const switches = names.filter((name) => properties[name]?.type === 'boolean' && name !== 'all_namespaces');
  const specific = names.filter((name) => ['object', 'memory_limit', 'kind', 'name', 'from'].includes(name));
  const least = required.includes('namespace') || !names.includes('namespace') ? required : [...required, 'namespace'];
  const everywhere = names.includes('all_namespaces') ? [{ all_namespaces: true }] : [];
  const full = [...new Set([...least, ...specific])];
  return [
    ...everywhere,
    ...objects.slice(0, 1).map((object) => filled(about(object), least)),
    ...objects.map((object) => ({ ...filled(about(object), full), ...filled({}, switches) })),
  ];
}
