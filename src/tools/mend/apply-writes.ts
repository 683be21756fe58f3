import { second } from '../../engines/durations.ts';
import { type Operation, preconditionOf } from '../../engines/healing/action.ts';
import type { Draft } from '../../engines/healing/draft.ts';
import { type KubernetesObject, nameOf } from '../../engines/objects.ts';
import type { StoredAction } from '../../kubernetes/ports.ts';
import { AppError } from '../../platform/errors.ts';
import type { ToolContext } from '../tool.ts';
import type { Hold } from './hold.ts';
import { evicted } from './patient-eviction.ts';
import type { Keeping } from './records.ts';
import { sendFirst } from './send-first.ts';
import { sendOnce } from './send-once.ts';
import { withdraw } from './settle.ts';

export interface Applying extends Omit<Keeping, 'signal'> {
  /** The target as it was judged. */
  readonly seen: KubernetesObject;
  readonly hold: Hold;
  readonly context: ToolContext;
  /** The process is told to end: no further write is begun; whoever resumes the action tells what was written. */
  readonly stop: AbortSignal;
}

/** A record is kept even when the time of the writes is over. */
const keepingMs = 60_000;

/**
 * Sends the writes in their order. A caller that leaves does not stop between two of them, and the first failure is the
 * last write: what was written before it is taken back.
 * @throws AppError of the write that failed; the record then says how far it came, or stays `applying` when nobody knows:
 * then it is read off the object later.
 */
export async function applyWrites({ operations, target }: Draft, applying: Applying): Promise<StoredAction> {
  const { hold, clock, healing, context, stop } = applying;
  const signal = AbortSignal.timeout(hold.stored.record.verification.deadlineSeconds * second);
  let live: KubernetesObject | undefined;
  for (const [done, operation] of operations.entries()) {
    stop.throwIfAborted();
    context.progress(done, operations.length, `${operation.verb} ${nameOf(operation.on.object)}`);
    try {
      // Whoever slept so long that another process took over writes no more.
      await hold.renew(signal);
      live = (await written(operation, live, { ...applying, signal, first: done === 0 })) ?? live;
    } catch (error) {
      stop.throwIfAborted();
      throw await failed({ done: `${done} of ${operations.length} writes done`, live, error }, applying);
    }
  }
  const applied = live === undefined ? target : preconditionOf(live);
  const more = { applied, appliedAt: clock.at() };
  const step = { state: 'verifying', by: healing.caller, text: 'applied; not verified yet', more } as const;
  return hold.advance(step, AbortSignal.timeout(keepingMs));
}

type Writing = Applying & { readonly signal: AbortSignal; readonly first: boolean };

async function written(
  operation: Operation,
  live: KubernetesObject | undefined,
  { first, ...writing }: Writing,
): Promise<KubernetesObject | undefined> {
  const actionId = writing.hold.stored.record.id;
  if (operation.verb !== 'evict') {
    return first
      ? sendFirst(operation, { ...writing, actionId })
      : sendOnce(onLatest(operation, live), actionId, writing);
  }
  return evicted(operation, { ...writing, actionId, first });
}

/** Later writes to the same object are conditional on what the earlier one left. */
function onLatest(operation: Operation, live: KubernetesObject | undefined): Operation {
  if (live === undefined) return operation;
  const on = preconditionOf(live);
  return operation.on.uid === on.uid ? { ...operation, on } : operation;
}

interface Failed {
  readonly done: string;
  readonly live: KubernetesObject | undefined;
  readonly error: unknown;
}

/**
 * Writes down how far it came, and goes back where something was changed. What nobody knows, or what cannot be stored
 * now, is found out by whoever resumes the action.
 * @returns What to tell the caller.
 */
async function failed({ done, live, error }: Failed, applying: Applying): Promise<unknown> {
  const { hold, clock, healing, context, stop } = applying;
  if (!(error instanceof AppError) || error.details['effect'] === 'unknown') return error;
  const why = `${done}; then: ${error.message.replace(/\.$/, '')}`;
  const half = live !== undefined && hold.stored.record.inverse.length > 0;
  const step = { state: half ? 'verifying' : 'failed', by: healing.caller, text: why } as const;
  const more = live === undefined ? {} : { applied: preconditionOf(live), appliedAt: clock.at() };
  try {
    await hold.advance({ ...step, more }, AbortSignal.timeout(keepingMs));
    if (!half) return error;
    const { record } = await withdraw(hold, why, { context, clock, signal: stop });
    return new AppError(error.code, record.steps.at(-1)?.text ?? why, {
      hint: error.hint,
      details: error.details,
      cause: error,
    });
  } catch (unkept) {
    stop.throwIfAborted();
    context.log.warn({ err: unkept, action: hold.stored.record.id }, 'the end of an action could not be stored');
    return error;
  }
}
