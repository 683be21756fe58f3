import type { Action } from '../../engines/healing/action.ts';
import type { Situation } from '../../engines/healing/guards/guard.ts';
import { nameOf } from '../../engines/objects.ts';
import type { StoredAction } from '../../kubernetes/ports.ts';
import { AppError } from '../../platform/errors.ts';
import type { ToolContext } from '../tool.ts';
import { approvedDigest, isSameAction } from './approved-digest.ts';
import { boundRefusal, usedAlready } from './bound-refusal.ts';
import { carryOut } from './carry-out.ts';
import { clusterClock } from './cluster-clock.ts';
import { type Considered, consider } from './consider.ts';
import { earlierOf } from './earlier.ts';
import type { Approval } from './healing.ts';
import { judged } from './judged.ts';
import { notApplied } from './look-around.ts';
import { advance, type Keeping } from './records.ts';
import { type ActionReport, reportOf } from './report.ts';
import { take } from './take.ts';

/**
 * Applies a plan that a person has answered yes to, once: checks it anew against what is there now, takes it, writes, and
 * watches what comes of it, past the end of the call if need be.
 * @throws AppError `not_found` for a plan of another caller; `refused` for one that is used, expired or declined, or that
 * a guard now refuses; `conflict` when the object is not as it was, or another process was faster; `unavailable` when it
 * could not be taken, and may be approved again.
 */
export async function approve(action: Action, approval: Approval, context: ToolContext): Promise<ActionReport> {
  const { signal } = context;
  const [writer, healing] = [await context.writer(), context.healing()];
  const stored = await writer.actions.get(approval.actionId, { namespace: action.target.namespace }, signal);
  checkPlan(stored, action, healing.caller);
  const clock = await clusterClock(context);
  const keeping: Keeping = { writer, healing, signal, clock };
  const { id, expiresAt } = stored.record;
  if (Date.parse(clock.at()) > Date.parse(expiresAt)) {
    await advance(stored, { state: 'expired', by: healing.caller, text: 'expired before it was approved' }, keeping);
    throw boundRefusal(`The plan ${id} expired at ${expiresAt}.`, 'Plan it again.');
  }
  if (approval.answer === 'declined') {
    const declined = await advance(stored, { state: 'declined', by: approval.by, text: 'declined' }, keeping);
    return reportOf(declined.record);
  }
  const tier = approval.unattended === true ? 'unattended' : 'approve';
  const considered = await again(stored, tier, context).catch(async (error: unknown) => {
    throw await lapsed(stored, error, keeping);
  });
  const taken = await take(stored, approval.by, keeping);
  const last = await carryOut(taken, { considered, clock }, context);
  return reportOf(last.record);
}

/** Works the plan out once more and judges it; whatever comes out differently is a conflict. */
async function again(stored: StoredAction, tier: Situation['tier'], context: ToolContext): Promise<Considered> {
  const { action, digest } = stored.record;
  const earlier = await earlierOf(action, context);
  const considered = await consider(action, context, { planned: stored.record, earlier, tier }).catch(
    (error: unknown) => {
      const moved = error instanceof AppError && (error.code === 'not_found' || error.code === 'refused');
      throw moved ? changed(stored, error) : error;
    },
  );
  if (approvedDigest(considered.cluster, considered.draft) !== digest) throw changed(stored, undefined);
  judged(considered, context.healing());
  return considered;
}

const changed = ({ record }: StoredAction, cause: AppError | undefined): AppError =>
  new AppError(
    'conflict',
    `${nameOf(record.target.object)} is not as it was when this was planned${cause === undefined ? '' : `: ${cause.message.replace(/\.$/, '')}`}. Nothing has changed.`,
    { hint: 'Plan it again, and look at what is different.', details: { action_id: record.id }, cause },
  );

const final: ReadonlySet<string> = new Set(['conflict', 'refused']);

/**
 * A plan that was approved and may not be applied is used up: the yes was to what was there then, and must not hold for
 * what comes later. One that could not be looked at, as the API server did not answer, may be approved again.
 */
async function lapsed(stored: StoredAction, error: unknown, keeping: Keeping): Promise<unknown> {
  if (!(error instanceof AppError) || !final.has(error.code)) return error;
  try {
    await advance(stored, { state: 'expired', by: keeping.healing.caller, text: notApplied(error) }, keeping);
    return error;
  } catch (unkept) {
    return unkept instanceof AppError && unkept.code === 'conflict' ? unkept : error;
  }
}

/** @throws AppError as {@link approve} does. */
function checkPlan({ record }: StoredAction, action: Action, caller: string): void {
  if (record.caller !== caller) {
    throw new AppError('not_found', 'There is no such action.', { hint: 'Plan the action first.' });
  }
  if (!isSameAction(record.action, action)) {
    throw boundRefusal('The approval was for a different action.', 'Call it with the arguments of the plan.');
  }
  if (record.state !== 'planned') {
    throw usedAlready(record);
  }
}
