import { entryOf } from '../../../map-entry.ts';
import { nameOf, refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { formatQuantity } from '../../../quantity.ts';
import { histogramOf, insufficientIn } from '../../../scheduling/histogram.ts';
import type { NodeFit, Shortage } from '../../../scheduling/node-fit.ts';
import { type Unplaced, unplacedPods } from '../../../scheduling/placement.ts';
import { podRequests, type Resources } from '../../../scheduling/requests.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Evidence, type Finding, type Fix } from '../../rule.ts';

const shownNodes = 3;
const shownConsumers = 3;

export const podUnschedulableCapacity = defineRule({
  id: 'pod-unschedulable-capacity',
  title: 'No node has room left',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'The pod would fit an empty node, but every node that may run it is full, so it stays Pending.',
  detection:
    'The scheduler says Unschedulable, and on every node that the pod may use, the requests of the pods there leave ' +
    'less than it asks for (allocatable minus requests, recomputed as kube-scheduler does). When the pods of a node ' +
    'could not be read, the words of the scheduler are believed. Names the best node and who asks for most of it.',
  remedies: [
    'Wait, when the cluster autoscaler is adding a node.',
    'Scale down, or lower requests that are far above measured use.',
    'Add a node.',
  ],
  avoid: [
    'deleting or restarting the pod: the new one asks for the same',
    'setting requests below measured use: the node then runs out of memory instead',
  ],

  check: (snapshot) => {
    // Replicas have the same nodes before them, and there may be thousands.
    const told = new Map<readonly NodeFit[], Told>();
    return unplacedPods(snapshot)
      .filter(({ cause }) => cause === 'capacity')
      .map((unplaced) =>
        findingOf(
          snapshot,
          unplaced,
          entryOf(told, unplaced.nodes, () => tell(snapshot, unplaced)),
        ),
      );
  },
});

/** What is said alike of all pods that demand the same. */
interface Told extends Pick<Finding, 'problem' | 'evidence'> {
  readonly add: Fix;
  readonly freeUp: Fix;
}

function tell(snapshot: Snapshot, unplaced: Unplaced): Told {
  const [best] = unplaced.nodes;
  const wanted = (best?.shortages ?? [])
    .filter(({ resource }) => resource !== 'pods')
    .map(({ resource, request }) => amount(resource, request))
    .join(' and ');
  return {
    problem: `cannot be scheduled: ${problemOf(unplaced)}`,
    evidence: [...unplaced.nodes.slice(0, shownNodes).flatMap(roomEvidence), ...consumersOn(snapshot, best)],
    add: { advice: `add a node with ${wanted || 'room'} to spare`, reason: 'the nodes it may use are full' },
    freeUp: {
      advice: `scale down what asks for most${best === undefined ? '' : ` on ${best.node.metadata.name}`}, or lower requests that are far above measured use (kubectl top pods)`,
      reason: 'requests reserve room whether or not it is used',
    },
  };
}

function findingOf(snapshot: Snapshot, unplaced: Unplaced, told: Told): Finding {
  const { pod, message, since, nodes, recomputed } = unplaced;
  const subject = refOf(pod);
  const certain = recomputed && nodes.every(({ shortages }) => shortages.length > 0);
  return {
    subject,
    problem: told.problem,
    certainty: certain ? 'recomputed' : 'message',
    evidence: [
      { object: subject, source: 'status', text: message, at: since },
      ...told.evidence,
      ...scaling(snapshot, unplaced).map(
        (text): Evidence => ({ object: subject, source: 'event', text: `the autoscaler says: ${text}` }),
      ),
    ],
    since,
    fixes: fixesOf(snapshot, unplaced, told),
    missingEvidence: certain ? undefined : ['the requests of all pods on the nodes (list pods in all namespaces)'],
    nextCheck: certain ? undefined : 'kubectl describe nodes, section "Allocated resources"',
  };
}

function problemOf({ pod, message, nodes }: Unplaced): string {
  const [best] = nodes;
  const requests: Resources = podRequests(pod.spec);
  if (best === undefined || best.shortages.length === 0) {
    const short = [...new Set(histogramOf(message).flatMap((count) => insufficientIn(count) ?? []))];
    const wanted = short.map((resource) =>
      resource === 'pods' ? 'room for one more pod' : amount(resource, requests[resource]),
    );
    return `needs ${wanted.join(' and ')}, more than any node it may use has left`;
  }
  return best.shortages
    .map((shortage) =>
      shortage.resource === 'pods'
        ? `every node it may use already runs its maximum of pods (${best.node.metadata.name}: ${shortage.allocatable})`
        : `needs ${amount(shortage.resource, shortage.request)}, and ${leastShort(shortage, best, nodes.length)}`,
    )
    .join('; ');
}

const leastShort = ({ resource, free }: Shortage, { node }: NodeFit, count: number): string =>
  count === 1
    ? `the only node it may use, ${node.metadata.name}, has ${formatQuantity(resource, free)} left`
    : `none of ${count} nodes it may use has more than ${formatQuantity(resource, free)} left (${node.metadata.name})`;

const amount = (resource: string, value: number | undefined): string =>
  value === undefined ? `more ${resource}` : `${formatQuantity(resource, value)} of ${resource}`;

function roomEvidence({ node, room, shortages }: NodeFit): readonly Evidence[] {
  return shortages.map(({ resource, allocatable, free }) => ({
    object: refOf(node),
    source: 'recomputed',
    text:
      `${formatQuantity(resource, allocatable)} ${resource} allocatable, ` +
      `${formatQuantity(resource, room?.requested[resource] ?? 0)} requested there, ` +
      `${formatQuantity(resource, free)} left`,
  }));
}

/** Who asks for most of what is short on the best node. */
function consumersOn(snapshot: Snapshot, fit: NodeFit | undefined): readonly Evidence[] {
  const resource = fit?.shortages.find((shortage) => shortage.resource !== 'pods')?.resource;
  if (fit?.room === undefined || resource === undefined) return [];
  const byWorkload = Map.groupBy(fit.room.pods, (pod) => nameOf(workloadOf(snapshot, pod)));
  const totals = [...byWorkload]
    .map(([name, pods]) => ({
      name,
      total: pods.reduce((sum, { spec }) => sum + (podRequests(spec)[resource] ?? 0), 0),
    }))
    .filter(({ total }) => total > 0)
    .toSorted((a, b) => b.total - a.total)
    .slice(0, shownConsumers);
  if (totals.length === 0) return [];
  const shown = totals.map(({ name, total }) => `${name} ${formatQuantity(resource, total)}`).join(', ');
  return [{ object: refOf(fit.node), source: 'recomputed', text: `most ${resource} is requested by ${shown}` }];
}

const scaling = (snapshot: Snapshot, { pod }: Unplaced): readonly string[] =>
  snapshot
    .eventsAbout(pod)
    .filter(({ reason }) => reason === 'TriggeredScaleUp' || reason === 'NotTriggerScaleUp')
    .slice(-1)
    .map(({ message }) => message);

function fixesOf(snapshot: Snapshot, { pod }: Unplaced, { add, freeUp }: Told): readonly Fix[] {
  const workload = nameOf(workloadOf(snapshot, pod));
  if (snapshot.eventsAbout(pod).at(-1)?.reason === 'TriggeredScaleUp') {
    return [
      { advice: 'wait for the node that the autoscaler is adding', reason: 'it has triggered a scale-up' },
      freeUp,
    ];
  }
  const fewer: Fix = {
    advice: `lower the replicas or the requests of ${workload}`,
    reason: 'its own pods may be more, or larger, than needed',
  };
  return [freeUp, fewer, add];
}
