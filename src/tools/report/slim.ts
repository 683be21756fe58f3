import type { KubernetesObject } from '../../engines/objects.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Annotations that repeat the object. */
const copies = new Set(['kubectl.kubernetes.io/last-applied-configuration']);

/**
 * An object without what nobody reads: managed fields, copies of itself, empty parts. Values of a Secret go too: readers
 * hide them already, and this is the last gate.
 */
export function slim(object: KubernetesObject): Fields {
  const { apiVersion, kind, metadata, ...others } = object;
  const rest: Fields = others;
  const { managedFields: _, annotations, ...identity } = metadata;
  const kept = Object.entries(annotations ?? {}).filter(([name]) => !copies.has(name));
  const meta = { ...identity, ...(kept.length > 0 ? { annotations: Object.fromEntries(kept) } : {}) };
  const body = kind === 'Secret' ? { ...rest, ...hidden(rest, 'data'), ...hidden(rest, 'stringData') } : rest;
  return { apiVersion, kind, metadata: meta, ...withoutEmpty(body) };
}

/** The keys of a Secret's map, with what the reader left in place of the values when that is no value. */
function hidden(secret: Fields, field: string): Fields {
  const values = secret[field];
  if (!isFields(values)) return {};
  const entries = Object.entries(values).map(([key, value]) => [key, isMarker(value) ? value : '[REDACTED]']);
  return { [field]: Object.fromEntries(entries) };
}

const isMarker = (value: unknown): boolean => typeof value === 'string' && /^\[REDACTED(?::[^\]]*)?\]$/.test(value);

const withoutEmpty = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (isFields(value) && Object.keys(value).length === 0);

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The value at a dotted path: `spec.replicas`, `spec.template.spec.containers[0].image`,
 * `metadata.labels["app.kubernetes.io/name"]`. A name after a list means that field of each item. `undefined` when
 * nothing is there.
 */
export const select = (object: unknown, path: string): unknown => walk(object, stepsOf(path));

/** `a.b[0]["c.d"]` → `a`, `b`, `0`, `c.d`. */
function stepsOf(path: string): readonly string[] {
  return [...path.matchAll(/\["([^"]*)"\]|\['([^']*)'\]|\[(\d+|\*)\]|([^.[\]]+)/g)].flatMap(
    ([, double, single, index, name]) => double ?? single ?? index ?? name ?? [],
  );
}

function walk(value: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined) return value;
  if (Array.isArray(value)) {
    if (/^\d+$/.test(step)) return walk(value[Number(step)], rest);
    const steps = step === '*' ? rest : [step, ...rest];
    const found = value.map((item) => walk(item, steps)).filter((item) => item !== undefined);
    return found.length > 0 ? found : undefined;
  }
  // Own properties only: `constructor` is no field of a Kubernetes object.
  return isFields(value) && Object.hasOwn(value, step) ? walk(value[step], rest) : undefined;
}
