import type { StoredAction } from '../../kubernetes/ports.ts';
import { AppError } from '../../platform/errors.ts';
import type { ToolContext } from '../tool.ts';
import { applyWrites } from './apply-writes.ts';
import type { Considered } from './consider.ts';
import { advance } from './records.ts';
import { settle } from './settle.ts';

export interface Course {
  readonly considered: Considered;
  /** The action that this one undoes. */
  readonly earlier: StoredAction | undefined;
  /** ISO 8601. */
  readonly at: string;
}

/**
 * Writes and watches, in the background, so that neither the end of the call nor a caller that leaves ends it. Returns
 * when it is over, or when the call has to answer, with how far it came.
 * @throws AppError of a write that failed while the call waited.
 */
export async function carryOut(taken: StoredAction, course: Course, context: ToolContext): Promise<StoredAction> {
  const over = Promise.withResolvers<void>();
  let latest = taken;
  let failure: unknown;
  context.healing().background(async (stop) => {
    try {
      await work(taken, course, {
        context: { ...context, signal: stop, enough: stop },
        stop,
        kept: (stored) => (latest = stored),
      });
    } catch (error) {
      // Told to stop: the record says how far it is, and whoever comes next goes on.
      if (stop.aborted) return;
      failure = error;
      if (!(error instanceof AppError)) context.log.error({ err: error }, 'an action failed unexpectedly');
    } finally {
      over.resolve();
    }
  });
  await Promise.race([over.promise, aborted(context.enough)]);
  if (failure !== undefined) throw failure;
  return latest;
}

interface Working {
  readonly context: ToolContext;
  readonly stop: AbortSignal;
  readonly kept: (stored: StoredAction) => void;
}

async function work(taken: StoredAction, { considered, earlier, at }: Course, { context, stop, kept }: Working) {
  const keeping = { writer: await context.writer(), healing: context.healing(), signal: stop, at };
  const applied = await applyWrites(taken, considered.draft, { ...keeping, context });
  kept(applied);
  const settled = await settle(applied, { context, signal: stop, kept });
  if (earlier === undefined || settled.record.state === 'failed') return;
  const { id, approvedBy = keeping.healing.caller } = settled.record;
  await advance(earlier, { state: 'undone', by: approvedBy, text: `undone by ${id}` }, keeping);
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
