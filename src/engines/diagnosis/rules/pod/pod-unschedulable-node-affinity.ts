import { type Addition, addedSelector } from '../../../admitted.ts';
import { type Node, type ObjectRef, type PodSpec, refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { templateName } from '../../../pod-spec-path.ts';
import {
  type Mismatch,
  meetsAffinity,
  mismatchOf,
  type Requirement,
  requirementsOf,
  requirementText,
} from '../../../scheduling/node-affinity.ts';
import { type Unplaced, unplacedPods } from '../../../scheduling/placement.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { rollback } from '../../rollback.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

export const podUnschedulableNodeAffinity = defineRule({
  id: 'pod-unschedulable-node-affinity',
  title: 'No node has the labels a pod demands',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'The node selector or required node affinity of the pod matches no node, so it stays Pending.',
  detection:
    'The scheduler says Unschedulable, and no node meets the node selector and one term of the required node ' +
    'affinity (recomputed, because the scheduler counts a node under its first obstacle only). Names the requirement ' +
    'that no node meets and the values that nodes have.',
  remedies: [
    'Roll back, when the last revision brought the requirement.',
    'Correct the label in the template.',
    'Label a node, or bring back the node pool that had the label.',
  ],
  avoid: ['dropping a requirement that stands for licences, data locality or isolation'],

  check: (snapshot) =>
    unplacedPods(snapshot)
      .filter(({ cause }) => cause === 'affinity')
      .map((unplaced) => findingOf(snapshot, unplaced)),
});

function findingOf(snapshot: Snapshot, { pod, message, since, recomputed }: Unplaced): Finding {
  const subject = refOf(pod);
  const nodes = snapshot.all('Node');
  const mismatch = nodes.length === 0 ? undefined : mismatchOf(nodes, pod.spec);
  const workload = workloadOf(snapshot, pod);
  const added =
    mismatch &&
    addedSelector(
      snapshot,
      pod,
      mismatch.requirements.map(({ key }) => key),
    );
  return {
    subject,
    problem: `cannot be scheduled: ${problemOf(mismatch, pod.spec)}${added === undefined ? '' : `, which ${added.by} demands, not its template`}`,
    ...(added?.object !== undefined && { culprit: added.object }),
    certainty: recomputed && mismatch !== undefined ? 'recomputed' : 'message',
    evidence: [
      { object: subject, source: 'status', text: message, at: since },
      ...(mismatch === undefined
        ? []
        : [
            {
              object: subject,
              source: 'recomputed' as const,
              text: `0 of ${nodes.length} nodes have ${textOf(mismatch.requirements)} (${fieldsOf(mismatch)})`,
            },
          ]),
    ],
    since,
    fixes:
      mismatch === undefined
        ? []
        : [
            ...addedFix(added, mismatch),
            ...fixesOf(snapshot, workload, mismatch, nodes).slice(added === undefined ? 0 : 1),
          ],
    missingEvidence: mismatch === undefined ? ['the labels of the nodes (list nodes)'] : undefined,
    nextCheck: mismatch === undefined ? 'kubectl get nodes --show-labels' : undefined,
  };
}

/** To correct a template is of no use for what is added to it. */
const addedFix = (added: Addition | undefined, { requirements }: Mismatch): readonly Fix[] =>
  added === undefined
    ? []
    : [{ advice: `correct ${textOf(requirements)} in ${added.by}`, reason: 'it is added when the pod is made' }];

const textOf = (requirements: readonly Requirement[]): string => requirements.map(requirementText).join(' and ');
const fieldsOf = ({ requirements }: Mismatch): string =>
  [...new Set(requirements.map(({ field }) => `spec.${field}`))].join(' and ');

function problemOf(mismatch: Mismatch | undefined, spec: PodSpec | undefined): string {
  if (mismatch === undefined) {
    const demanded = (requirementsOf(spec) ?? []).map(textOf).join(', or ');
    return `no node matches its node selector or affinity${demanded === '' ? '' : ` (${demanded})`}`;
  }
  const { requirements, present, nearestKey } = mismatch;
  const [first] = requirements;
  const hint =
    present.length > 0
      ? ` (nodes have ${present.join(', ')})`
      : nearestKey === undefined
        ? ''
        : ` (nodes have the label ${nearestKey})`;
  const together = requirements.length > 1 && first !== undefined ? ' at once' : '';
  return `no node has ${textOf(requirements)}${together}${hint}`;
}

/** Labels that the kubelet or the cloud provider writes: they tell what a node is, and to write them makes it no other. */
const givenLabels =
  /^(?:(?:beta\.)?kubernetes\.io\/(?:arch|os|hostname|instance-type)|node\.kubernetes\.io\/instance-type|(?:topology|failure-domain\.beta)\.kubernetes\.io\/.*)$/;

function fixesOf(
  snapshot: Snapshot,
  workload: ObjectRef,
  { requirements, present, nearestKey }: Mismatch,
  nodes: readonly Node[],
): readonly Fix[] {
  const [first] = requirements;
  const label = first !== undefined && first.operator === 'In' ? `${first.key}=${first.values[0]}` : undefined;
  const renamed = nearestKey === undefined || label === undefined ? nearestKey : `${nearestKey}=${first?.values[0]}`;
  const replacement = label === undefined ? nearestKey : (present[0] ?? renamed);
  const isGiven = first !== undefined && givenLabels.test(first.key);
  return [
    ...rollback(snapshot, workload, ({ spec }) =>
      nodes.some((node) => meetsAffinity(node, spec)) ? `did not demand ${textOf(requirements)}` : undefined,
    ),
    {
      advice:
        replacement === undefined
          ? `correct ${textOf(requirements)} in ${templateName(workload)}`
          : `change ${textOf(requirements)} to ${replacement} in ${templateName(workload)}, if that was meant`,
      reason: replacement === undefined ? 'no node has it' : 'that is what nodes have',
    },
    {
      advice:
        label === undefined || isGiven
          ? 'add a node that meets it, or bring back the node pool that did'
          : `kubectl label node NODE ${label}, or bring back the node pool that had it`,
      reason: 'if the demand is right and the nodes lost or never had the label',
    },
  ];
}
