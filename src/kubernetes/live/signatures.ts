import { createHmac, timingSafeEqual } from 'node:crypto';

/** What is signed: a text, and where it is kept, so that it counts nowhere else. */
export interface Signed {
  readonly namespace: string;
  readonly name: string;
  readonly text: string;
}

/** HMAC-SHA256, hex. Neither a namespace nor a name has a line break. */
export const signatureOf = ({ namespace, name, text }: Signed, key: Buffer): string =>
  createHmac('sha256', key).update(`${namespace}\n${name}\n${text}`).digest('hex');

/** Whether one of the keys signed it; takes as long for every wrong signature. */
export function isSigned(signed: Signed, signature: string | undefined, keys: readonly Buffer[]): boolean {
  if (signature === undefined || !/^[0-9a-f]{64}$/.test(signature)) return false;
  const given = Buffer.from(signature, 'hex');
  return keys.reduce(
    (found, key) => timingSafeEqual(given, Buffer.from(signatureOf(signed, key), 'hex')) || found,
    false,
  );
}
