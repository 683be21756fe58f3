import { type Crash, crashes } from './crashes/crashes.ts';
import { minute, timeOf } from './durations.ts';
import type { ClusterEvent } from './events.ts';
import { keyOf, type ObjectRef, type Of, type Pod, refOf } from './objects.ts';
import { controllerOf, podsOf } from './owners.ts';
import { isFinished, isTerminating } from './pods.ts';
import { type ProbeFailure, probeFailures } from './probes/probes.ts';
import { type Revision, revisionsOf, type TemplateChange, templateChanges } from './revisions.ts';
import type { Snapshot } from './snapshot.ts';

/** A Deployment whose newest revision fails where an older one worked. */
export interface Regression {
  readonly deployment: ObjectRef;
  readonly current: Revision;
  /** The newest revision that is or was ready. */
  readonly good: Revision;
  readonly changes: readonly TemplateChange[];
  /** How it is known that the older one worked. */
  readonly proof: Proof;
  /** Pods of the newest revision that fail, and all of them. */
  readonly failing: readonly (Crash | ProbeFailure)[];
  readonly pods: number;
}

export type Proof =
  | { readonly kind: 'ready'; readonly ready: number }
  /** The Deployment lost its availability within moments of the rollout. */
  | { readonly kind: 'lost-with-rollout'; readonly at: string }
  /** The rollout stopped its pods while they ran, and no event says that they ever failed. */
  | { readonly kind: 'stopped-while-running'; readonly event: ClusterEvent };

/** How soon after a rollout what it breaks is seen. */
const withRollout = 2 * minute;

/** Deployments whose newest pods crash or fail their probes, while a revision with another template is, or was, ready. */
export function regressions(snapshot: Snapshot): readonly Regression[] {
  // A crash without a rule of its own is spoken of by the rules of starts.
  const named = crashes(snapshot).filter(({ rule }) => rule !== undefined);
  const faults = Map.groupBy([...named, ...probeFailures(snapshot)], ({ pod }) =>
    keyOf(controllerOf(pod) ?? refOf(pod)),
  );
  if (faults.size === 0) return [];
  return snapshot.all('Deployment').flatMap((deployment) => regressionOf(snapshot, deployment, faults) ?? []);
}

function regressionOf(
  snapshot: Snapshot,
  object: Of<'Deployment'>,
  faults: ReadonlyMap<string, readonly (Crash | ProbeFailure)[]>,
): Regression | undefined {
  const deployment = refOf(object);
  const [current, ...older] = revisionsOf(snapshot, deployment);
  const failing = current === undefined ? [] : (faults.get(keyOf(refOf(current.replicaSet))) ?? []);
  if (current === undefined || failing.length === 0) return undefined;
  const pods = podsOf(snapshot, deployment).filter(
    (pod) => controllerOf(pod)?.name === current.replicaSet.metadata.name && !isTerminating(pod) && !isFinished(pod),
  );
  // A template that works for most of its pods is not what is wrong.
  if (2 * new Set(failing.map(({ pod }) => pod)).size < pods.length) return undefined;
  const began = rolloutTime(current, pods);
  for (const good of older) {
    const changes = templateChanges(good.template, current.template);
    if (changes.length === 0) continue;
    const proof = proofOf(snapshot, { object, good, began, newest: older[0] === good });
    if (proof !== undefined) return { deployment, current, good, changes, proof, failing, pods: pods.length };
  }
  return undefined;
}

/** When the current template was rolled out: a revision that was gone back to has an old ReplicaSet with new pods. */
function rolloutTime({ replicaSet }: Revision, pods: readonly Pod[]): number {
  const times = pods.map(({ metadata }) => timeOf(metadata.creationTimestamp) ?? Number.POSITIVE_INFINITY);
  return Math.max(
    timeOf(replicaSet.metadata.creationTimestamp) ?? 0,
    Number.isFinite(Math.min(...times)) ? Math.min(...times) : 0,
  );
}

function proofOf(
  snapshot: Snapshot,
  { object, good, began, newest }: { object: Of<'Deployment'>; good: Revision; began: number; newest: boolean },
): Proof | undefined {
  if (good.ready > 0) return { kind: 'ready', ready: good.ready };
  if (!newest) return undefined;
  const available = object.status?.conditions?.find(({ type }) => type === 'Available');
  const lost = available?.status === 'False' ? timeOf(available.lastTransitionTime) : undefined;
  const event = stoppedWhileRunning(snapshot, good, began);
  if (event !== undefined) return { kind: 'stopped-while-running', event };
  // Created and never available looks alike, but then the older revision was created just before.
  const older = timeOf(good.replicaSet.metadata.creationTimestamp) ?? began;
  return lost !== undefined && Math.abs(lost - began) <= withRollout && lost - older > withRollout
    ? { kind: 'lost-with-rollout', at: available?.lastTransitionTime ?? '' }
    : undefined;
}

/** Reasons of events that say that a pod did not work. */
const complaints = new Set([
  'BackOff',
  'Unhealthy',
  'Failed',
  'FailedMount',
  'FailedCreatePodSandBox',
  'FailedPostStartHook',
]);

/**
 * The kubelet's "Stopping container" about a pod of that revision at the time of the rollout, when no other event
 * complains of such a pod. Without a readiness probe a crashing pod counts as available for a moment, so the rollout
 * goes on and removes the pods that worked.
 */
function stoppedWhileRunning(snapshot: Snapshot, { replicaSet }: Revision, began: number): ClusterEvent | undefined {
  const prefix = `${replicaSet.metadata.name}-`;
  const about = snapshot.events.filter(
    (event) =>
      event.about.kind === 'Pod' &&
      event.about.namespace === replicaSet.metadata.namespace &&
      event.about.name.startsWith(prefix),
  );
  if (about.some(({ reason }) => complaints.has(reason))) return undefined;
  return about.find(
    ({ reason, message, last = 0 }) =>
      reason === 'Killing' && /^Stopping container/i.test(message) && last >= began - withRollout,
  );
}
