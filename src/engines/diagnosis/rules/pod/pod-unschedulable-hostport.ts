import { keyOf, nameOf, type ObjectRef, type Pod, refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { templateName } from '../../../pod-spec-path.ts';
import { containersOf } from '../../../pods.ts';
import { type Crowded, crowdedPods, placedPods, workloadsOf } from '../../../scheduling/neighbours.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { rollback } from '../../rollback.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

const shownHolders = 3;

export const podUnschedulableHostport = defineRule({
  id: 'pod-unschedulable-hostport',
  title: 'A port of the node is taken',
  area: 'pod',
  class: 'cause',
  severity: 'medium',
  meaning:
    'The pod wants a port of its node, each node has a port once, and every node that may run the pod has given it away.',
  detection:
    'The scheduler says "didn\'t have free ports", and the pod declares a hostPort (with hostNetwork every container port ' +
    'is one). The workloads whose pods hold that port on the nodes that the pod may use are named.',
  remedies: [
    'Drop the hostPort and reach the pods through a Service.',
    'Run no more replicas than there are nodes, or use a DaemonSet.',
    'Take another port.',
  ],
  avoid: ['deleting the pod that holds the port: it may be an agent that the node needs'],

  check: (snapshot) =>
    crowdedPods(snapshot)
      .filter(({ demands, pod }) => demands.has('host-port') && hostPortsOf(pod).length > 0)
      .map((crowded) => findingOf(snapshot, crowded)),
});

function findingOf(snapshot: Snapshot, { pod, message, since, nodes }: Crowded): Finding {
  const subject = refOf(pod);
  const workload = workloadOf(snapshot, pod);
  const names = new Set(nodes.map(({ metadata }) => metadata.name));
  const wanted = hostPortsOf(pod);
  const holding = placedPods(snapshot).filter(
    (other) => names.has(other.spec?.nodeName ?? '') && hostPortsOf(other).some((port) => wanted.includes(port)),
  );
  const taken = wanted.filter((port) => holding.some((other) => hostPortsOf(other).includes(port)));
  const holders = workloadsOf(snapshot, holding);
  const ports = (taken.length > 0 ? taken : wanted).join(', ');
  const held = holders.length === 0 ? '' : `: ${holders.slice(0, shownHolders).map(nameOf).join(', ')} has it`;
  return {
    subject,
    problem: `cannot be scheduled: hostPort ${ports} is taken on every node it may use${held}`,
    certainty: holders.length > 0 ? 'recomputed' : 'message',
    evidence: [
      { object: subject, source: 'status', text: message, at: since },
      ...holding.slice(0, shownHolders).map((other) => ({
        object: refOf(other),
        source: 'spec' as const,
        text: `has hostPort ${hostPortsOf(other).join(', ')} of node ${other.spec?.nodeName}`,
      })),
    ],
    since,
    fixes: fixesOf(snapshot, workload, { ports: wanted, holders, nodes: names.size }),
    missingEvidence: holders.length > 0 ? undefined : ['the pods on the nodes (list pods in all namespaces)'],
  };
}

interface Clash {
  readonly ports: readonly string[];
  readonly holders: readonly ObjectRef[];
  readonly nodes: number;
}

function fixesOf(snapshot: Snapshot, workload: ObjectRef, { ports, holders, nodes }: Clash): readonly Fix[] {
  const own = holders.some((holder) => keyOf(holder) === keyOf(workload));
  return [
    ...rollback(snapshot, workload, ({ spec }) =>
      spec?.containers?.some((container) => container.ports?.some(({ hostPort }) => hostPort)) === true
        ? undefined
        : 'wanted no port of the node',
    ),
    {
      advice: `remove hostPort from ${templateName(workload)} and reach it through a Service`,
      reason: 'a Service needs no port of the node',
    },
    own
      ? {
          advice: `run at most ${nodes} ${nodes === 1 ? 'replica' : 'replicas'} of ${nameOf(workload)}${workload.kind === 'Deployment' ? ', and set maxSurge to 0' : ''}`,
          reason: 'each node has the port once, and its own replicas hold it',
        }
      : {
          advice: `set another hostPort than ${ports.join(', ')} in ${nameOf(workload)}`,
          reason: 'two workloads cannot have the same port of one node',
        },
  ];
}

/** `80`, `53/UDP`. The API server copies the container ports of a pod with hostNetwork here. */
const hostPortsOf = (pod: Pod): readonly string[] =>
  containersOf(pod).flatMap(({ spec }) =>
    (spec.ports ?? []).flatMap(({ hostPort, protocol = 'TCP' }) =>
      hostPort ? [protocol === 'TCP' ? `${hostPort}` : `${hostPort}/${protocol}`] : [],
    ),
  );
