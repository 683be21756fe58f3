import { nearest } from '../../../../platform/nearest.ts';
import { minute, timeOf } from '../../../durations.ts';
import { nameOf, type Pod, refOf } from '../../../objects.ts';
import { controllerOf, workloadOf } from '../../../owners.ts';
import { brokenPods } from '../../../pod-groups.ts';
import { templateName } from '../../../pod-spec-path.ts';
import { podCondition } from '../../../pods.ts';
import { templateOf } from '../../../references.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { rollback } from '../../rollback.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

/** The garbage collector takes pods of removed nodes away within a minute or two. */
const hold = 2 * minute;

export const podNodeDoesNotExist = defineRule({
  id: 'pod-node-does-not-exist',
  title: 'A pod is bound to a node that does not exist',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'The pod has a nodeName that is no node of the cluster, so no kubelet starts it. The garbage collector deletes it, ' +
    'and what its controller makes in its place is the same.',
  detection:
    'spec.nodeName of a pod that no kubelet has begun names no Node, and the pod template says the same; or the pod has ' +
    'been there for more than two minutes, or the garbage collector says that its node is gone.',
  remedies: ['Remove nodeName from the template; use nodeSelector or affinity when the place matters.'],
  avoid: ['creating a Node object of that name: nothing runs behind it'],

  check: (snapshot) => brokenPods(snapshot).flatMap((pod) => findingOf(snapshot, pod)),
});

function findingOf(snapshot: Snapshot, pod: Pod): readonly Finding[] {
  const name = pod.spec?.nodeName;
  if (!name || snapshot.presence('Node', undefined, name) !== 'absent') return [];
  const workload = workloadOf(snapshot, pod);
  // A kubelet that has begun stamps the pod: then the node was there.
  const never = pod.status?.startTime === undefined && (pod.status?.containerStatuses ?? []).length === 0;
  const fixed =
    never && (controllerOf(pod) === undefined || templateOf(snapshot.head(workload))?.spec?.nodeName === name);
  const age = snapshot.now - (timeOf(pod.metadata.creationTimestamp) ?? snapshot.now);
  const collected = podCondition(pod, 'DisruptionTarget')?.reason === 'DeletionByPodGC';
  if (!fixed && (age < hold || !(never || collected))) return [];
  const subject = refOf(pod);
  const nodes = snapshot.names('Node', undefined);
  const similar = nearest(name, nodes, 1);
  const hint = similar.length > 0 ? ` (there is ${similar[0]})` : '';
  return [
    {
      subject,
      problem: fixed
        ? `cannot run: spec.nodeName is ${name}, and there is no such node${hint}`
        : `is lost: its node ${name} does not exist any more`,
      culprit: { kind: 'Node', name },
      certainty: 'declared',
      evidence: [
        { object: subject, source: 'spec', text: `spec.nodeName is ${name}` },
        { object: { kind: 'Node', name }, source: 'recomputed', text: 'was looked for and not found' },
      ],
      since: pod.metadata.creationTimestamp,
      fixes: fixed
        ? [
            ...rollback(snapshot, workload, ({ spec }) =>
              spec?.nodeName === name ? undefined : 'did not name that node',
            ),
            ...similar.map(
              (node): Fix => ({
                advice: `set nodeName to ${node} in ${nameOf(workload)}, if that was meant`,
                reason: 'it exists and its name is nearest',
              }),
            ),
            {
              advice: `remove nodeName from ${templateName(workload)}`,
              reason: 'the scheduler then finds a node',
            },
          ].slice(0, 3)
        : [
            {
              advice: `kubectl delete pod -n ${pod.metadata.namespace} ${pod.metadata.name} --force`,
              reason: 'nothing runs it any more',
            },
          ],
    },
  ];
}
