import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { unlessLate } from '../../../src/platform/unless-late.ts';

describe('work that is waited for, unless it is late', () => {
  it('is what it comes to in time', async () => {
    expect(await unlessLate(sleep(1, 'done'), 10_000)).toBe('done');
  });

  it('is nothing when it takes longer', async () => {
    expect(await unlessLate(new Promise(() => {}), 1)).toBeUndefined();
  });

  it('fails as it fails', async () => {
    await expect(unlessLate(Promise.reject(new Error('refused')), 10_000)).rejects.toThrow('refused');
  });

  it('may fail later, unheard', async () => {
    const late = sleep(5).then(() => Promise.reject(new Error('refused')));

    expect(await unlessLate(late, 1)).toBeUndefined();
    await sleep(10);
  });
});
