import { describe, expect, it } from 'vitest';
import { selectorOf } from '../../../../src/kubernetes/live/revisions.ts';

describe('selectorOf', () => {
  it.each([
    [{ matchLabels: { app: 'web', tier: 'front' } }, 'app=web,tier=front'],
    [{ matchExpressions: [{ key: 'tier', operator: 'In', values: ['a', 'b'] }] }, 'tier in (a,b)'],
    [{ matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['a'] }] }, 'tier notin (a)'],
    [{ matchLabels: { app: 'web' }, matchExpressions: [{ key: 'new', operator: 'Exists' }] }, 'app=web,new'],
    [{ matchExpressions: [{ key: 'old', operator: 'DoesNotExist' }] }, '!old'],
    [{}, ''],
  ])('writes %j as a list wants it', (selector, written) => {
    expect(selectorOf(selector)).toBe(written);
  });
});
