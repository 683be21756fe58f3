import { type Of, refOf } from '../../../objects.ts';
import { revisionsOf } from '../../../revisions.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { rollbackFix } from '../../heal-fixes.ts';
import { defineRule, type Evidence, type Finding } from '../../rule.ts';

const defaultDeadline = 600;

export const deployProgressDeadline = defineRule({
  id: 'deploy-progress-deadline',
  title: 'A rollout does not get on',
  area: 'workload',
  class: 'symptom',
  severity: 'high',
  meaning: 'The pods of the new revision do not become available. What the old revision still serves is named.',
  detection:
    'The Progressing condition is False with ProgressDeadlineExceeded, and updated pods are still missing or ' +
    'unavailable. After a completed rollout this condition never comes, so it tells of rollouts only.',
  remedies: ["Mend what the new pods suffer from, or roll back: the pods' finding says which."],
  avoid: ['raising progressDeadlineSeconds: it only hides the failure for longer'],

  check: (snapshot) => snapshot.all('Deployment').flatMap((deployment) => findingOf(snapshot, deployment)),
});

function findingOf(snapshot: Snapshot, deployment: Of<'Deployment'>): readonly Finding[] {
  const { spec, status } = deployment;
  const condition = status?.conditions?.find(({ type }) => type === 'Progressing');
  if (condition?.status !== 'False' || condition.reason !== 'ProgressDeadlineExceeded') return [];
  const { replicas: wanted = 1, progressDeadlineSeconds: deadline = defaultDeadline } = spec ?? {};
  const { updatedReplicas = 0, availableReplicas = 0, replicas = 0 } = status ?? {};
  if (updatedReplicas >= wanted && availableReplicas >= wanted && replicas === updatedReplicas) return [];

  const subject = refOf(deployment);
  const [current, ...older] = revisionsOf(snapshot, subject);
  const serving = older.find(({ ready }) => ready > 0);
  const name = current === undefined ? 'the new revision' : `revision ${current.number}`;
  const old =
    serving === undefined
      ? ''
      : `; revision ${serving.number} still serves with ${serving.ready} ${serving.ready === 1 ? 'pod' : 'pods'}`;
  return [
    {
      subject,
      problem: `does not finish its rollout: ${name} got no further within ${deadline} s (${current?.ready ?? 0} of ${wanted} pods ready)${old}`,
      certainty: 'declared',
      evidence: [
        {
          object: subject,
          source: 'status',
          text: `Progressing is False: ${condition.message ?? condition.reason}`,
          at: condition.lastTransitionTime,
        },
        ...(current === undefined
          ? []
          : [
              {
                object: refOf(current.replicaSet),
                source: 'status',
                text: `${current.ready} of ${current.replicaSet.spec?.replicas ?? wanted} pods ready`,
              } satisfies Evidence,
            ]),
      ],
      since: current?.replicaSet.metadata.creationTimestamp ?? condition.lastTransitionTime,
      fixes: serving === undefined ? [] : [rollbackFix(subject, serving.number, `revision ${serving.number} is ready`)],
    },
  ];
}
