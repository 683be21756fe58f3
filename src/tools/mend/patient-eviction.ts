import { type Operation, preconditionOf } from '../../engines/healing/action.ts';
import { wasWritten } from '../../engines/healing/was-written.ts';
import { AppError } from '../../platform/errors.ts';
import type { Hold } from './hold.ts';
import { type First, sendFirst } from './send-first.ts';
import { type Sending, sendOnce } from './send-once.ts';

type Eviction = Extract<Operation, { verb: 'evict' }>;

export interface Evicting extends First {
  readonly hold: Hold;
  readonly stop: AbortSignal;
  /** Whether nothing was written before it. */
  readonly first: boolean;
}

/** How often an eviction that a budget forbids for now is tried, and how long between, in ms. */
const tries = 12;
const pauseMs = 5_000;

/**
 * An eviction that a PodDisruptionBudget forbids is tried again, and reported when it stays so; never bypassed (G11).
 * While others are evicted the status of a pod moves on, and it may leave by itself: then nothing is left to do.
 */
export async function evicted(operation: Eviction, { first, hold, stop, ...sending }: Evicting) {
  const { actionId, healing, signal } = sending;
  const patience = AbortSignal.any([signal, stop]);
  for (let attempt = 1; ; attempt++) {
    try {
      if (first) return await sendFirst(operation, sending);
      const now = await asItIs(operation, sending);
      return now && (await sendOnce(now, actionId, sending));
    } catch (error) {
      const budget = error instanceof AppError && error.code === 'refused' && error.details['budget'] !== undefined;
      if (!budget || attempt >= tries) throw error;
      await healing.clock.pause(pauseMs, patience);
      await hold.renew(signal);
    }
  }
}

/** The same eviction of the pod in its present state; `undefined` when it is gone or leaving. */
async function asItIs(operation: Eviction, { writer, signal }: Sending): Promise<Eviction | undefined> {
  try {
    const live = await writer.current(operation.on.object, signal);
    return wasWritten(operation, '', live) ? undefined : { ...operation, on: preconditionOf(live) };
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return undefined;
    throw error;
  }
}
