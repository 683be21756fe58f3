import { describe, expect, it } from 'vitest';
import { matchesSelector, selectorText } from '../../../src/engines/selectors.ts';

const labels = { app: 'api', tier: 'web' };
const expression = (key: string, operator: string, ...values: string[]) => ({
  matchExpressions: [{ key, operator, values }],
});

describe('matchesSelector', () => {
  it('takes an empty selector for everything and a missing one for nothing', () => {
    expect([matchesSelector({}, labels), matchesSelector(undefined, labels)]).toEqual([true, false]);
  });

  it('wants every label and every expression to hold', () => {
    expect(matchesSelector({ matchLabels: { app: 'api' }, ...expression('tier', 'In', 'web', 'db') }, labels)).toBe(
      true,
    );
    expect(matchesSelector({ matchLabels: { app: 'api' }, ...expression('tier', 'NotIn', 'web') }, labels)).toBe(false);
    expect(matchesSelector(expression('role', 'Exists'), labels)).toBe(false);
    expect(matchesSelector(expression('role', 'DoesNotExist'), undefined)).toBe(true);
  });
});

describe('selectorText', () => {
  it('writes a selector as kubectl takes it', () => {
    const selector = {
      matchLabels: { app: 'api' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['web', 'db'] },
        { key: 'zone', operator: 'NotIn', values: ['a'] },
        { key: 'gpu', operator: 'Exists' },
        { key: 'old', operator: 'DoesNotExist' },
      ],
    };

    expect(selectorText(selector)).toBe('app=api,tier in (web, db),zone notin (a),gpu,!old');
    expect(selectorText({})).toBe('any label');
  });
});
