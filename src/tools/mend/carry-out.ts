import type { StoredAction } from '../../kubernetes/ports.ts';
import { AppError } from '../../platform/errors.ts';
import type { ToolContext } from '../tool.ts';
import { applyWrites } from './apply-writes.ts';
import type { ClusterClock } from './cluster-clock.ts';
import type { Considered } from './consider.ts';
import { type Hold, holdOf } from './hold.ts';
import { lookAround } from './look-around.ts';
import { settle } from './settle.ts';

export interface Course {
  readonly considered: Considered;
  readonly clock: ClusterClock;
}

/**
 * Looks around once more, writes and watches, in the background, so that neither the end of the call nor a caller that leaves ends it. Returns
 * when it is over, or when the call has to answer, with how far it came.
 * @throws AppError of a guard that refuses by now, or of a write that failed, while the call waited.
 */
export async function carryOut(
  taken: StoredAction,
  { considered, clock }: Course,
  context: ToolContext,
): Promise<StoredAction> {
  const [writer, healing] = [await context.writer(), context.healing()];
  const hold = holdOf(taken, { writer, healing, clock });
  const over = Promise.withResolvers<void>();
  let failure: unknown;
  healing.background(async (stop) => {
    const inBackground = { ...context, signal: stop, enough: stop };
    try {
      const { draft, situation } = considered;
      await lookAround(considered, { hold, healing, context: inBackground });
      await applyWrites(draft, {
        writer,
        healing,
        clock,
        hold,
        context: inBackground,
        stop,
        seen: situation.target,
      });
      await settle(hold, { context: inBackground, clock, signal: stop });
    } catch (error) {
      // Told to stop: the record says how far it is, and whoever comes next goes on.
      if (stop.aborted) return;
      failure = error;
      if (!(error instanceof AppError)) context.log.error({ err: error }, 'an action failed unexpectedly');
    } finally {
      over.resolve();
    }
  });
  await answered(over.promise, hold, context);
  if (failure !== undefined) throw failure;
  return hold.stored;
}

/** When it is over, or the call has to answer. */
async function answered(over: Promise<void>, hold: Hold, { enough, log }: ToolContext): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  if (enough.aborted) resolve();
  enough.addEventListener('abort', () => resolve(), { once: true });
  await Promise.race([over, late]);
  log.debug({ action: hold.stored.record.id, state: hold.stored.record.state }, 'an action answers');
}
