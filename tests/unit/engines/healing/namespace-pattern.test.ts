import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSystemNamespace, matchesPattern } from '../../../../src/engines/healing/namespace-pattern.ts';

const name = fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 12 });
const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '-', '*'), maxLength: 12 });

/** The same meaning, said by a regular expression. */
const asExpression = (text: string): RegExp => new RegExp(`^${text.replaceAll(/\*+/g, '.*')}$`);

describe('matchesPattern', () => {
  it.each([
    ['shop', 'shop'],
    ['*', 'shop'],
    ['*', ''],
    ['shop-*', 'shop-eu'],
    ['shop-*', 'shop-'],
    ['*-prod', 'shop-prod'],
    ['a*b*c', 'a-b-b-c'],
    ['**', 'shop'],
    ['s*p', 'sp'],
  ])('lets %s stand for "%s"', (text, namespace) => {
    expect(matchesPattern(text, namespace)).toBe(true);
  });

  it.each([
    ['shop', 'shop-eu'],
    ['shop', 'eu-shop'],
    ['shop-*', 'shop'],
    ['*-prod', 'prod'],
    ['a*a', 'a'],
    ['ab*ba', 'aba'],
    ['a*b*c', 'acb'],
    ['.*', 'shop'],
    ['shop', ''],
  ])('does not let %s stand for "%s"', (text, namespace) => {
    expect(matchesPattern(text, namespace)).toBe(false);
  });

  it('means what a regular expression would', () => {
    fc.assert(
      fc.property(pattern, name, (text, namespace) => {
        expect(matchesPattern(text, namespace)).toBe(asExpression(text).test(namespace));
      }),
      { numRuns: 2000 },
    );
  });

  it('stands for all that a pattern within it stands for', () => {
    const filled = (text: string, by: string): string => text.replaceAll('*', by);
    fc.assert(
      fc.property(pattern, pattern, name, (wide, filling, rest) => {
        const narrow = filled(wide, filling);

        expect(matchesPattern(wide, narrow)).toBe(true);
        expect(matchesPattern(wide, filled(narrow, rest))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('does not mind patterns that would occupy a regular expression for years', () => {
    expect(matchesPattern(`${'*a'.repeat(5000)}*b`, 'a'.repeat(100_000))).toBe(false);
  });
});

describe('isSystemNamespace', () => {
  it.each([
    ['kube-system', true],
    ['kube-', true],
    ['kube', false],
    ['my-kube-system', false],
  ])('of %s is %s', (namespace, system) => {
    expect(isSystemNamespace(namespace)).toBe(system);
  });
});
