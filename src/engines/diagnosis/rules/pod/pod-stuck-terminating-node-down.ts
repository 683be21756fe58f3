import { formatDuration, timeOf } from '../../../durations.ts';
import { nodeCondition } from '../../../node-health.ts';
import { type Node, type Pod, refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { isStuckTerminating } from '../../../pod-ends.ts';
import { leavingPods } from '../../../pod-groups.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { claimMounts } from '../../../volumes/claims.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const podStuckTerminatingNodeDown = defineRule({
  id: 'pod-stuck-terminating-node-down',
  title: 'A pod cannot end because its node is down',
  area: 'pod',
  class: 'symptom',
  severity: 'high',
  meaning:
    'The pod was deleted, but nobody can confirm that it has stopped: the kubelet of its node does not answer. A ' +
    'StatefulSet makes no replacement until then, and its volumes stay attached.',
  detection:
    'The pod is terminating for more than a minute beyond its grace period, and its node is not Ready (Unknown or ' +
    'False) or does not exist. The node is the cause.',
  remedies: [
    'Bring the node back, or replace it: its pods then go.',
    'When the machine is certainly powered off, taint it node.kubernetes.io/out-of-service: pods and volumes are then released.',
  ],
  avoid: ['force-deleting pods of a StatefulSet: the old one may still run and write to the same volume'],

  check: (snapshot) =>
    leavingPods(snapshot)
      .filter((pod) => isStuckTerminating(pod, snapshot.now))
      .flatMap((pod) => findingOf(snapshot, pod)),
});

function findingOf(snapshot: Snapshot, pod: Pod): readonly Finding[] {
  const node = snapshot.find('Node', undefined, pod.spec?.nodeName ?? '');
  const ready = node === undefined ? undefined : nodeCondition(node, 'Ready');
  if (node === undefined || ready === undefined || ready.status === 'True') return [];
  const subject = refOf(pod);
  const deleted = pod.metadata.deletionTimestamp;
  const volumes = claimMounts(pod).map(({ claim }) => claim);
  return [
    {
      subject,
      problem: `is deleted and cannot end: Node/${node.metadata.name} does not confirm that it has stopped (Ready is ${ready.status})`,
      culprit: refOf(node),
      certainty: 'declared',
      evidence: [
        {
          object: subject,
          source: 'status',
          text: `should have ended ${formatDuration(snapshot.now - (timeOf(deleted) ?? snapshot.now))} ago`,
          at: deleted,
        },
        {
          object: refOf(node),
          source: 'status',
          text: `Ready is ${ready.status}: ${ready.reason ?? ''}`,
          at: ready.lastTransitionTime,
        },
        ...(volumes.length === 0
          ? []
          : [{ object: subject, source: 'spec' as const, text: `holds the claims ${volumes.join(', ')}` }]),
      ],
      since: ready.lastTransitionTime ?? deleted,
      dependsOn: [refOf(node)],
      fixes: fixesOf(node, workloadOf(snapshot, pod).kind === 'StatefulSet' || volumes.length > 0),
    },
  ];
}

const fixesOf = ({ metadata: { name } }: Node, single: boolean) => [
  {
    advice: `bring back or replace ${name}`,
    reason: 'its pods end when the kubelet answers or the Node object is gone',
  },
  {
    advice: `kubectl taint node ${name} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute, when the machine is certainly powered off`,
    reason: `pods${single ? ' and volumes' : ''} are then released, and replacements start`,
  },
];
