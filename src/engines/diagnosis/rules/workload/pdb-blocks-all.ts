import { nearest } from '../../../../platform/nearest.ts';
import { keyOf, nameOf, type ObjectRef, type Of, type Pod, refOf } from '../../../objects.ts';
import { isFinished, isTerminating } from '../../../pods.ts';
import { type Labels, matchesSelector, selectorText } from '../../../selectors.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { targetOf } from '../../heal-fixes.ts';
import { defineRule, type Evidence, type Finding } from '../../rule.ts';

type Budget = Of<'PodDisruptionBudget'>;

/** Set by what drains a node and waits for its pods to go (cluster-autoscaler, Karpenter). */
const draining = new Set(['ToBeDeletedByClusterAutoscaler', 'karpenter.sh/disrupted', 'karpenter.sh/disruption']);
const namedNodes = 3;

export const pdbBlocksAll = defineRule({
  id: 'pdb-blocks-all',
  title: 'A disruption budget allows no disruption at all',
  area: 'workload',
  class: 'risk',
  severity: 'medium',
  meaning:
    'All pods are well, and still none may be evicted: draining a node, for an upgrade or to save costs, waits forever.',
  detection:
    'status.disruptionsAllowed of a PodDisruptionBudget is 0 while currentHealthy is expectedPods, so desiredHealthy leaves ' +
    'no slack, and a cordoned node has such a pod, or that budget is asked about; or one pod is selected by two budgets, which the eviction API refuses. It is a cause when a node that an ' +
    'autoscaler drains still has such a pod. Budgets that are full because pods are broken are left to those pods. They ' +
    'are read when a node is cordoned, or when a node or a budget is asked about.',
  remedies: [
    'Run one more replica than minAvailable.',
    'Use maxUnavailable: 1.',
    'Merge budgets that select the same pods.',
  ],
  avoid: ['deleting the budget, or deleting pods to get around it: it protects the service'],

  check: (snapshot) => {
    const budgets = snapshot.all('PodDisruptionBudget');
    return [...budgets.flatMap((budget) => withoutSlack(snapshot, budget)), ...overlaps(snapshot, budgets)];
  },
});

function withoutSlack(snapshot: Snapshot, budget: Budget): readonly Finding[] {
  if (budget.status?.expectedPods === 0 && isAskedFor(snapshot, refOf(budget))) return emptyBudget(snapshot, budget);
  const { disruptionsAllowed, expectedPods = 0, currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {};
  if (disruptionsAllowed !== 0 || expectedPods === 0 || currentHealthy < expectedPods || desiredHealthy < expectedPods)
    return [];
  const subject = refOf(budget);
  const { minAvailable, maxUnavailable } = budget.spec ?? {};
  const field = minAvailable === undefined ? `maxUnavailable ${maxUnavailable ?? 0}` : `minAvailable ${minAvailable}`;
  const nodes = waitingNodes(snapshot, podsUnder(snapshot, budget));
  if (nodes.length === 0 && !isAskedFor(snapshot, subject)) return [];
  const drained = nodes.filter((node) => node.spec?.taints?.some(({ key }) => draining.has(key ?? '')));
  const names = nodes.slice(0, namedNodes).map((node) => nameOf(refOf(node)));
  return [
    {
      subject,
      problem: `allows no pod to be evicted: ${field} of ${expectedPods} ${expectedPods === 1 ? 'pod' : 'pods'} leaves no slack${nodes.length === 0 ? '' : `; ${names.join(', ')} cannot be drained`}`,
      class: drained.length > 0 || isAskedFor(snapshot, subject) ? 'cause' : 'risk',
      certainty: 'declared',
      evidence: [
        {
          object: subject,
          source: 'status',
          text: `disruptionsAllowed 0, currentHealthy ${currentHealthy}, desiredHealthy ${desiredHealthy}, expectedPods ${expectedPods}`,
        },
        ...nodes.slice(0, namedNodes).map(
          (node): Evidence => ({
            object: refOf(node),
            source: 'spec',
            text: 'is cordoned and has a pod that the budget protects',
          }),
        ),
      ],
      fixes: [
        { advice: 'run one more replica', reason: `${field} then leaves one pod that may go` },
        {
          advice: `kubectl patch pdb ${subject.name} -n ${subject.namespace} --type=merge -p '{"spec":{"minAvailable":null,"maxUnavailable":1}}'`,
          reason: 'when the workload can do with one pod less for a moment',
        },
      ],
    },
  ];
}

/** A budget that counts nobody protects nobody; of interest to whoever asks about it. */
function emptyBudget(snapshot: Snapshot, { metadata, kind, spec }: Budget): readonly Finding[] {
  const subject = { kind, namespace: metadata.namespace, name: metadata.name };
  if (spec?.selector === undefined || snapshot.presence('Pod', metadata.namespace, '') === 'unknown') return [];
  const pods = snapshot.all('Pod', metadata.namespace);
  if (pods.some((pod) => matchesSelector(spec.selector, pod.metadata.labels))) return [];
  const selector = selectorText(spec.selector);
  return [
    {
      subject,
      problem: `protects nothing: no pod has ${selector}${nearLabels(spec.selector.matchLabels, pods)}`,
      class: 'cause',
      certainty: 'declared',
      evidence: [
        { object: subject, source: 'status', text: 'expectedPods is 0' },
        { object: subject, source: 'recomputed', text: `0 of ${pods.length} pods have ${selector}` },
      ],
      fixes: [
        {
          advice: `correct spec.selector of ${nameOf(subject)} to the labels of the pods that it should protect`,
          reason: 'a drain evicts them all at once until then',
        },
      ],
      nextCheck: `kubectl get pods -n ${metadata.namespace} --show-labels`,
    },
  ];
}

/** Values that pods have under the keys of a selector, where they are spelt alike. */
function nearLabels(wanted: Labels = {}, pods: readonly Pod[]): string {
  const alike = Object.entries(wanted).flatMap(([key, value = '']) => {
    const values = pods.flatMap(({ metadata }) => metadata.labels?.[key] ?? []);
    return nearest(value, values, 1).map((other) => `${key}=${other}`);
  });
  return alike.length === 0 ? '' : ` (pods have ${alike.join(', ')})`;
}

/** Many budgets are tight on purpose; it matters where something is evicted, or to whoever asks. */
const isAskedFor = ({ scope }: Snapshot, subject: ObjectRef): boolean =>
  scope.object !== undefined && keyOf(scope.object) === keyOf(subject);

const podsUnder = (snapshot: Snapshot, { spec, metadata }: Budget): readonly Pod[] =>
  spec?.selector === undefined
    ? []
    : snapshot
        .all('Pod', metadata.namespace)
        .filter(
          (pod) => !isFinished(pod) && !isTerminating(pod) && matchesSelector(spec.selector, pod.metadata.labels),
        );

/** Nodes out of rotation that these pods are on. */
const waitingNodes = (snapshot: Snapshot, pods: readonly Pod[]): readonly Of<'Node'>[] => {
  const on = new Set(pods.flatMap(({ spec }) => spec?.nodeName ?? []));
  return snapshot.all('Node').filter(({ spec, metadata }) => spec?.unschedulable === true && on.has(metadata.name));
};

/** The eviction API answers 500 for a pod with two budgets, whatever these allow. */
function overlaps(snapshot: Snapshot, budgets: readonly Budget[]): readonly Finding[] {
  const pairs = budgets.flatMap((budget) => podsUnder(snapshot, budget).map((pod) => ({ pod, budget: refOf(budget) })));
  const shared = [...Map.groupBy(pairs, ({ pod }) => keyOf(refOf(pod))).values()].filter(({ length }) => length > 1);
  const groups = Map.groupBy(shared, (group) =>
    group
      .map(({ budget }) => keyOf(budget))
      .toSorted()
      .join('\n'),
  );
  return [...groups.values()].flatMap(([group = []]) => {
    const [first] = group;
    if (first === undefined) return [];
    const names = group.map(({ budget }) => nameOf(budget)).toSorted();
    return [
      {
        subject: first.budget,
        problem: `selects the same pods as ${names.filter((name) => name !== nameOf(first.budget)).join(', ')}: a pod with two budgets cannot be evicted`,
        certainty: 'recomputed' as const,
        evidence: [
          { object: refOf(first.pod), source: 'recomputed' as const, text: `is selected by ${names.join(' and ')}` },
        ],
        fixes: [
          {
            advice: `keep one of ${names.join(', ')}: ${targetOf(first.budget)} or the other`,
            reason: 'one budget per pod',
          },
        ],
      },
    ];
  });
}
