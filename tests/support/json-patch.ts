import { isDeepStrictEqual } from 'node:util';

interface Step {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}
type Fields = Record<string, unknown>;

/** The document after a JSON patch (RFC 6902: test, add, replace, remove); undefined when a step does not hold. */
export function patchedBy<T>(document: T, steps: readonly Step[]): T | undefined {
  const copy = structuredClone(document);
  return steps.every((step) => take(copy as Fields, step)) ? copy : undefined;
}

function take(document: Fields, { op, path, value }: Step): boolean {
  const keys = path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop() ?? '';
  const parent = keys.reduce<unknown>((at, key) => (at as Fields | undefined)?.[key], document);
  if (typeof parent !== 'object' || parent === null) return false;
  if (op === 'test') return isDeepStrictEqual((parent as Fields)[last], value);
  if (op !== 'add' && !(last in parent)) return false;
  if (!Array.isArray(parent)) {
    if (op === 'remove') delete (parent as Fields)[last];
    else (parent as Fields)[last] = value;
  } else if (op === 'replace') parent[Number(last)] = value;
  else
    parent.splice(
      last === '-' ? parent.length : Number(last),
      op === 'remove' ? 1 : 0,
      ...(op === 'add' ? [value] : []),
    );
  return true;
}
