import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AdmissionOptions, createAdmission } from '../../../src/platform/admission.ts';

const still = new AbortController().signal;
const small = (more: AdmissionOptions = {}) =>
  createAdmission({ running: 2, perCaller: 2, waiting: 2, waitMs: 20, ...more });

/** Whether it has happened by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  await sleep(0);
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
}

describe('admission', () => {
  it('lets calls run up to the limit, and the next when one has ended', async () => {
    const admission = small();
    const end = await admission.enter('a', still);
    await admission.enter('b', still);
    const third = admission.enter('c', still);

    expect(await isSettled(third)).toBe(false);
    end();
    await third;
  });

  it('counts an end once', async () => {
    const admission = small({ running: 1 });
    const end = await admission.enter('a', still);
    end();
    end();
    await admission.enter('a', still);

    await expect(admission.enter('a', still)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('keeps no caller waiting behind one who has as many as one may have', async () => {
    const admission = small({ running: 3, perCaller: 1 });
    const end = await admission.enter('greedy', still);
    const waiting = admission.enter('greedy', still);

    await admission.enter('modest', still);
    expect(await isSettled(waiting)).toBe(false);
    end();
    await waiting;
  });

  it('turns away at once when the queue is full, and says why', async () => {
    const reasons: string[] = [];
    const admission = small({ waitMs: 10_000, onShed: (reason) => reasons.push(reason) });
    const leave = new AbortController();
    await Promise.all([admission.enter('a', still), admission.enter('b', still)]);
    const queued = [admission.enter('c', leave.signal), admission.enter('d', leave.signal)];

    await expect(admission.enter('e', still)).rejects.toMatchObject({
      code: 'unavailable',
      details: { retry_after_seconds: 1, reason: 'queue_full' },
    });
    leave.abort();
    await Promise.allSettled(queued);
    expect(reasons).toEqual(['queue_full']);
  });

  it('turns away whoever has waited long enough', async () => {
    const admission = small({ running: 1 });
    await admission.enter('a', still);

    await expect(admission.enter('b', still)).rejects.toMatchObject({ details: { reason: 'queue_timeout' } });
  });

  it('gives the room of a caller that leaves to the next', async () => {
    const admission = small({ running: 1, waitMs: 10_000 });
    const leave = new AbortController();
    const end = await admission.enter('a', still);
    const [gone, stays] = [admission.enter('b', leave.signal), admission.enter('c', still)];
    leave.abort();

    await expect(gone).rejects.toMatchObject({ name: 'AbortError' });
    end();
    await stays;
    await expect(admission.enter('d', AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('never lets more run than may, whoever comes and goes', async () => {
    const caller = fc.constantFrom('a', 'b', 'c');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(caller, fc.boolean()), { maxLength: 60 }), async (steps) => {
        const admission = createAdmission({ running: 3, perCaller: 2, waiting: 100, waitMs: 5_000 });
        const running: { caller: string; end: () => void }[] = [];
        const leave = new AbortController();
        for (const [who, ends] of steps) {
          if (ends) {
            running.shift()?.end();
          } else {
            void admission.enter(who, leave.signal).then(
              (end) => running.push({ caller: who, end }),
              () => {},
            );
          }
          await sleep(0);
          expect(running.length).toBeLessThanOrEqual(3);
          for (const each of ['a', 'b', 'c'])
            expect(running.filter((one) => one.caller === each).length).toBeLessThanOrEqual(2);
        }
        leave.abort();
      }),
      { numRuns: 50 },
    );
  });
});
