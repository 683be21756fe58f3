import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical, digestOf } from '../../../src/platform/digest.ts';

describe('a digest', () => {
  it('is SHA-256 in hex', () => {
    expect(digestOf({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });

  it('does not mind the order of keys, at any depth, but that of lists', () => {
    expect(digestOf({ a: { b: 1, c: [1, 2] }, d: 2 })).toBe(digestOf({ d: 2, a: { c: [1, 2], b: 1 } }));
    expect(digestOf([1, 2])).not.toBe(digestOf([2, 1]));
  });

  it('takes undefined for absent, as JSON does, and null for something', () => {
    expect(digestOf({ a: undefined })).toBe(digestOf({}));
    expect(digestOf({ a: null })).not.toBe(digestOf({}));
  });

  it('tells numbers from their text', () => {
    expect(canonical({ a: 1 })).not.toBe(canonical({ a: '1' }));
  });

  it('stays the same over a trip through JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(digestOf(JSON.parse(JSON.stringify(value)))).toBe(digestOf(value));
      }),
    );
  });
});
