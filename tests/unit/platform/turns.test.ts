import { describe, expect, it } from 'vitest';
import { createTurns } from '../../../src/platform/turns.ts';

/** In which order work went on that asked for its turn at once, and other work that the first of it left behind. */
async function orderOf(together: number, names: readonly string[]): Promise<readonly string[]> {
  const turn = createTurns(together);
  const order: string[] = [];
  await Promise.all(
    names.map(async (name, index) => {
      await turn();
      order.push(name);
      if (index === 0) setImmediate(() => order.push('other work'));
    }),
  );
  return order;
}

describe('turns', () => {
  it('come in order, with room for other work between them', async () => {
    expect(await orderOf(1, ['first', 'second'])).toEqual(['first', 'other work', 'second']);
  });

  it('are taken by so many together', async () => {
    expect(await orderOf(2, ['first', 'second', 'third'])).toEqual(['first', 'second', 'other work', 'third']);
  });
});
