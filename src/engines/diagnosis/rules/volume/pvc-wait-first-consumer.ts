import { isAskedAbout } from '../../../asked-about.ts';
import { formatDuration, minute, timeOf } from '../../../durations.ts';
import { nameOf, type Pod, refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { podCondition } from '../../../pods.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { type Claim, classOf, consumersOf, selectedNodeOf, waitingFor } from '../../../volumes/claims.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** A pod that has just been made is not scheduled for a moment. */
const hold = minute / 2;
/** The scheduler's words when the claim itself is what keeps the pod from nodes. */
const claimAtFault = /persistent ?volumes? to bind|enough free storage|unbound immediate|persistentvolumeclaim/i;

export const pvcWaitFirstConsumer = defineRule({
  id: 'pvc-wait-first-consumer',
  title: 'A claim waits for its first pod',
  area: 'volume',
  class: 'symptom',
  severity: 'info',
  meaning:
    'Nothing is wrong with the claim: its class makes the volume when a pod that mounts the claim has found a node. ' +
    'Whatever keeps that pod from a node keeps the claim waiting.',
  detection:
    'The claim is Pending, its StorageClass has volumeBindingMode WaitForFirstConsumer, and no node was selected for ' +
    'it yet. It is a symptom of the pod that is not scheduled; without any pod it is mentioned only when the question ' +
    'is about this very claim.',
  remedies: ['None for the claim. Make the pod that mounts it schedulable, or create one.'],
  avoid: [
    'recreating the claim, or its class with volumeBindingMode Immediate: the volume may come to lie where no pod can run',
  ],

  check: (snapshot) =>
    snapshot
      .all('PersistentVolumeClaim')
      .filter((claim) => isWaiting(snapshot, claim))
      .flatMap((claim) => findingOf(snapshot, claim)),
});

function isWaiting(snapshot: Snapshot, claim: Claim): boolean {
  return (
    claim.status?.phase === 'Pending' &&
    !claim.spec?.volumeName &&
    classOf(snapshot, claim)?.volumeBindingMode === 'WaitForFirstConsumer' &&
    selectedNodeOf(claim) === undefined
  );
}

function findingOf(snapshot: Snapshot, claim: Claim): readonly Finding[] {
  const first = waitingFor(snapshot, claim).find((pod) => isUnplaced(snapshot, pod));
  if (first !== undefined) return [waitsFor(snapshot, claim, first)];
  return isAskedAbout(snapshot, refOf(claim)) && consumersOf(snapshot, claim).length === 0
    ? [unused(snapshot, claim)]
    : [];
}

function isUnplaced(snapshot: Snapshot, pod: Pod): boolean {
  const { message = '', lastTransitionTime } = podCondition(pod, 'PodScheduled') ?? {};
  const since = timeOf(lastTransitionTime ?? pod.metadata.creationTimestamp);
  return since !== undefined && snapshot.now - since > hold && !claimAtFault.test(message);
}

const modeText = ({ spec }: Claim): string =>
  `StorageClass/${spec?.storageClassName} has volumeBindingMode WaitForFirstConsumer`;

function waitsFor(snapshot: Snapshot, claim: Claim, pod: Pod): Finding {
  const subject = refOf(claim);
  const workload = workloadOf(snapshot, pod);
  return {
    subject,
    problem: `waits for its first consumer, ${nameOf(workload)}, which has no node yet`,
    certainty: 'declared',
    evidence: [{ object: subject, source: 'spec', text: modeText(claim) }],
    since: podCondition(pod, 'PodScheduled')?.lastTransitionTime ?? pod.metadata.creationTimestamp,
    fixes: [
      {
        advice: `make ${nameOf(workload)} schedulable: kubectl describe pod -n ${pod.metadata.namespace} ${pod.metadata.name}`,
        reason: 'the volume is made where that pod goes',
      },
    ],
    dependsOn: [workload],
  };
}

function unused(snapshot: Snapshot, claim: Claim): Finding {
  const subject = refOf(claim);
  const age = formatDuration(snapshot.now - (timeOf(claim.metadata.creationTimestamp) ?? snapshot.now));
  return {
    subject,
    problem: `has waited for its first consumer for ${age}, as it should: no pod mounts it, and its class makes the volume for the first that does`,
    class: 'risk',
    certainty: 'declared',
    evidence: [{ object: subject, source: 'spec', text: modeText(claim) }],
    since: claim.metadata.creationTimestamp,
    fixes: [],
  };
}
