import { ageOf, minute } from '../../../durations.ts';
import { nameOf, type Pod, refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { brokenPods } from '../../../pod-groups.ts';
import { templateName } from '../../../pod-spec-path.ts';
import { isTerminating } from '../../../pods.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { bypassedClaims } from '../../../volumes/bypassed.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** Between two writes of the scheduler nothing else shows what it decided. */
const hold = minute / 4;

export const pvcSchedulerBypassed = defineRule({
  id: 'pvc-scheduler-bypassed',
  title: 'A pod skips the scheduler, so its volume is never made',
  area: 'volume',
  class: 'cause',
  severity: 'high',
  meaning:
    'The class of the claim makes a volume when the scheduler has found a node for the first pod. A pod whose nodeName is written by hand never comes to the scheduler.',
  detection:
    'A pod has spec.nodeName and has not started, one of its claims is Pending, its StorageClass has volumeBindingMode ' +
    'WaitForFirstConsumer, and the claim has no annotation selected-node, which the scheduler writes before it gives ' +
    'the pod a node.',
  remedies: ['Replace nodeName by a nodeSelector on kubernetes.io/hostname.'],
  avoid: ['changing the class to Immediate: the volume may come to lie where the pod cannot run'],

  check: (snapshot) =>
    brokenPods(snapshot)
      .filter((pod) => !isTerminating(pod) && ageOf(pod, snapshot.now) > hold)
      .flatMap((pod) => findingOf(snapshot, pod)),
});

function findingOf(snapshot: Snapshot, pod: Pod): readonly Finding[] {
  const [claim] = bypassedClaims(snapshot, pod);
  if (claim === undefined) return [];
  const subject = refOf(pod);
  const node = pod.spec?.nodeName ?? '';
  const ref = refOf(claim);
  const workload = workloadOf(snapshot, pod);
  return [
    {
      subject,
      problem: `cannot start: spec.nodeName ${node} is written in its template and skips the scheduler, so ${nameOf(ref)} (WaitForFirstConsumer) never gets a volume`,
      culprit: ref,
      certainty: 'recomputed',
      evidence: [
        { object: subject, source: 'spec', text: `spec.nodeName is ${node}` },
        {
          object: ref,
          source: 'spec',
          text: `is Pending without the annotation volume.kubernetes.io/selected-node; StorageClass/${claim.spec?.storageClassName} has volumeBindingMode WaitForFirstConsumer`,
        },
      ],
      since: pod.metadata.creationTimestamp,
      fixes: [
        {
          advice: `write nodeSelector: {kubernetes.io/hostname: ${node}} instead of nodeName in ${templateName(workload)}`,
          reason: 'the scheduler then chooses that node and has the volume made there',
        },
      ],
      nextCheck: `kubectl describe pvc ${ref.name} -n ${ref.namespace}`,
    },
  ];
}
