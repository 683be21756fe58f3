import { describe, expect, it } from 'vitest';
import { isSigned, signatureOf } from '../../../../src/kubernetes/live/signatures.ts';

const signed = { namespace: 'shop', name: 'kubemend-a', text: '{"a":1}' };
const key = Buffer.alloc(32, 'k');
const other = Buffer.alloc(32, 'o');

describe('a signature', () => {
  it('holds for what was signed, with any of the keys', () => {
    expect(isSigned(signed, signatureOf(signed, key), [other, key])).toBe(true);
    expect(isSigned(signed, signatureOf(signed, key), [key, other])).toBe(true);
  });

  it.each([
    { ...signed, text: '{"a":2}' },
    { ...signed, name: 'kubemend-b' },
    { ...signed, namespace: 'pay' },
    { namespace: 'sho', name: 'pkubemend-a', text: signed.text },
  ])('does not hold for %j', (elsewhere) => {
    expect(isSigned(elsewhere, signatureOf(signed, key), [key])).toBe(false);
  });

  it.each([undefined, '', 'abc', 'g'.repeat(64), signatureOf(signed, other), signatureOf(signed, key).toUpperCase()])(
    'is not %j',
    (signature) => {
      expect(isSigned(signed, signature, [key])).toBe(false);
    },
  );

  it('holds for nobody without a key', () => {
    expect(isSigned(signed, signatureOf(signed, key), [])).toBe(false);
  });
});
