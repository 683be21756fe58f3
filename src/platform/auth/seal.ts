import { hkdfSync } from 'node:crypto';
import { EncryptJWT, errors, jwtDecrypt } from 'jose';

/** Writes what only replicas with the same key can read, and nobody can change: what a browser keeps for us. */
export interface Seal {
  /** @param value JSON. @param seconds for how long it can be opened. */
  close(value: unknown, seconds: number): Promise<string>;
  /** `undefined` for what was not closed here for this purpose, was changed, or is too old. */
  open(text: string): Promise<unknown>;
}

export interface SealOptions {
  /** Of at least 32 bytes each; the first closes, all open. */
  readonly keys: readonly Uint8Array[];
  /** What was closed for one purpose opens for no other. */
  readonly purpose: string;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** JWE of RFC 7516: `dir` with A256GCM. */
export function createSeal({ keys, purpose, now = Date.now }: SealOptions): Seal {
  const derived = keys.map((key) => new Uint8Array(hkdfSync('sha256', key, '', `kubemend ${purpose}`, 32)));
  const [first] = derived;
  if (first === undefined) throw new Error('There is no key to seal with.');
  return {
    async close(value, seconds) {
      return new EncryptJWT({ value })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setExpirationTime(Math.floor(now() / 1000) + seconds)
        .encrypt(first);
    },
    async open(text) {
      for (const key of derived) {
        const value = await openedWith(key, text, now());
        if (value !== undefined) return value;
      }
      return undefined;
    },
  };
}

async function openedWith(key: Uint8Array, text: string, now: number): Promise<unknown> {
  try {
    const { payload } = await jwtDecrypt(text, key, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
      requiredClaims: ['exp'],
      currentDate: new Date(now),
    });
    return payload['value'];
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
