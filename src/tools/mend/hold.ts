import type { ActionRecord } from '../../engines/healing/record.ts';
import type { StoredAction } from '../../kubernetes/ports.ts';
import { canonical } from '../../platform/digest.ts';
import { AppError } from '../../platform/errors.ts';
import { holderOf, type Keeping, nextOf, type Step, say } from './records.ts';

/** An action that this process works on, and nobody else as long as it says so. */
export interface Hold {
  /** The record as it was stored last. */
  readonly stored: StoredAction;
  /**
   * Says that this process still works on it, when it has not for a while. An API server that does not answer is asked
   * again the next time. @throws AppError `conflict` when another process has taken it over.
   */
  renew(signal: AbortSignal): Promise<void>;
  /** Stores the next state as `advance` does. @throws AppError `conflict` when another process has taken it over. */
  advance(step: Step, signal: AbortSignal): Promise<StoredAction>;
}

/** How often whoever works on an action says so in its record, in ms; three times as often as that runs out. */
const renewEveryMs = 20_000;

/** @param taken Just stored with this process as its holder. */
export function holdOf(taken: StoredAction, keeping: Omit<Keeping, 'signal'>): Hold {
  const { healing, clock } = keeping;
  let stored = taken;
  let renewedAt = healing.clock.now();

  async function put(next: ActionRecord, signal: AbortSignal): Promise<void> {
    stored = await swapped(stored, next, { ...keeping, signal });
    renewedAt = healing.clock.now();
  }

  /** What happened has to be written down: an API server that is busy or away for a moment is asked again. */
  async function putPatiently(next: ActionRecord, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await put(next, signal);
      } catch (error) {
        if (!(error instanceof AppError) || !passing.has(error.code) || attempt >= tries) throw error;
        await healing.clock.pause(pauseMs, signal);
      }
    }
  }

  return {
    get stored() {
      return stored;
    },
    async renew(signal) {
      if (healing.clock.now() - renewedAt < renewEveryMs) return;
      await put(stored.record, signal).catch(unlessTaken);
    },
    async advance(step, signal) {
      await putPatiently(nextOf(stored.record, step, clock.at()), signal);
      await say(stored.record, step.text, { ...keeping, signal });
      return stored;
    },
  };
}

/** How often the next state is stored, and how long between, in ms: less than another process waits. */
const tries = 5;
const pauseMs = 3_000;
const passing: ReadonlySet<string> = new Set(['timeout', 'unavailable', 'api_error']);

const unlessTaken = (error: unknown): void => {
  if (error instanceof AppError && error.code !== 'conflict') return;
  throw error;
};

/** Compare and swap by the one who holds the record: an answer that was lost is looked for in the store. */
async function swapped(stored: StoredAction, next: ActionRecord, keeping: Keeping): Promise<StoredAction> {
  const { writer, healing, signal } = keeping;
  const { record } = stored;
  const holder = holderOf(next, healing);
  try {
    return await writer.actions.replace(stored, next, signal, holder);
  } catch (error) {
    if (!(error instanceof AppError) || !doubtful.has(error.code)) throw error;
    const where = { namespace: record.target.object.namespace };
    const now = await writer.actions.get(record.id, where, signal).catch(() => undefined);
    if (now === undefined) throw error;
    if (isSame(now.record, next) && now.holder?.identity === holder?.identity) return now;
    // An earlier sign of life was stored, and its answer lost.
    const ours = now.holder?.identity === healing.holder && isSame(now.record, record);
    if (!ours || now.version === stored.version) throw error;
    return writer.actions.replace(now, next, signal, holder);
  }
}

const doubtful: ReadonlySet<string> = new Set(['conflict', 'timeout', 'unavailable']);

const isSame = (a: ActionRecord, b: ActionRecord): boolean => canonical(a) === canonical(b);
