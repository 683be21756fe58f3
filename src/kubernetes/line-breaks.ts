import type { KubernetesObject } from '../engines/objects.ts';

/** Longer values are files, which end with a line break as they should. */
const maximumText = 1024;

/**
 * Keys of a Secret whose value is one line with a line break behind it, as `echo … | base64` makes them: to be taken
 * before the values are hidden, of which nothing else is told. `undefined` when there is none.
 */
export function keysWithLineBreak(object: KubernetesObject): readonly string[] | undefined {
  if (object.kind !== 'Secret' || !('data' in object)) return undefined;
  const { data } = object;
  if (typeof data !== 'object' || data === null) return undefined;
  const keys = Object.entries(data).flatMap(([key, value]) => (isBroken(value) ? [key] : []));
  return keys.length === 0 ? undefined : keys;
}

function isBroken(encoded: unknown): boolean {
  if (typeof encoded !== 'string' || encoded.startsWith('[') || encoded.length > maximumText) return false;
  return /^[^\r\n]+\r?\n$/.test(Buffer.from(encoded, 'base64').toString('utf8'));
}
