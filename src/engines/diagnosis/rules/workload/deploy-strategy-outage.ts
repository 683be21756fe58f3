import { second, timeOf } from '../../../durations.ts';
import { keyOf, type Of, refOf } from '../../../objects.ts';
import { controllerOf, podsOf } from '../../../owners.ts';
import { isBroken } from '../../../pods.ts';
import { revisionsOf, templateChanges } from '../../../revisions.ts';
import { maxUnavailableOf } from '../../../rolling-update.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { rollbackFix } from '../../heal-fixes.ts';
import { defineRule, type Finding, type RuleFinding } from '../../rule.ts';

/** A Deployment counts as unavailable from its creation until its first pod is; later than this it has been available. */
const creation = 10 * second;

export const deployStrategyOutage = defineRule({
  id: 'deploy-strategy-outage',
  title: 'The rollout strategy took all old pods before new ones worked',
  area: 'workload',
  class: 'symptom',
  severity: 'critical',
  meaning:
    'Nothing serves: the old pods went at once, and the new ones fail. Another strategy would have kept the old.',
  detection:
    'The strategy is Recreate, or maxUnavailable comes to all replicas; no pod is available, the Deployment was available ' +
    'before (its Available condition changed after its creation), an older ReplicaSet has another template, and a rule ' +
    'found why the new pods fail. That finding is the cause; this one says why nothing is left.',
  remedies: [
    'Roll back now, then mend what the new pods suffer from.',
    'Then choose a strategy that keeps old pods until new ones are ready.',
  ],
  avoid: ['only changing the strategy: the new pods still fail'],
  last: true,

  check: (snapshot, found) =>
    snapshot.all('Deployment').flatMap((deployment) => findingOf(snapshot, deployment, found)),
});

function findingOf(
  snapshot: Snapshot,
  deployment: Of<'Deployment'>,
  found: readonly RuleFinding[],
): readonly Finding[] {
  const { spec, status } = deployment;
  const wanted = spec?.replicas ?? 1;
  const unavailable = maxUnavailableOf(deployment);
  const takesAll = unavailable === undefined || unavailable >= wanted;
  if (!takesAll || wanted === 0 || status === undefined || (status.availableReplicas ?? 0) > 0) return [];
  const subject = refOf(deployment);
  const lost = status.conditions?.find(({ type, status: value }) => type === 'Available' && value === 'False');
  const created = timeOf(deployment.metadata.creationTimestamp);
  const at = timeOf(lost?.lastTransitionTime);
  if (at === undefined || created === undefined || at - created < creation) return [];
  const [current, ...older] = revisionsOf(snapshot, subject);
  const previous = older.find(({ template }) => templateChanges(template, current?.template).length > 0);
  if (current === undefined || previous === undefined) return [];
  const failing = podsOf(snapshot, subject).filter(
    (pod) => isBroken(pod) && controllerOf(pod)?.name === current.replicaSet.metadata.name,
  );
  const told = new Set([subject, ...failing.map((pod) => refOf(pod))].map(keyOf));
  if (failing.length === 0 || !found.some(({ subject: about }) => told.has(keyOf(about)))) return [];
  const field =
    unavailable === undefined ? 'strategy.type is Recreate' : `maxUnavailable comes to ${unavailable} of ${wanted}`;
  return [
    {
      subject,
      problem: `has no pod left that serves: ${field}, so the pods of revision ${previous.number} went before those of revision ${current.number} worked`,
      certainty: 'declared',
      evidence: [
        { object: subject, source: 'spec', text: field },
        { object: subject, source: 'status', text: '0 pods available', at: lost?.lastTransitionTime },
      ],
      since: lost?.lastTransitionTime,
      fixes: [rollbackFix(subject, previous.number, `revision ${previous.number} was available before the rollout`)],
    },
  ];
}
