import { crashesBy } from '../../../crashes/crashes.ts';
import { crashFinding, deathLogCommand, inContainer, whenClause } from '../../crash-finding.ts';
import { defineRule } from '../../rule.ts';

export const exit143Sigterm = defineRule({
  id: 'exit-143-sigterm',
  title: 'A container is told to stop again and again',
  area: 'pod',
  class: 'symptom',
  severity: 'low',
  meaning:
    'The process ended because it got SIGTERM. A stop by a rollout, a drain or a scale-down is normal and no finding.',
  detection:
    'A container that should run restarts again and again with exit code 143, the pod is not being deleted, and no probe ' +
    'is known to have stopped it.',
  remedies: ['Find who sends the signal: mostly a supervisor or script inside of the container.'],
  avoid: ['treating a normal stop as a crash'],

  check: (snapshot) =>
    crashesBy(snapshot, 'exit-143-sigterm').map((crash) => ({
      ...crashFinding(snapshot, crash),
      problem: `is told to stop${inContainer(crash.pod, crash.container)} ${whenClause(snapshot, crash)} (SIGTERM, exit code 143), and nothing in the cluster says by whom`,
      certainty: 'inferred' as const,
      fixes: [
        {
          advice: `look in container ${crash.container.name} for a supervisor, script or timeout that stops its main process`,
          reason: 'the kubelet did not stop it, as far as its events tell',
        },
      ],
      missingEvidence: ['events older than an hour'],
      nextCheck: deathLogCommand(crash),
    })),
});
