import { minute, second, timeOf } from '../durations.ts';
import { keyOf, type Pod } from '../objects.ts';
import { workloadOf } from '../owners.ts';
import { brokenPods } from '../pod-groups.ts';
import { podCondition } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';
import { type Claim, claimsOf, consumersOf } from './claims.ts';

/** A pod that cannot have its volume because another pod has it. */
export interface Held {
  readonly pod: Pod;
  /** Absent when the claims of the pod were not read. */
  readonly claim: Claim | undefined;
  /** Pods that mount the claim and stand in the way. */
  readonly holders: readonly Pod[];
  /** What the holders are to the pod: replicas of one revision, the revision before, or somebody else's. */
  readonly by: 'replica' | 'revision' | 'other';
  readonly said: { readonly text: string; readonly source: 'status' | 'event'; readonly at: string | undefined };
  /** ISO 8601. */
  readonly since: string | undefined;
}

/** Detaching from the old node takes some seconds, and up to a minute with slow drivers. */
const attachHold = minute;
const scheduleHold = 15 * second;
const exclusive = 'ReadWriteOncePod';

const cache = new WeakMap<Snapshot, readonly Held[]>();

/** Pods that wait for a volume that others hold: on another node (Multi-Attach), or at all (ReadWriteOncePod). */
export function heldPods(snapshot: Snapshot): readonly Held[] {
  let held = cache.get(snapshot);
  if (held === undefined) {
    held = brokenPods(snapshot).flatMap(
      (pod) => (pod.spec?.nodeName ? attaching(snapshot, pod) : scheduling(snapshot, pod)) ?? [],
    );
    cache.set(snapshot, held);
  }
  return held;
}

function scheduling(snapshot: Snapshot, pod: Pod): Held | undefined {
  const { status, message = '', lastTransitionTime } = podCondition(pod, 'PodScheduled') ?? {};
  if (status !== 'False' || !/ReadWriteOncePod access mode already in-use/i.test(message)) return undefined;
  const since = lastTransitionTime ?? pod.metadata.creationTimestamp;
  if (snapshot.now - (timeOf(since) ?? snapshot.now) < scheduleHold) return undefined;
  const claim = claimsOf(snapshot, pod).find(({ spec }) => spec?.accessModes?.includes(exclusive));
  const holders = othersOf(snapshot, pod, claim).filter(({ spec }) => Boolean(spec?.nodeName));
  const by = relationOf(snapshot, pod, holders);
  return { pod, claim, holders, by, since, said: { text: message, source: 'status', at: since } };
}

/** The controller says it once, when it first fails; while no container was started it still holds. */
function attaching(snapshot: Snapshot, pod: Pod): Held | undefined {
  if (pod.status?.phase !== 'Pending') return undefined;
  const event = snapshot
    .eventsAbout(pod)
    .findLast(({ reason, message }) => reason === 'FailedAttachVolume' && /multi-attach error/i.test(message));
  if (event === undefined || snapshot.now - (event.first ?? snapshot.now) < attachHold) return undefined;
  const volume = /for volume "([^"]+)"/i.exec(event.message)?.[1];
  const claims = claimsOf(snapshot, pod);
  const claim = claims.find(({ spec }) => spec?.volumeName === volume) ?? (claims.length === 1 ? claims[0] : undefined);
  const holders = othersOf(snapshot, pod, claim).filter(
    ({ spec }) => Boolean(spec?.nodeName) && spec?.nodeName !== pod.spec?.nodeName,
  );
  const since = event.first === undefined ? event.at : new Date(event.first).toISOString();
  const said = { text: event.message, source: 'event', at: event.at } as const;
  return { pod, claim, holders, by: relationOf(snapshot, pod, holders), since, said };
}

const othersOf = (snapshot: Snapshot, pod: Pod, claim: Claim | undefined): readonly Pod[] =>
  claim === undefined ? [] : consumersOf(snapshot, claim).filter((other) => other !== pod);

const revisionLabels = ['pod-template-hash', 'controller-revision-hash', 'pod-template-generation'];

function relationOf(snapshot: Snapshot, pod: Pod, [holder]: readonly Pod[]): Held['by'] {
  if (holder === undefined) return 'other';
  if (keyOf(workloadOf(snapshot, holder)) !== keyOf(workloadOf(snapshot, pod))) return 'other';
  const same = revisionLabels.every((label) => holder.metadata.labels?.[label] === pod.metadata.labels?.[label]);
  return same ? 'replica' : 'revision';
}
