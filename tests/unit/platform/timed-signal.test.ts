import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { timedSignal } from '../../../src/platform/timed-signal.ts';

describe('a timed signal', () => {
  it('aborts once its time is over, as AbortSignal.timeout does', async () => {
    const { signal } = timedSignal(5);
    await sleep(10);

    expect([signal.aborted, (signal.reason as Error).name]).toEqual([true, 'TimeoutError']);
  });

  it('does not once it has ended', async () => {
    const { signal, end } = timedSignal(5);
    end();
    await sleep(10);

    expect(signal.aborted).toBe(false);
  });
});
