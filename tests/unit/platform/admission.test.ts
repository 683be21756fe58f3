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
    const end = await admission.enter({ caller: 'a' }, still);
    await admission.enter({ caller: 'b' }, still);
    const third = admission.enter({ caller: 'c' }, still);

    expect(await isSettled(third)).toBe(false);
    end();
    await third;
  });

  it('counts an end once', async () => {
    const admission = small({ running: 1 });
    const end = await admission.enter({ caller: 'a' }, still);
    end();
    end();
    await admission.enter({ caller: 'a' }, still);

    await expect(admission.enter({ caller: 'a' }, still)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('keeps no caller waiting behind one who has as many as one may have', async () => {
    const admission = small({ running: 3, perCaller: 1 });
    const end = await admission.enter({ caller: 'greedy' }, still);
    const waiting = admission.enter({ caller: 'greedy' }, still);

    await admission.enter({ caller: 'modest' }, still);
    expect(await isSettled(waiting)).toBe(false);
    end();
    await waiting;
  });

  it('turns away at once when the queue is full, and says why', async () => {
    const reasons: string[] = [];
    const admission = small({ waitMs: 10_000, onShed: (reason) => reasons.push(reason) });
    const leave = new AbortController();
    await Promise.all([admission.enter({ caller: 'a' }, still), admission.enter({ caller: 'b' }, still)]);
    const queued = [admission.enter({ caller: 'c' }, leave.signal), admission.enter({ caller: 'd' }, leave.signal)];

    await expect(admission.enter({ caller: 'e' }, still)).rejects.toMatchObject({
      code: 'unavailable',
      details: { retry_after_seconds: 1, reason: 'queue_full' },
    });
    leave.abort();
    await Promise.allSettled(queued);
    expect(reasons).toEqual(['queue_full']);
  });

  it('turns away whoever has waited long enough', async () => {
    const admission = small({ running: 1 });
    await admission.enter({ caller: 'a' }, still);

    await expect(admission.enter({ caller: 'b' }, still)).rejects.toMatchObject({
      details: { reason: 'queue_timeout' },
    });
  });

  it('gives the room of a caller that leaves to the next', async () => {
    const admission = small({ running: 1, waitMs: 10_000 });
    const leave = new AbortController();
    const end = await admission.enter({ caller: 'a' }, still);
    const [gone, stays] = [admission.enter({ caller: 'b' }, leave.signal), admission.enter({ caller: 'c' }, still)];
    leave.abort();

    await expect(gone).rejects.toMatchObject({ name: 'AbortError' });
    end();
    await stays;
    await expect(admission.enter({ caller: 'd' }, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('lets one cluster take all places while no other is asked for', async () => {
    const admission = createAdmission({ running: 5, perCaller: 5 });

    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((caller) => admission.enter({ caller, cluster: 'only' }, still)));
    expect(await isSettled(admission.enter({ caller: 'f', cluster: 'only' }, still))).toBe(false);
  });

  it('keeps a fifth of the places for other clusters, of all and of each caller', async () => {
    const admission = createAdmission({ running: 10, perCaller: 5 });
    (await admission.enter({ caller: 'a', cluster: 'good' }, still))();
    const hanging = ['a', 'a', 'a', 'a', 'b', 'b', 'b', 'b'].map((caller) => ({ caller, cluster: 'hangs' }));
    await Promise.all(hanging.map((asks) => admission.enter(asks, still)));

    expect(await isSettled(admission.enter({ caller: 'a', cluster: 'hangs' }, still))).toBe(false);
    expect(await isSettled(admission.enter({ caller: 'c', cluster: 'hangs' }, still))).toBe(false);
    await admission.enter({ caller: 'a', cluster: 'good' }, still);
    await admission.enter({ caller: 'c' }, still);
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
            void admission.enter({ caller: who }, leave.signal).then(
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
