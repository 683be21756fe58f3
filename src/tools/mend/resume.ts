import { second, timeOf } from '../../engines/durations.ts';
import { preconditionOf } from '../../engines/healing/action.ts';
import type { ActionRecord } from '../../engines/healing/record.ts';
import { wasWritten } from '../../engines/healing/was-written.ts';
import type { KubernetesObject, ObjectRef } from '../../engines/objects.ts';
import type { StoredAction, Writer } from '../../kubernetes/ports.ts';
import { AppError } from '../../platform/errors.ts';
import type { ToolContext } from '../tool.ts';
import { type ClusterClock, clusterClock } from './cluster-clock.ts';
import { holdOf } from './hold.ts';
import { advance, holderOf, type Keeping, type Step } from './records.ts';
import { settle } from './settle.ts';

/**
 * Goes on with actions whose process died: what was written is verified, what was not is ended as such. Nothing is
 * written twice: whether a write happened is read off the object. One that cannot be gone on with keeps nobody from what
 * they want.
 * @param namespace Where to look; absent: everywhere that may be listed.
 */
export async function resume(context: ToolContext, namespace: string | undefined): Promise<void> {
  const writer = await context.writer();
  const unsettled = (await known(writer, namespace, context.signal)).filter(({ record }) => isUnsettled(record));
  if (unsettled.length === 0) return;
  const clock = await clusterClock(context);
  for (const orphan of unsettled.filter((stored) => isAbandoned(stored, Date.parse(clock.at())))) {
    await takenOver(orphan, { writer, clock }, context).catch((error: unknown) => {
      context.signal.throwIfAborted();
      // Another process was faster: then it goes on.
      if (error instanceof AppError && error.code === 'conflict') return;
      context.log.warn({ err: error, action: orphan.record.id }, 'an action could not be resumed');
    });
  }
}

/** Who may not list the whole cluster sees the actions on nodes, which are kept in `default`. */
async function known(writer: Writer, namespace: string | undefined, signal: AbortSignal) {
  const { actions } = await writer.actions.list({ namespace }, signal).catch((error: unknown) => {
    const denied = error instanceof AppError && error.code === 'permission_denied' && namespace === undefined;
    if (!denied) throw error;
    return writer.actions.list({ namespace: 'default' }, signal);
  });
  return actions;
}

const isUnsettled = ({ state }: ActionRecord): boolean => state === 'applying' || state === 'verifying';

/** How much later or earlier the cluster's clock may seem here than to the holder, in ms. */
const toleranceMs = 10_000;
/** A sign of life from further ahead than this is no sign of life. */
const futureMs = 300_000;

/** Nobody has said for a while that they work on it. */
function isAbandoned({ holder }: StoredAction, now: number): boolean {
  if (holder === undefined) return true;
  const since = now - (timeOf(holder.renewedAt) ?? 0);
  return since > holder.seconds * second + toleranceMs || since < -futureMs;
}

interface Taking {
  readonly writer: Writer;
  readonly clock: ClusterClock;
}

async function takenOver(orphan: StoredAction, { writer, clock }: Taking, context: ToolContext): Promise<void> {
  const { signal } = context;
  const { record } = orphan;
  // Whoever happens to ask did not do it: the process did.
  const healing = { ...context.healing(), caller: context.healing().holder };
  const keeping = { writer, healing, signal, clock };
  const taken = await begun(orphan, keeping);
  if (!isUnsettled(taken.record)) return;
  healing.background(async (stop) => {
    const background = { ...context, healing: () => healing, signal: stop, enough: stop };
    await settle(holdOf(taken, { writer, healing, clock }), { context: background, clock, signal: stop });
  });
  context.log.info({ action: record.id, state: taken.record.state }, 'an action was resumed');
}

async function begun(orphan: StoredAction, keeping: Keeping): Promise<StoredAction> {
  const { record } = orphan;
  const { writer, healing, signal } = keeping;
  if (record.state === 'verifying') {
    return writer.actions.replace(orphan, record, signal, holderOf(record, healing));
  }
  return advance(orphan, await afterwards(record, keeping), keeping);
}

/** What the objects tell of writes that were begun. */
async function afterwards(record: ActionRecord, { writer, healing, signal, clock }: Keeping): Promise<Step> {
  const { id, operations } = record;
  const [first] = operations;
  const by = healing.caller;
  const live = first && (await existing(writer, first.on.object, signal));
  if (first === undefined || !wasWritten(first, id, live)) {
    const gone = live === undefined ? '; the object is gone since' : '; nothing has changed';
    return { state: 'failed', by, text: `interrupted before anything was written${gone}` };
  }
  const target = first.verb === 'evict' ? undefined : live;
  const text =
    operations.length === 1
      ? 'written by a process that ended then; verifying what it did'
      : `begun by a process that ended then; of ${operations.length} writes those that were sent are verified, the others are not sent`;
  return { state: 'verifying', by, text, more: { applied: leftBy(record, target), appliedAt: clock.at() } };
}

/** The object as the write left it: what others did to its spec since is not ours to take back. */
function leftBy({ target }: ActionRecord, live: KubernetesObject | undefined) {
  if (live === undefined) return target;
  const { generation } = target;
  return { ...preconditionOf(live), ...(generation !== undefined && { generation: generation + 1 }) };
}

async function existing(writer: Writer, ref: ObjectRef, signal: AbortSignal): Promise<KubernetesObject | undefined> {
  try {
    return await writer.current(ref, signal);
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return undefined;
    throw error;
  }
}
