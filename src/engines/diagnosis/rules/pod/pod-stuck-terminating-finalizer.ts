import { type CreationFailure, creationFailures } from '../../../admission.ts';
import { isAskedAbout } from '../../../asked-about.ts';
import { formatDuration, hour, minute, second, timeOf } from '../../../durations.ts';
import { failureWords } from '../../../logs/severity.ts';
import { type KubernetesObject, nameOf, type Pod, refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { hasStopped } from '../../../pod-ends.ts';
import { podCondition } from '../../../pods.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { type Claim, consumersOf, waitingFor } from '../../../volumes/claims.ts';
import { defineRule, type Finding } from '../../rule.ts';

const hold = minute;
/** Who asks about the object itself wonders already why it stays. */
const holdOfAsked = 10 * second;
/** Load balancers and disks take minutes to go; a node is drained first. */
const holdOfOthers = 5 * minute;
const holdOfNodes = hour;
/** Only data: nothing outside of the cluster has to go first. */
const light = new Set(['Pod', 'ConfigMap', 'Secret', 'ServiceAccount']);
const holdOf = (snapshot: Snapshot, object: KubernetesObject): number =>
  object.kind !== 'Pod' && isAskedAbout(snapshot, refOf(object))
    ? holdOfAsked
    : light.has(object.kind)
      ? hold
      : object.kind === 'Node'
        ? holdOfNodes
        : holdOfOthers;
/** A namespace has a rule of its own, and a bound volume waits for its claim. */
const leftToOthers = new Set(['Namespace', 'PersistentVolume']);
/** These wait for other objects, which tell themselves what keeps them. */
const waiting = new Set(['foregroundDeletion', 'orphan', 'kubernetes']);
const protection = 'kubernetes.io/pvc-protection';

export const podStuckTerminatingFinalizer = defineRule({
  id: 'pod-stuck-terminating-finalizer',
  title: 'An object cannot be deleted because of a finalizer',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'The object was deleted, and stays until the controller that owns the finalizer has cleaned up. That controller is ' +
    'gone, broken, or not allowed to.',
  detection:
    'deletionTimestamp (which includes the grace period) is more than a minute old (5 minutes for what is no pod and no ' +
    'mere data, an hour for nodes, which are drained first, 10 s for what is asked about; no time for a claim for which the scheduler or a StatefulSet refuses a pod) and metadata.finalizers is not empty; of a pod, nothing runs any more. A claim that pods still mount is a risk: it stays until they stop.',
  remedies: [
    'Find the controller that owns the finalizer, by its domain, and mend it: it removes the finalizer.',
    'When that controller is gone for good, clean up what it should have, then remove the finalizer by hand.',
  ],
  avoid: ['removing the finalizer first: what it protects (cloud resources, data) leaks or is lost'],

  check: (snapshot) => snapshot.data.objects.flatMap((object) => findingOf(snapshot, object)),
});

function findingOf(snapshot: Snapshot, object: KubernetesObject): readonly Finding[] {
  const { deletionTimestamp, finalizers = [] } = object.metadata;
  const deleted = timeOf(deletionTimestamp);
  const own = finalizers.filter((finalizer) => !waiting.has(finalizer));
  if (
    deleted === undefined ||
    (snapshot.now - deleted <= holdOf(snapshot, object) && !isWanted(snapshot, object)) ||
    own.length === 0 ||
    leftToOthers.has(object.kind)
  )
    return [];
  if (object.kind === 'PersistentVolumeClaim' && own.includes(protection)) return protectedClaim(snapshot, object);
  const pod = object.kind === 'Pod' ? snapshot.find('Pod', object.metadata.namespace, object.metadata.name) : undefined;
  if (pod !== undefined && !hasStopped(pod)) return [];
  const subject = refOf(object);
  const named = own.join(', ');
  const words = wordsAbout(snapshot, own[0] ?? '');
  return [
    {
      subject,
      problem:
        object.kind === 'Pod' && object.metadata.ownerReferences?.some(({ controller }) => controller)
          ? `has a deleted pod that cannot go: metadata.finalizers of the pod still has ${named}`
          : `cannot be deleted: metadata.finalizers still has ${named}`,
      certainty: 'declared',
      evidence: [
        {
          object: subject,
          source: 'status',
          text: `deleted ${formatDuration(snapshot.now - deleted)} ago${pod === undefined ? '' : ', and nothing of it runs any more'}`,
          at: deletionTimestamp,
        },
        { object: subject, source: 'spec', text: `metadata.finalizers: ${named}` },
        ...(words === undefined ? [] : [words.evidence]),
      ],
      since: deletionTimestamp,
      fixes: [
        {
          advice:
            words === undefined
              ? `find the controller that owns the finalizer ${own[0]}, and see in its log why it does not finish`
              : `see in the log of ${nameOf(words.owner)}, which names the finalizer, why it does not finish, and heal that`,
          reason: 'it removes the finalizer when it has cleaned up',
        },
        {
          advice: `kubectl patch ${object.kind.toLowerCase()} ${object.metadata.name}${object.metadata.namespace === undefined ? '' : ` -n ${object.metadata.namespace}`} --type=merge -p '{"metadata":{"finalizers":null}}', after cleaning up what it protects`,
          reason: 'if that controller is gone for good',
        },
      ],
    },
  ];
}

/** The program whose log speaks of the finalizer, and what it says last. */
function wordsAbout(snapshot: Snapshot, finalizer: string) {
  for (const log of snapshot.data.logs) {
    const index = log.lines.findLastIndex(({ text }) => text.includes(finalizer));
    const pod = index < 0 ? undefined : snapshot.find('Pod', log.namespace, log.pod);
    const last = log.lines.slice(index, index + 2).findLast(({ text }) => failureWords.test(text)) ?? log.lines[index];
    if (pod === undefined || last === undefined) continue;
    const evidence = { object: refOf(pod), source: 'log' as const, text: last.text.slice(0, 300), at: last.at };
    return { owner: workloadOf(snapshot, pod), evidence };
  }
  return undefined;
}

/** A claim whose deletion the scheduler or a StatefulSet gives as the reason: that is no matter of time. */
function isWanted(snapshot: Snapshot, { kind, metadata }: KubernetesObject): boolean {
  const claim = kind === 'PersistentVolumeClaim' ? snapshot.find(kind, metadata.namespace, metadata.name) : undefined;
  if (claim === undefined) return false;
  return (
    refusedFor(snapshot, claim) !== undefined || creationFailures(snapshot).some((failure) => lacks(failure, claim))
  );
}

const lacks = ({ leaving }: CreationFailure, claim: Claim): boolean =>
  leaving?.name === claim.metadata.name && leaving.namespace === claim.metadata.namespace;

/** A pod that the scheduler keeps from nodes because the claim is being deleted. */
const refusedFor = (snapshot: Snapshot, claim: Claim): Pod | undefined =>
  waitingFor(snapshot, claim).find((pod) => /is being deleted/i.test(podCondition(pod, 'PodScheduled')?.message ?? ''));

/** A deleted claim stays as long as pods use it, and no new pod may. */
function protectedClaim(snapshot: Snapshot, { metadata }: KubernetesObject): readonly Finding[] {
  const claim = snapshot.find('PersistentVolumeClaim', metadata.namespace, metadata.name);
  if (claim === undefined) return [];
  const users = consumersOf(snapshot, claim).filter(({ spec }) => Boolean(spec?.nodeName));
  const [first] = users;
  if (first === undefined) return [];
  const subject = refOf(claim);
  const blocked = refusedFor(snapshot, claim);
  return [
    {
      subject,
      problem:
        blocked === undefined
          ? `is deleted, and stays until ${nameOf(workloadOf(snapshot, first))} stops using it (finalizer ${protection})`
          : `is deleted and still used by ${nameOf(workloadOf(snapshot, first))}, so ${nameOf(workloadOf(snapshot, blocked))} cannot be scheduled with it`,
      ...(blocked === undefined ? { class: 'risk' as const, severity: 'medium' as const } : {}),
      certainty: 'declared',
      evidence: [
        { object: subject, source: 'spec', text: `metadata.finalizers: ${protection}`, at: metadata.deletionTimestamp },
        ...users.slice(0, 2).map((pod) => ({
          object: refOf(pod),
          source: 'spec' as const,
          text: `mounts it on ${pod.spec?.nodeName}`,
        })),
      ],
      since: metadata.deletionTimestamp,
      fixes: [
        {
          advice: `back up what PersistentVolumeClaim/${metadata.name} holds before its last pod stops, or set its volume's persistentVolumeReclaimPolicy to Retain`,
          reason: 'a deletion cannot be taken back: the claim goes with its last pod',
        },
      ],
    },
  ];
}
