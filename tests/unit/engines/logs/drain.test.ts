import { describe, expect, it } from 'vitest';
import { createDrain } from '../../../../src/engines/logs/drain.ts';

function templatesOf(messages: readonly string[], options = {}) {
  const drain = createDrain<{ count: number }>(options);
  messages.forEach((message) => (drain.add(message, () => ({ count: 0 })).count += 1));
  return drain.clusters().map(({ tokens, value }) => [tokens.join(' '), value.count]);
}

describe('createDrain', () => {
  it('puts a wildcard where messages of one template differ', () => {
    expect(templatesOf(['session opened for alice', 'session opened for bob', 'session opened for carol'])).toEqual([
      ['session opened for <*>', 3],
    ]);
  });

  it('keeps messages of other lengths, beginnings or words apart', () => {
    expect(templatesOf(['cache miss for key', 'cache hit', 'queue full now again', 'cache miss on disk'])).toHaveLength(
      4,
    );
  });

  it('gathers messages that begin with a number', () => {
    expect(templatesOf(['1 of many items were sent ok', '2 of many items were sent ok'])).toEqual([
      ['<*> of many items were sent ok', 2],
    ]);
  });

  it('forgets the cluster that was unused for the longest time', () => {
    const forgotten: { count: number }[] = [];
    const kept = templatesOf(['a one', 'b two', 'a one', 'c three'], {
      maximumClusters: 2,
      forgotten: (value: { count: number }) => forgotten.push(value),
    });

    expect(kept).toEqual([
      ['a one', 2],
      ['c three', 1],
    ]);
    expect(forgotten).toEqual([{ count: 1 }]);
  });

  it('bounds the length of what it keeps', () => {
    const [[template] = []] = templatesOf([`${'x'.repeat(5000)} ${'y '.repeat(500)}`]);

    expect(String(template).length).toBeLessThan(400);
  });

  it('takes an empty message', () => {
    expect(templatesOf(['', ''])).toEqual([['', 2]]);
  });
});
