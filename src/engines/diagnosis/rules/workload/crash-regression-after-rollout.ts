import type { Crash } from '../../../crashes/crashes.ts';
import { refOf } from '../../../objects.ts';
import type { ProbeFailure } from '../../../probes/probes.ts';
import { type Regression, regressions } from '../../../regressions.ts';
import { describeChange, replicaSetRef } from '../../../revisions.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { crashClause, essenceClause } from '../../crash-finding.ts';
import { rollbackFix } from '../../heal-fixes.ts';
import { outcomeClause, probeClause } from '../../probe-finding.ts';
import { defineRule, type Evidence, type Finding } from '../../rule.ts';
import { isLockedByItsOwn } from '../../volume-gap.ts';

/** Changes that are named; a diff of a whole template is no sentence. */
const named = 3;

export const crashRegressionAfterRollout = defineRule({
  id: 'crash-regression-after-rollout',
  title: 'The last rollout broke the workload',
  area: 'workload',
  class: 'cause',
  severity: 'high',
  meaning:
    'Pods of the newest revision crash or fail their probes, and pods of an older revision work: what the rollout changed is at fault.',
  detection:
    'At least half of the pods of the newest ReplicaSet crash or fail their probes, and the newest older revision with ' +
    'another template is ready; or it was: the Deployment lost its availability with the rollout, or the rollout stopped ' +
    'its pods while they ran. The templates are compared field by field; restartedAt alone is no change. Silent when the ' +
    'new pods only miss a lock that the old ones hold: that comes from the strategy, whatever was changed.',
  remedies: ['Roll back to the revision that works.', 'Correct what the rollout changed, and roll out again.'],
  avoid: [
    'rolling back to a revision that was never ready',
    'rolling back across a database migration without knowing that the older version can read the schema',
  ],

  check: (snapshot) =>
    regressions(snapshot)
      .filter(({ failing }) => !failing.some((fault) => !('kind' in fault) && isLockedByItsOwn(snapshot, fault)))
      .map((regression) => findingOf(snapshot, regression)),
});

function findingOf(snapshot: Snapshot, regression: Regression): Finding {
  const { deployment, current, good, changes, proof, failing, pods } = regression;
  const shown = changes.slice(0, named).map((change) => describeChange(change).replace(/\s+/g, ' ').trim());
  const more = changes.length > named ? ` and ${changes.length - named} more` : '';
  const [fault] = failing;
  const since = current.replicaSet.metadata.creationTimestamp;
  return {
    subject: deployment,
    problem: `fails since revision ${current.number}, where revision ${good.number} ${proof.kind === 'ready' ? 'is ready' : 'worked'}: it ${fault === undefined ? 'is not ready' : faultClause(snapshot, fault)}; changed: ${shown.join(', ')}${more}`,
    certainty: proof.kind === 'ready' ? 'recomputed' : 'message',
    evidence: [
      {
        object: replicaSetRef(current),
        source: 'recomputed',
        text: `revision ${current.number}: ${new Set(failing.map(({ pod }) => refOf(pod).name)).size} of ${pods} pods fail`,
        at: since,
      },
      proofEvidence(regression),
      ...shown.map((text): Evidence => ({ object: deployment, source: 'change', text, at: since })),
    ],
    since,
    fixes: [
      rollbackFix(
        deployment,
        good.number,
        `revision ${good.number} ${proof.kind === 'ready' ? 'is ready' : 'worked until the rollout'}`,
      ),
      {
        advice: `correct ${changes[0]?.field ?? 'the template'} and roll out again`,
        reason: 'it is among what the rollout changed',
      },
    ],
  };
}

const faultClause = (snapshot: Snapshot, fault: Crash | ProbeFailure): string =>
  'kind' in fault
    ? `${probeClause(fault)} ${outcomeClause(fault)}`
    : `${crashClause(snapshot, fault)}${essenceClause(fault)}`;

function proofEvidence({ deployment, good, proof }: Regression): Evidence {
  if (proof.kind === 'ready') {
    return {
      object: replicaSetRef(good),
      source: 'status',
      text: `revision ${good.number}: ${proof.ready} pods ready`,
    };
  }
  if (proof.kind === 'lost-with-rollout') {
    const text = 'the Deployment was available until the rollout';
    return { object: deployment, source: 'status', text, at: proof.at };
  }
  const { about, message, at } = proof.event;
  const text = `a pod of revision ${good.number} ran until the rollout stopped it: ${message}`;
  return { object: about, source: 'event', text, at };
}
