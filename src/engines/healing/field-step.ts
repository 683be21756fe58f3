import type { KubernetesObject } from '../objects.ts';
import type { FieldStep } from './action.ts';
import type { FieldChange } from './draft.ts';

type Value = string | number | boolean;

/** A change of one field with its way back. */
export interface FieldEdit {
  readonly step: FieldStep;
  readonly inverse: FieldStep;
  readonly change: Omit<FieldChange, 'object'>;
}

/**
 * Sets one field of an object, whatever of the way to it exists: parents that are missing are added with it, and
 * removed by the inverse. `undefined` when the field has that value already.
 * @param path Keys and indexes from the root: `['spec', 'replicas']`.
 */
export function setField(
  object: KubernetesObject,
  path: readonly (string | number)[],
  value: Value,
): FieldEdit | undefined {
  const { depth, found } = reached(object, path);
  const change = { field: fieldName(path), after: String(value) };
  if (depth === path.length) {
    if (found === value) return undefined;
    const before = isValue(found) ? found : JSON.stringify(found);
    const pointer = pointerOf(path);
    return {
      step: { op: 'replace', path: pointer, value },
      inverse: { op: 'replace', path: pointer, value: before },
      change: { ...change, before: String(before) },
    };
  }
  const pointer = pointerOf(path.slice(0, depth + 1));
  const added = path.slice(depth + 1).reduceRight<Value | object>((inner, key) => ({ [key]: inner }), value);
  return { step: { op: 'add', path: pointer, value: added }, inverse: { op: 'remove', path: pointer }, change };
}

/** How far the path exists, in keys, and what is there. */
function reached(object: unknown, path: readonly (string | number)[]): { depth: number; found: unknown } {
  let found: unknown = object;
  for (const [depth, key] of path.entries()) {
    const next = isRecord(found) ? found[key] : undefined;
    if (next === undefined || next === null) return { depth, found };
    found = next;
  }
  return { depth: path.length, found };
}

const isRecord = (value: unknown): value is Readonly<Record<string | number, unknown>> =>
  typeof value === 'object' && value !== null;

const isValue = (value: unknown): value is Value =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** RFC 6901. */
const pointerOf = (path: readonly (string | number)[]): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

const fieldName = (path: readonly (string | number)[]): string =>
  path.reduce<string>(
    (name, key) => (typeof key === 'number' ? `${name}[${key}]` : name === '' ? key : `${name}.${key}`),
    '',
  );
