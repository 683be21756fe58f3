import { nearest } from '../../../../platform/nearest.ts';
import { nameOf, type Pod, refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { unassignedPods } from '../../../pod-groups.ts';
import { podCondition } from '../../../pods.ts';
import { quantity } from '../../../quantity.ts';
import { histogramOf, insufficientIn } from '../../../scheduling/histogram.ts';
import { podRequests, type Resources } from '../../../scheduling/requests.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { rollback } from '../../rollback.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const podExtendedResourceMissing = defineRule({
  id: 'pod-extended-resource-missing',
  title: 'No node has the device that a pod asks for',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'The pod asks for a resource (a GPU, a network device) that no node offers: its device plugin does not run, or ' +
    'there is no such node.',
  detection:
    'The scheduler says Insufficient of a resource with a vendor’s name, and status.allocatable of no node has any of ' +
    'it; or it says that a device class does not exist. Resources that nodes have and that are used up are a matter of capacity.',
  remedies: [
    'Mend the device plugin (usually a DaemonSet): it registers the resource at the kubelet.',
    'Add a node with the device, or correct the name of the resource.',
  ],
  avoid: ['removing the request so that the job runs without its device'],

  check: (snapshot) => unassignedPods(snapshot).flatMap((pod) => findingOf(snapshot, pod)),
});

function findingOf(snapshot: Snapshot, pod: Pod): readonly Finding[] {
  const { status, message = '', lastTransitionTime } = podCondition(pod, 'PodScheduled') ?? {};
  if (status !== 'False') return [];
  const nodes = snapshot.all('Node');
  const subject = refOf(pod);
  const since = lastTransitionTime ?? pod.metadata.creationTimestamp;
  const workload = workloadOf(snapshot, pod);
  const said = { object: subject, source: 'status' as const, text: message, at: since };
  const deviceClass = /device ?class "?([\w.-]+)"? does not exist/i.exec(message)?.[1];
  if (deviceClass !== undefined) {
    return [
      {
        subject,
        problem: `cannot be scheduled: DeviceClass/${deviceClass} does not exist`,
        culprit: { kind: 'DeviceClass', name: deviceClass },
        certainty: 'message',
        evidence: [said],
        since,
        fixes: [
          {
            advice: `install the driver that brings DeviceClass/${deviceClass}, or correct the name in the ResourceClaim`,
            reason: 'devices are allocated from classes',
          },
        ],
      },
    ];
  }
  const requests: Resources = podRequests(pod.spec);
  const resource = histogramOf(message)
    .flatMap((count) => insufficientIn(count) ?? [])
    .filter((name) => name.includes('/') && (requests[name] ?? 0) > 0)
    .find((name) => nodes.every((node) => !quantity(node.status?.allocatable?.[name])));
  if (resource === undefined || nodes.length === 0) return [];
  const offered = [
    ...new Set(nodes.flatMap(({ status: { allocatable } = {} }) => Object.keys(allocatable ?? {}))),
  ].filter((name) => name.includes('/'));
  const [similar] = nearest(resource, offered, 1);
  return [
    {
      subject,
      problem: `cannot be scheduled: it asks for ${requests[resource]} ${resource}, and no node offers any${similar === undefined ? '' : ` (nodes offer ${similar})`}`,
      certainty: 'recomputed',
      evidence: [
        said,
        {
          object: subject,
          source: 'recomputed',
          text: `status.allocatable of 0 of ${nodes.length} nodes has ${resource}${offered.length === 0 ? '' : `; they have ${offered.slice(0, 3).join(', ')}`}`,
        },
      ],
      since,
      fixes: [
        ...rollback(snapshot, workload, ({ spec }) =>
          podRequests(spec)[resource] === undefined ? `did not ask for ${resource}` : undefined,
        ),
        ...(similar === undefined
          ? []
          : [{ advice: `ask for ${similar} in ${nameOf(workload)}, if that was meant`, reason: 'nodes offer it' }]),
        {
          advice: `mend or install the device plugin of ${resource.split('/')[0]}: kubectl get daemonsets -A`,
          reason: 'it registers the devices of a node at its kubelet',
        },
        { advice: 'add a node that has the device', reason: 'if there is none' },
      ].slice(0, 3),
    },
  ];
}
