import { preconditionOf } from '../../engines/healing/action.ts';
import { replicasOf } from '../../engines/healing/drafts/scale.ts';
import { actionAnnotation } from '../../engines/healing/drafts/undo.ts';
import type { ActionRecord } from '../../engines/healing/record.ts';
import type { KubernetesObject } from '../../engines/objects.ts';
import type { StoredAction, Writer } from '../../kubernetes/ports.ts';
import { AppError } from '../../platform/errors.ts';
import type { ToolContext } from '../tool.ts';
import { advance, holding } from './records.ts';
import { settle } from './settle.ts';

/**
 * Goes on with actions whose process died: what was written is verified, what was not is ended as such. Nothing is
 * written twice: whether a write happened is read off the object.
 * @param namespace Where to look; absent: everywhere that may be listed.
 */
export async function resume(context: ToolContext, namespace: string | undefined): Promise<void> {
  const writer = await context.writer();
  const { actions } = await writer.actions.list({ namespace }, context.signal);
  const now = Date.now();
  for (const orphan of actions.filter((stored) => isAbandoned(stored, now))) {
    await takenOver(orphan, writer, context).catch(unlessTaken);
  }
}

const unsettled: ReadonlySet<string> = new Set(['applying', 'verifying']);

/** Nobody has said for a while that they work on it. Clocks of two machines may differ by minutes. */
const clockSkewMs = 300_000;

function isAbandoned({ record, holder }: StoredAction, now: number): boolean {
  if (!unsettled.has(record.state)) return false;
  if (holder === undefined) return true;
  const overdue = now - Date.parse(holder.renewedAt) - holder.seconds * 1000;
  return overdue > 0 || overdue < -clockSkewMs - holder.seconds * 1000;
}

/** Another process was faster: then it goes on. */
const unlessTaken = (error: unknown): void => {
  if (error instanceof AppError && error.code === 'conflict') return;
  throw error;
};

async function takenOver(orphan: StoredAction, writer: Writer, context: ToolContext): Promise<void> {
  const healing = context.healing();
  const { signal } = context;
  const { record } = orphan;
  const keeping = { writer, healing, signal, at: new Date().toISOString() };
  const live = await writer.current(record.target.object, signal).catch(unlessGone);
  if (record.state === 'applying' && !wasWritten(record, live)) {
    const text = 'interrupted before anything was written; nothing has changed';
    await advance(orphan, { state: 'failed', by: healing.caller, text }, keeping);
    return;
  }
  const mine =
    record.state === 'verifying'
      ? await writer.actions.replace(orphan, record, signal, holding(healing))
      : await advance(orphan, interrupted(record, live, healing.caller), keeping);
  healing.background(async (stop) => {
    await settle(mine, { context: { ...context, signal: stop, enough: stop }, signal: stop, kept: () => {} });
  });
}

/** What is there of it is verified; of several writes those that were not sent stay so. */
const interrupted = ({ operations, target }: ActionRecord, live: KubernetesObject | undefined, by: string) => ({
  state: 'verifying' as const,
  by,
  text:
    operations.length === 1
      ? 'written by a process that ended then; verifying what it did'
      : `begun by a process that ended then; of ${operations.length} writes those that were sent are verified, the others are not sent`,
  more: {
    applied: live === undefined ? target : preconditionOf(live),
    appliedAt: new Date().toISOString(),
  },
});

/** Whether the first write happened, as the object tells. */
function wasWritten({ id, operations, target }: ActionRecord, live: KubernetesObject | undefined): boolean {
  const [first] = operations;
  if (first?.verb === 'evict') {
    return live?.metadata.uid !== target.uid || live.metadata.deletionTimestamp !== undefined;
  }
  if (live === undefined) return false;
  if (first?.verb === 'scale') {
    return replicasOf(live) === first.replicas && live.metadata.generation !== target.generation;
  }
  return live.metadata.annotations?.[actionAnnotation] === id;
}

const unlessGone = (error: unknown): undefined => {
  if (error instanceof AppError && error.code === 'not_found') return undefined;
  throw error;
};
