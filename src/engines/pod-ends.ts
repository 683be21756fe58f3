import { hour, minute, timeOf } from './durations.ts';
import type { Pod } from './objects.ts';
import { controllerOf, podsOf, workloadOf } from './owners.ts';
import { isFinished, isReady, isTerminating, podCondition } from './pods.ts';
import type { Snapshot } from './snapshot.ts';

/** An eviction or rejection is news for this long; what is left after that was replaced long ago. */
const news = hour;
/** So many pods of one workload that ended alike are no accident. */
const repeated = 2;
/** Kubelet and garbage collector take this long after the grace period is over. */
const stuckAfter = minute;

/** When a pod that was ended from outside ended. ISO 8601. */
export const endedAt = (pod: Pod): string | undefined =>
  podCondition(pod, 'DisruptionTarget')?.lastTransitionTime ??
  podCondition(pod, 'Ready')?.lastTransitionTime ??
  pod.status?.startTime ??
  pod.metadata.creationTimestamp;

/** How much it matters that a pod was ended: it is missed, it was replaced and may be hit again, or it is history. */
export type Weight = 'missed' | 'replaced' | 'history';

/** Judges the end of a pod that looks like others of its workload (`alike`). Nothing replaces a bare pod. */
export function weightOfEnd(snapshot: Snapshot, pod: Pod, alike: (other: Pod) => boolean): Weight {
  const owner = controllerOf(pod);
  if (owner === undefined) return 'missed';
  if (snapshot.now - (timeOf(endedAt(pod)) ?? 0) > news) return 'history';
  const siblings = podsOf(snapshot, workloadOf(snapshot, pod));
  const current = siblings.filter((other) => !isFinished(other) && !isTerminating(other));
  const mended = current.length > 0 && current.every(isReady);
  if (mended && current.every((other) => isLater(other, pod))) return 'history';
  let again = 0;
  for (const other of siblings) {
    if (other.status?.phase !== 'Failed' || !alike(other)) continue;
    if (snapshot.now - (timeOf(endedAt(other)) ?? 0) <= news) again++;
    // Of ten thousand that ended alike, two say it.
    if (again >= repeated) return 'missed';
  }
  return mended ? 'replaced' : 'missed';
}

/** Whether a pod is of another revision than one that ended: the template was changed since. */
function isLater({ metadata }: Pod, { metadata: ended }: Pod): boolean {
  const revision = revisionOf(ended.labels);
  return revision !== undefined && revisionOf(metadata.labels) !== revision;
}

const revisionOf = (labels: Pod['metadata']['labels']): string | undefined =>
  labels?.['pod-template-hash'] ?? labels?.['controller-revision-hash'];

/** Pods that should be gone: a deletion timestamp is the moment when the grace period ends. */
export const isStuckTerminating = (pod: Pod, now: number): boolean =>
  isTerminating(pod) && now - (timeOf(pod.metadata.deletionTimestamp) ?? now) > stuckAfter;

/** Whether nothing of the pod runs any more, as far as the kubelet has told. */
export function hasStopped(pod: Pod): boolean {
  if (isFinished(pod) || !pod.spec?.nodeName) return true;
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  return statuses.length > 0 && statuses.every(({ state }) => state?.running === undefined);
}
