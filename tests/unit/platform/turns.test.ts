import { describe, expect, it } from 'vitest';
import { createTurns } from '../../../src/platform/turns.ts';

describe('turns', () => {
  it('come in order, with room for other work between them', async () => {
    const turn = createTurns();
    const order: string[] = [];
    const first = turn().then(() => {
      order.push('first');
      setImmediate(() => order.push('other work'));
    });
    const second = turn().then(() => order.push('second'));
    await Promise.all([first, second]);

    expect(order).toEqual(['first', 'other work', 'second']);
  });

  it('are taken by so many together', async () => {
    const turn = createTurns(2);
    const order: string[] = [];
    const first = turn().then(() => {
      order.push('first');
      setImmediate(() => order.push('other work'));
    });
    await Promise.all([first, turn().then(() => order.push('second')), turn().then(() => order.push('third'))]);

    expect(order).toEqual(['first', 'second', 'other work', 'third']);
  });
});
