import { keyOf, nameOf, type Of, refOf } from '../../../objects.ts';
import { controllerOf } from '../../../owners.ts';
import { matchesSelector, selectorText } from '../../../selectors.ts';
import { defineRule, type Finding, type RuleFinding } from '../../rule.ts';

export const selectorOverlap = defineRule({
  id: 'selector-overlap',
  title: "Two controllers select each other's pods",
  area: 'workload',
  class: 'risk',
  severity: 'high',
  meaning:
    'Each counts, scales or adopts pods of the other when their owner is gone; autoscalers, budgets and Services that use ' +
    'the same labels take both for one.',
  detection:
    'The selectors of two Deployments, StatefulSets or DaemonSets of a namespace match the pod template of both. One ' +
    'that wants no pods (scaled to 0, left over) is not counted.',
  remedies: [
    'Give each its own label in selector and template; a selector cannot be changed, so create the workload anew.',
  ],
  avoid: ['deleting one of the two: it may run something else'],

  last: true,
  check: (snapshot, found) => {
    const all = (['Deployment', 'StatefulSet', 'DaemonSet'] as const).flatMap((kind) =>
      snapshot.all<typeof kind>(kind),
    );
    const wanting = all.filter((workload) => controllerOf(workload) === undefined && wantsPods(workload));
    return [...Map.groupBy(wanting, ({ metadata }) => metadata.namespace).values()]
      .flatMap(pairsOf)
      .filter((pair) => !found.some((other) => tellsBoth(other, pair)));
  },
});

/** A Service that selects both is where it hurts, and has been named. */
const tellsBoth = ({ rule, evidence }: RuleFinding, { subject, culprit }: Finding): boolean =>
  rule.id === 'svc-selector-too-broad' &&
  [subject, culprit].every((ref) => ref !== undefined && evidence.some(({ object }) => keyOf(object) === keyOf(ref)));

type Workload = Of<'Deployment'> | Of<'StatefulSet'> | Of<'DaemonSet'>;

const wantsPods = (workload: Workload): boolean => {
  const { spec } = workload;
  return spec !== undefined && !('replicas' in spec && spec.replicas === 0);
};

const matchesOwn = (a: Workload, b: Workload): boolean =>
  matchesSelector(a.spec?.selector, b.spec?.template?.metadata?.labels) && !isEmpty(a);

const isEmpty = ({ spec }: Workload): boolean =>
  Object.keys(spec?.selector?.matchLabels ?? {}).length === 0 && (spec?.selector?.matchExpressions ?? []).length === 0;

function pairsOf(group: readonly Workload[]): readonly Finding[] {
  const byLabel = Map.groupBy(
    group.flatMap((workload) => labelsOf(workload).map((label) => ({ label, workload }))),
    ({ label }) => label,
  );
  const order = new Map(group.map((workload, index) => [workload, index]));
  return group.flatMap((workload, index) => {
    // Only those with its rarest label can match: a namespace may hold thousands.
    const [rarest] = selectedLabels(workload)
      .map((label) => (byLabel.get(label) ?? []).map((each) => each.workload))
      .toSorted((a, b) => a.length - b.length);
    const rival = rarest?.find(
      (other) => (order.get(other) ?? index) < index && matchesOwn(workload, other) && matchesOwn(other, workload),
    );
    return rival === undefined ? [] : [findingOf(workload, rival)];
  });
}

const asLabels = (labels: Readonly<Record<string, string | undefined>> | undefined): readonly string[] =>
  Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);

const labelsOf = ({ spec }: Workload): readonly string[] => asLabels(spec?.template?.metadata?.labels);
const selectedLabels = ({ spec }: Workload): readonly string[] => asLabels(spec?.selector?.matchLabels);

function findingOf(workload: Workload, rival: Workload): Finding {
  const [subject, other] = [refOf(workload), refOf(rival)];
  const text = (each: Workload): string => selectorText(each.spec?.selector ?? {});
  return {
    subject,
    problem: `and ${nameOf(other)} select the pods of both: spec.selector is ${text(workload)}${text(rival) === text(workload) ? ' in both' : ` and ${text(rival)}`}`,
    culprit: other,
    certainty: 'recomputed',
    evidence: [workload, rival].map((each) => ({
      object: refOf(each),
      source: 'spec' as const,
      text: `spec.selector is ${text(each)}, its pods have ${selectorText({ matchLabels: each.spec?.template?.metadata?.labels ?? {} })}`,
    })),
    since: workload.metadata.creationTimestamp,
    fixes: [
      {
        advice: `create ${nameOf(subject)} anew with a label in selector and template that ${nameOf(other)} has not`,
        reason: 'a selector cannot be changed',
      },
    ],
  };
}
