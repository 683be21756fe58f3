import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../../../../src/engines/healing/healing-tier.ts';

describe('matchesPattern', () => {
  it.each([
    ['shop', 'shop'],
    ['*', 'anything'],
    ['shop-*', 'shop-'],
    ['*-shop', 'my-shop'],
    ['a*c*e', 'abcde'],
    ['a*b*b', 'abb'],
    ['a**b', 'ab'],
  ])('takes %s for %s', (pattern, name) => {
    expect(matchesPattern(pattern, name)).toBe(true);
  });

  it.each([
    ['shop', 'shop2'],
    ['shop-*', 'shop'],
    ['ab*ba', 'aba'],
    ['a*b*b', 'ab'],
    ['a*c*e', 'abde'],
    ['a*cd*de', 'acde'],
  ])('does not take %s for %s', (pattern, name) => {
    expect(matchesPattern(pattern, name)).toBe(false);
  });
});
