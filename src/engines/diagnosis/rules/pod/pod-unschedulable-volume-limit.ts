import { type Node, type Pod, refOf } from '../../../objects.ts';
import { unassignedPods } from '../../../pod-groups.ts';
import { podCondition } from '../../../pods.ts';
import { fitsOf } from '../../../scheduling/node-fit.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Evidence, type Finding } from '../../rule.ts';

const shownNodes = 3;

export const podUnschedulableVolumeLimit = defineRule({
  id: 'pod-unschedulable-volume-limit',
  title: 'Nodes can attach no more volumes',
  area: 'pod',
  class: 'cause',
  severity: 'medium',
  meaning:
    'A storage driver attaches only so many volumes to one node. Every node that the pod could use has reached that ' +
    'number, or does not run the driver at all.',
  detection:
    'The scheduler says `exceed max volume count` or `CSI driver is not installed on the node`. The limits ' +
    '(CSINode.spec.drivers[].allocatable.count) are compared with the VolumeAttachments of every node.',
  remedies: [
    'Add a node, or use nodes that attach more volumes.',
    'Mend the DaemonSet of the CSI driver, where a node does not run it.',
  ],
  avoid: ['detaching volumes by hand: their pods lose their data in mid-write'],

  check: (snapshot) => unassignedPods(snapshot).flatMap((pod) => findingOf(snapshot, pod)),
});

function findingOf(snapshot: Snapshot, pod: Pod): readonly Finding[] {
  const { status, message = '', lastTransitionTime } = podCondition(pod, 'PodScheduled') ?? {};
  if (status !== 'False') return [];
  const driver = /(\S+) CSI driver is not installed on the node/i.exec(message)?.[1];
  const full = /exceed max volume count/i.test(message);
  if (driver === undefined && !full) return [];
  const subject = refOf(pod);
  const since = lastTransitionTime ?? pod.metadata.creationTimestamp;
  const said: Evidence = { object: subject, source: 'status', text: message, at: since };
  if (!full && driver !== undefined) return [{ subject, since, ...notInstalled(snapshot, driver, said) }];
  const limits = fullNodes(snapshot, pod);
  const shown = limits.slice(0, shownNodes).map((limit) => `${limit.node}: ${limit.attached} of ${limit.count}`);
  return [
    {
      subject,
      problem:
        limits.length === 0
          ? 'cannot be scheduled: the nodes it may use can attach no more volumes'
          : `cannot be scheduled: the nodes it may use can attach no more volumes of ${limits[0]?.driver} (${shown.join(', ')})`,
      certainty: limits.length === 0 ? 'message' : 'recomputed',
      evidence: [
        said,
        ...limits.slice(0, shownNodes).map(
          (limit): Evidence => ({
            object: { kind: 'CSINode', name: limit.node },
            source: 'recomputed',
            text: `${limit.attached} volumes of ${limit.driver} are attached, allocatable.count is ${limit.count}`,
          }),
        ),
      ],
      since,
      fixes: [
        { advice: 'add a node', reason: 'each node attaches only so many volumes' },
        { advice: 'scale down what holds volumes on these nodes', reason: 'a volume is detached when its pod is gone' },
      ],
      missingEvidence:
        limits.length === 0 ? ['limits and attachments (list csinodes and volumeattachments)'] : undefined,
    },
  ];
}

function notInstalled(snapshot: Snapshot, driver: string, said: Evidence): Omit<Finding, 'subject'> {
  const nodes = snapshot.all('CSINode');
  const running = nodes.filter(({ spec }) => spec?.drivers?.some(({ name }) => name === driver)).length;
  return {
    problem: `cannot be scheduled: the CSI driver ${driver} is not installed on the nodes it may use`,
    culprit: { kind: 'CSIDriver', name: driver },
    certainty: 'message',
    evidence: [
      said,
      ...(nodes.length === 0
        ? []
        : [
            {
              object: { kind: 'CSIDriver', name: driver },
              source: 'recomputed' as const,
              text: `registered on ${running} of ${nodes.length} nodes`,
            },
          ]),
    ],
    fixes: [
      {
        advice: `mend the DaemonSet of the CSI driver ${driver}, so that it runs on every node`,
        reason: 'it registers itself at the kubelet of each node',
      },
    ],
  };
}

interface FullNode {
  readonly node: string;
  readonly driver: string;
  readonly attached: number;
  readonly count: number;
}

/** Nodes without another obstacle on which a driver has attached all it can. */
function fullNodes(snapshot: Snapshot, pod: Pod): readonly FullNode[] {
  const open = fitsOf(snapshot, pod)
    .filter(({ obstacles }) => obstacles.size === 0)
    .map(({ node }) => node);
  return open.flatMap((node) => driversOf(snapshot, node)).filter(({ attached, count }) => attached >= count);
}

function driversOf(snapshot: Snapshot, { metadata: { name: node } }: Node): readonly FullNode[] {
  const drivers = snapshot.find('CSINode', undefined, node)?.spec?.drivers ?? [];
  return drivers.flatMap(({ name: driver, allocatable }) => {
    const attached = snapshot
      .all('VolumeAttachment')
      .filter(({ spec }) => spec?.nodeName === node && spec.attacher === driver).length;
    return allocatable?.count === undefined || driver === undefined
      ? []
      : [{ node, driver, attached, count: allocatable.count }];
  });
}
