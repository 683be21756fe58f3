import { describe, expect, it } from 'vitest';
import type { ActionRecord } from '../../../../src/engines/healing/record.ts';
import type { ActionHolder, StoredAction } from '../../../../src/kubernetes/ports.ts';
import { AppError } from '../../../../src/platform/errors.ts';
import { holdOf } from '../../../../src/tools/mend/hold.ts';
import { aRecord } from '../../../support/action-records.ts';
import { aWriter } from '../../../support/fake-reader.ts';
import { aHealing } from '../../../support/proposals.ts';

const { signal } = new AbortController();
const step = { state: 'verifying', by: 'ann', text: 'applied' } as const;

/** A store of one record that fails so at each write, before or after it has its effect; then it works. */
function aStore(faults: readonly { error: Error; effect: boolean }[] = []) {
  const record = aRecord({ state: 'applying' });
  const left = [...faults];
  let stored: StoredAction = { record, version: '1', holder: { identity: 'process-1', renewedAt: '', seconds: 60 } };
  const writes: string[] = [];
  const store = {
    put(next: ActionRecord, holder?: Omit<ActionHolder, 'renewedAt'>) {
      stored = {
        record: next,
        version: String(Number(stored.version) + 1),
        ...(holder && { holder: { ...holder, renewedAt: '' } }),
      };
      return stored;
    },
    now: () => stored,
  };
  const time = { ms: 0 };
  const actions = {
    get: async () => stored,
    list: async () => Promise.reject(new Error('not expected')),
    create: async () => Promise.reject(new Error('not expected')),
    replace: async (before: StoredAction, next: ActionRecord, _: unknown, holder?: Omit<ActionHolder, 'renewedAt'>) => {
      writes.push(next.state);
      if (before.version !== stored.version) throw new AppError('conflict', 'Another process was faster.');
      const fault = left.shift();
      if (fault?.effect !== false) store.put(next, holder);
      if (fault !== undefined) throw fault.error;
      return stored;
    },
  };
  const healing = aHealing({ clock: { now: () => time.ms, pause: async (ms) => void (time.ms += ms) } });
  const writer = aWriter({ actions, announce: async () => {} });
  const hold = holdOf(stored, { writer, healing, clock: { at: () => '2026-11-23T12:00:00.000Z' } });
  return { hold, store, writes, time };
}
const timeout = new AppError('timeout', 'No answer.');
const conflict = 'Another process was faster.';

describe('an action that a process holds', () => {
  it('goes on to its next state', async () => {
    const { hold, store } = aStore();
    await hold.advance(step, signal);

    expect(store.now()).toMatchObject({
      record: { state: 'verifying' },
      holder: { identity: 'process-1', seconds: 60 },
    });
    expect(hold.stored).toBe(store.now());
  });

  it("is nobody's when it has ended", async () => {
    const { hold, store } = aStore();
    await hold.advance({ ...step, state: 'healthy' }, signal);

    expect(store.now().holder).toBeUndefined();
  });

  it('is said to be worked on only when that was not said for a while', async () => {
    const { hold, writes, time } = aStore();
    await hold.renew(signal);
    time.ms = 20_000;
    await hold.renew(signal);
    await hold.renew(signal);

    expect(writes).toEqual(['applying']);
  });

  it('is stored again when the API server is away for a moment', async () => {
    const { hold, store, writes } = aStore([
      { error: timeout, effect: false },
      { error: timeout, effect: false },
    ]);
    await hold.advance(step, signal);

    expect(store.now().record.state).toBe('verifying');
    expect(writes).toHaveLength(3);
  });

  it('is not stored again when only the answer was lost', async () => {
    const { hold, store, writes } = aStore([{ error: timeout, effect: true }]);
    await hold.advance(step, signal);

    expect(hold.stored).toEqual(store.now());
    expect(writes).toHaveLength(1);
  });

  it('goes on from a sign of life whose answer was lost', async () => {
    const { hold, store, time } = aStore();
    store.put(hold.stored.record, { identity: 'process-1', seconds: 60 });
    time.ms = 1_000;
    await hold.advance(step, signal);

    expect(store.now().record.state).toBe('verifying');
  });

  it('is let go of when another process has taken it over', async () => {
    const { hold, store, time } = aStore();
    store.put(hold.stored.record, { identity: 'process-2', seconds: 60 });
    time.ms = 20_000;

    await expect(hold.renew(signal)).rejects.toThrow(conflict);
    await expect(hold.advance(step, signal)).rejects.toThrow(conflict);
    expect(store.now().record.state).toBe('applying');
  });

  it('is let go of when another process has gone on with it', async () => {
    const { hold, store } = aStore();
    store.put({ ...hold.stored.record, state: 'failed' });

    await expect(hold.advance(step, signal)).rejects.toThrow(conflict);
  });

  it('is not lost by a sign of life that could not be stored', async () => {
    const { hold, time } = aStore([{ error: timeout, effect: false }]);
    time.ms = 20_000;
    await hold.renew(signal);

    await expect(hold.advance(step, signal)).resolves.toMatchObject({ record: { state: 'verifying' } });
  });

  it('stops trying in the end', async () => {
    const { hold, writes } = aStore(Array.from({ length: 9 }, () => ({ error: timeout, effect: false })));

    await expect(hold.advance(step, signal)).rejects.toBe(timeout);
    expect(writes).toHaveLength(5);
  });
});
