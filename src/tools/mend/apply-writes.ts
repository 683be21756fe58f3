import { setTimeout as pause } from 'node:timers/promises';
import { second } from '../../engines/durations.ts';
import { type Operation, preconditionOf } from '../../engines/healing/action.ts';
import type { Draft } from '../../engines/healing/draft.ts';
import { actionAnnotation } from '../../engines/healing/drafts/undo.ts';
import { type KubernetesObject, nameOf } from '../../engines/objects.ts';
import type { StoredAction } from '../../kubernetes/ports.ts';
import { AppError } from '../../platform/errors.ts';
import type { ToolContext } from '../tool.ts';
import { advance, type Keeping } from './records.ts';

/** How often an eviction that a budget forbids for now is tried, and how long between, in ms. */
const evictionTries = 12;
const evictionPauseMs = 5_000;

/**
 * Sends the writes in their order. What was sent is sent: a caller that leaves does not stop between two of them, and
 * the first failure is the last write.
 * @throws AppError of the write that failed; the record then says how far it came.
 */
export async function applyWrites(
  taken: StoredAction,
  { operations, target }: Draft,
  { context, ...keeping }: Keeping & { readonly context: ToolContext },
): Promise<StoredAction> {
  const { healing } = keeping;
  // Past this point nobody's leaving ends it: half an action is worse than a whole one.
  const signal = AbortSignal.timeout(taken.record.verification.deadlineSeconds * second);
  let live: KubernetesObject | undefined;
  for (const [done, operation] of operations.entries()) {
    context.progress(done, operations.length, `${operation.verb} ${nameOf(operation.on.object)}`);
    try {
      const current = live === undefined ? operation : onLatest(operation, live);
      live = (await written(current, taken.record.id, { ...keeping, signal })) ?? live;
    } catch (error) {
      const text = `${done} of ${operations.length} writes done; then: ${error instanceof AppError ? error.message : 'an unexpected error'}`;
      const more = live === undefined ? {} : { applied: preconditionOf(live), appliedAt: keeping.at };
      await advance(taken, { state: 'failed', by: healing.caller, text, more }, { ...keeping, signal });
      throw error;
    }
  }
  const applied = live === undefined ? target : preconditionOf(live);
  return advance(
    taken,
    {
      state: 'verifying',
      by: healing.caller,
      text: 'applied; not verified yet',
      more: { applied, appliedAt: keeping.at },
    },
    { ...keeping, signal },
  );
}

/** Later writes to the same object are conditional on what the earlier one left. */
function onLatest(operation: Operation, live: KubernetesObject): Operation {
  const on = preconditionOf(live);
  const same = operation.on.uid === on.uid;
  return same ? { ...operation, on } : operation;
}

/** One write; an answer that was lost is looked for in the object. */
async function written(
  operation: Operation,
  actionId: string,
  { writer, signal }: Pick<Keeping, 'writer' | 'signal'>,
): Promise<KubernetesObject | undefined> {
  try {
    return await evicted(() => writer.apply(operation, { dryRun: false, actionId }, signal), operation, signal);
  } catch (error) {
    if (!(error instanceof AppError) || !isLost(error)) throw error;
    const now = await writer.current(operation.on.object, signal).catch(() => undefined);
    if (operation.verb === 'evict' && now?.metadata.deletionTimestamp !== undefined) return undefined;
    if (now?.metadata.annotations?.[actionAnnotation] === actionId) return now;
    throw error;
  }
}

/** Whether the write may have happened all the same (see `Writer`). */
const isLost = ({ code, details }: AppError): boolean =>
  (code === 'timeout' || code === 'unavailable') && details['effect'] !== 'none';

/** An eviction that a PodDisruptionBudget forbids is tried again, and reported when it stays so; never bypassed (G11). */
async function evicted(
  write: () => Promise<KubernetesObject | undefined>,
  { verb }: Operation,
  signal: AbortSignal,
): Promise<KubernetesObject | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      const budget = error instanceof AppError && error.code === 'refused' && error.details.budget !== undefined;
      if (verb !== 'evict' || !budget || attempt >= evictionTries) throw error;
      await pause(evictionPauseMs, undefined, { signal });
    }
  }
}
