import { describe, expect, it } from 'vitest';
import { nearest } from '../../../src/platform/nearest.ts';

describe('nearest', () => {
  it.each([
    ['deploymnet', ['deployment', 'daemonset', 'pod'], ['deployment']],
    ['DATABASE_URL', ['DATABASE_URI', 'REDIS_URL', 'MODE'], ['DATABASE_URI']],
    ['api', ['api-gateway', 'web'], ['api-gateway']],
    ['Shop', ['shop', 'shop'], ['shop']],
    ['x', ['a', 'b', 'c', 'd'], ['a', 'b', 'c']],
    ['gone', ['conf', 'core', 'gene'], ['gene']],
    ['shpp', ['shop', 'stop'], ['shop']],
    ['shpo', ['shop', 'step'], ['shop']],
    ['gateway', ['pods'], []],
    ['', [], []],
  ])('of %j among %j are %j', (wanted, candidates, expected) => {
    expect(nearest(wanted, candidates)).toEqual(expected);
  });

  it('does not mind hostile lengths', () => {
    expect(nearest('x'.repeat(100_000), ['y'.repeat(100_000)])).toEqual([]);
  });
});
