import { describe, expect, it } from 'vitest';
import {
  createRetryBudget,
  delayOf,
  isPassingFailure,
  isPassingStatus,
} from '../../../../src/kubernetes/live/retry.ts';

describe('delayOf', () => {
  it.each([
    [0, 0, 100],
    [0, 1, 400],
    [1, 1, 1600],
    [2, 1, 5000],
    [9, 0.5, 2550],
  ])('before retry %s with chance %s is %s ms', (retry, chance, expected) => {
    expect(delayOf(retry, undefined, () => chance)).toBe(expected);
  });

  it.each([
    ['0', 0],
    ['7', 7000],
    ['9999', 30_000],
    ['soon', 100],
    ['-1', 100],
  ])('heeds Retry-After: %s', (asked, expected) => {
    expect(delayOf(0, asked, () => 0)).toBe(expected);
  });
});

describe('the retry budget', () => {
  it('has a reserve, then a tenth of the requests', () => {
    const budget = createRetryBudget(2);

    expect([budget.spend(), budget.spend(), budget.spend()]).toEqual([true, true, false]);
    Array.from({ length: 11 }).forEach(() => budget.earn());
    expect([budget.spend(), budget.spend()]).toEqual([true, false]);
  });

  it('saves up no more than its reserve', () => {
    const budget = createRetryBudget(1);
    Array.from({ length: 100 }).forEach(() => budget.earn());

    expect([budget.spend(), budget.spend()]).toEqual([true, false]);
  });
});

describe('what passes', () => {
  it('are statuses and codes that say later', () => {
    expect([429, 502, 503, 504, 500, 404].map(isPassingStatus)).toEqual([true, true, true, true, false, false]);
    expect(isPassingFailure(Object.assign(new Error('x'), { code: 'ECONNRESET' }))).toBe(true);
    expect(isPassingFailure(new Error('x', { cause: { code: 'UND_ERR_SOCKET' } }))).toBe(true);
    expect(isPassingFailure(Object.assign(new Error('x'), { code: 'CERT_HAS_EXPIRED' }))).toBe(false);
    expect(isPassingFailure(undefined)).toBe(false);
  });
});
