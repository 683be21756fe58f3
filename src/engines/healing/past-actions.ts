import { timeOf } from '../durations.ts';
import { keyOf, type ObjectRef } from '../objects.ts';
import { workloadOf } from '../owners.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Situation } from './guards/guard.ts';
import type { ActionRecord, ActionState } from './record.ts';

const running: ReadonlySet<ActionState> = new Set(['applying', 'verifying']);
const failures: ReadonlySet<ActionState> = new Set(['failed', 'reverted']);
const successes: ReadonlySet<ActionState> = new Set(['healthy', 'undone']);

/** Whether the action is on its way and its end not known. */
export const isRunning = ({ state }: ActionRecord): boolean => running.has(state);
export const hasFailed = ({ state }: ActionRecord): boolean => failures.has(state);
export const hasSucceeded = ({ state }: ActionRecord): boolean => successes.has(state);

/**
 * Actions that were at least begun, newest first: what was declined, refused or expired changed nothing and does not
 * count, and neither does the action that is being judged.
 */
export const pastActions = ({ history, recordId }: Pick<Situation, 'history' | 'recordId'>): readonly ActionRecord[] =>
  history.filter(
    (record) => record.id !== recordId && (isRunning(record) || hasFailed(record) || hasSucceeded(record)),
  );

/** Milliseconds since an action began; 0 when nobody wrote it down, so that it counts. */
export const sinceBegin = ({ appliedAt, createdAt }: ActionRecord, now: number): number =>
  now - (timeOf(appliedAt ?? createdAt) ?? now);

/** Milliseconds since the last thing that happened to an action; 0 when nobody wrote it down. */
export const sinceEnd = ({ steps, appliedAt, createdAt }: ActionRecord, now: number): number =>
  now - (timeOf(steps.at(-1)?.at ?? appliedAt ?? createdAt) ?? now);

/** What a ReplicaSet, a Job or a StatefulSet appends to the name of its owner for a pod. */
const ofPod = /^-(?:[a-z0-9]{1,10}-)?(?:[a-z0-9]{5}|\d{1,4})$/;

/** Whether an action was on this workload, or on a pod of it, which is gone by now: then its name has to tell. */
export function concerned(record: ActionRecord, workload: ObjectRef, snapshot: Snapshot): boolean {
  const { object } = record.target;
  if (keyOf(object) === keyOf(workload)) return true;
  if (object.kind !== 'Pod' || object.namespace !== workload.namespace) return false;
  const pod = snapshot.head(object);
  if (pod !== undefined) return keyOf(workloadOf(snapshot, pod)) === keyOf(workload);
  return object.name.startsWith(workload.name) && ofPod.test(object.name.slice(workload.name.length));
}
