import { hash } from 'node:crypto';

/** SHA-256 of a JSON value, in hex; values that differ only in the order of keys have the same. */
export const digestOf = (value: unknown): string => hash('sha256', canonical(value));

/** JSON with sorted keys, so that equal values have equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
