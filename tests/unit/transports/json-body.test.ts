import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { depthOf } from '../../../src/transports/json-body.ts';

const depthOfValue = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? 1 + Math.max(0, ...Object.values(value).map((item) => depthOfValue(item)))
    : 0;

describe('depthOf', () => {
  it.each([
    ['1', 0],
    ['"[[["', 0],
    ['"\\"[["', 0],
    ['[]', 1],
    ['[{"a":[]},[]]', 3],
    ['"\\\\"[[', 2],
  ])('of %s is %i', (json, depth) => {
    expect(depthOf(json)).toBe(depth);
  });

  it('is the depth of any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(depthOf(JSON.stringify(value))).toBe(depthOfValue(value));
      }),
    );
  });
});
