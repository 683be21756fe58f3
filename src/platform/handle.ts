import { randomBytes } from 'node:crypto';

/** Crockford's base 32 in lower case: no letter looks like a digit. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const randomBits = 128;
const bitsEach = 5;
const length = Math.ceil(randomBits / bitsEach);

/** 128 random bits as 26 characters: a name that nobody guesses, and that can be read out. */
export function newHandle(): string {
  let bits = BigInt(`0x${randomBytes(randomBits / 8).toString('hex')}`);
  let handle = '';
  while (handle.length < length) {
    handle = `${alphabet[Number(bits & 31n)]}${handle}`;
    bits >>= BigInt(bitsEach);
  }
  return handle;
}
