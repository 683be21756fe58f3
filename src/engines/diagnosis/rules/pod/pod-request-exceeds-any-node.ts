import { addedRequest } from '../../../admitted.ts';
import { nameOf, refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { formatQuantity } from '../../../quantity.ts';
import type { NodeFit, Shortage } from '../../../scheduling/node-fit.ts';
import { type Unplaced, unplacedPods } from '../../../scheduling/placement.ts';
import { podRequests } from '../../../scheduling/requests.ts';
import { taintText } from '../../../scheduling/taints.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { rollback } from '../../rollback.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const podRequestExceedsAnyNode = defineRule({
  id: 'pod-request-exceeds-any-node',
  title: 'A pod asks for more than any node has',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'Even an empty node could not hold the pod, so it stays Pending for ever.',
  detection:
    'The scheduler says Unschedulable, and the requests of the pod are above the allocatable amount of every node ' +
    'that its node selector, affinity and tolerations let it use (recomputed). Names the largest of them.',
  remedies: [
    'Roll back, when the last revision raised the request.',
    'Lower the request to what the containers need.',
    'Add nodes of a larger type.',
  ],
  avoid: ['waiting for the autoscaler: it adds more nodes of the same size, unless it has a group of larger ones'],

  check: (snapshot) =>
    unplacedPods(snapshot)
      .filter(({ cause }) => cause === 'oversized')
      .flatMap((unplaced) => findingOf(snapshot, unplaced)),
});

function findingOf(snapshot: Snapshot, { pod, message, since, nodes, fits }: Unplaced): readonly Finding[] {
  const largest = largestOf(nodes);
  if (largest === undefined) return [];
  const { shortage, node } = largest;
  const { resource, request, allocatable } = shortage;
  const subject = refOf(pod);
  const workload = workloadOf(snapshot, pod);
  const wanted = `${formatQuantity(resource, request)} of ${resource}`;
  const roomy = roomyElsewhere(fits, shortage);
  const added = addedRequest(snapshot, pod, { resource, most: allocatable });
  return [
    {
      subject,
      problem:
        `cannot be scheduled: asks for ${wanted}${added === undefined ? '' : `, not by its template but by ${added.by}`}, and the largest node it may use has ` +
        `${formatQuantity(resource, allocatable)} (${node.metadata.name})${roomy === undefined ? '' : `; ${roomy}`}`,
      ...(added?.object !== undefined && { culprit: added.object }),
      certainty: 'recomputed',
      evidence: [
        { object: subject, source: 'status', text: message, at: since },
        { object: subject, source: 'spec', text: `requests ${wanted} in total` },
        ...nodes.slice(0, 3).flatMap(({ node: each, room }) => ({
          object: refOf(each),
          source: 'recomputed' as const,
          text: `${formatQuantity(resource, room?.allocatable[resource] ?? 0)} ${resource} allocatable`,
        })),
      ],
      since,
      fixes: [
        ...rollback(snapshot, workload, ({ spec }) => {
          const before = podRequests(spec)[resource] ?? 0;
          return before <= allocatable ? `asked for ${formatQuantity(resource, before)} of ${resource}` : undefined;
        }),
        ...(added === undefined
          ? []
          : [{ advice: `correct the ${resource} that ${added.by} adds`, reason: 'the template does not ask for it' }]),
        ...(added?.object?.kind === 'RuntimeClass'
          ? []
          : [
              {
                advice: `${added === undefined ? 'lower' : 'set'} the ${resource} request in ${nameOf(workload)} to what it needs, below ${formatQuantity(resource, allocatable)}`,
                reason: 'no node could hold the pod even when empty',
              },
            ]),
        { advice: `add a node with more than ${wanted}`, reason: 'the nodes it may use are too small' },
      ].slice(0, 3),
    },
  ];
}

/** Of what no node has enough, on the node that comes nearest. */
function largestOf(nodes: readonly NodeFit[]): (NodeFit & { readonly shortage: Shortage }) | undefined {
  return nodes
    .flatMap((fit) => {
      const shortage = fit.shortages.find(({ never }) => never);
      return shortage === undefined ? [] : [{ ...fit, shortage }];
    })
    .toSorted((a, b) => b.shortage.allocatable - a.shortage.allocatable)[0];
}

/** A node that is large enough and kept for others: perhaps only a toleration is missing. */
function roomyElsewhere(fits: readonly NodeFit[], { resource, request }: Shortage): string | undefined {
  const large = fits.find(
    ({ obstacles, room, reserved }) =>
      obstacles.size === 1 && obstacles.has('taint') && !reserved && (room?.allocatable[resource] ?? 0) >= request,
  );
  const taint = large?.taints[0];
  return large === undefined || taint === undefined
    ? undefined
    : `${large.node.metadata.name} is large enough and kept for pods that tolerate ${taintText(taint)}`;
}
