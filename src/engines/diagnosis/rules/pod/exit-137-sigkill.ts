import { type Crash, crashesBy } from '../../../crashes/crashes.ts';
import { memoryLimitOf } from '../../../crashes/memory.ts';
import { minute, timeOf } from '../../../durations.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { crashFinding, deathLogCommand, inContainer, whenClause } from '../../crash-finding.ts';
import { defineRule, type Evidence } from '../../rule.ts';

/** A reboot this near to a death explains it. */
const nearby = 5 * minute;

export const exit137Sigkill = defineRule({
  id: 'exit-137-sigkill',
  title: 'A container is killed from outside',
  area: 'pod',
  class: 'symptom',
  severity: 'medium',
  meaning:
    'Something sent SIGKILL to the process, or its status was lost with its node; the process itself had no say.',
  detection:
    'The last exit code is 137 without the reason OOMKilled, or the reason is ContainerStatusUnknown, and neither a ' +
    'probe, a hook nor the memory of the node is known to have ended it. Reboots of the node at that time are quoted.',
  remedies: [
    'Find who sent the signal: the kernel log of the node, a supervisor inside of the container, the node itself.',
  ],
  avoid: ['calling it out-of-memory without evidence'],

  check: (snapshot) =>
    crashesBy(snapshot, 'exit-137-sigkill').map((crash) => {
      const base = crashFinding(snapshot, crash);
      const lost = crash.termination.reason === 'ContainerStatusUnknown';
      const limit = memoryLimitOf(crash.pod, crash.container);
      return {
        ...base,
        problem: lost
          ? `lost the status of container ${crash.container.name} with its node (ContainerStatusUnknown)`
          : `is killed${inContainer(crash.pod, crash.container)} ${whenClause(snapshot, crash)} (SIGKILL, exit code 137), and nothing in the cluster says by whom`,
        certainty: 'inferred' as const,
        evidence: [...base.evidence, ...reboots(snapshot, crash)],
        fixes: [
          {
            advice: `look for "Out of memory: Killed process" in the kernel log of node ${crash.pod.spec?.nodeName ?? '(unknown)'}, and for a supervisor in the container that kills`,
            reason:
              limit === undefined
                ? 'without a memory limit the node decides whom it kills'
                : `the runtime can lose the reason OOMKilled (memory limit ${limit})`,
          },
        ],
        missingEvidence: ['the kernel log of the node', 'events older than an hour'],
        nextCheck: deathLogCommand(crash),
      };
    }),
});

const reboots = (snapshot: Snapshot, { pod, termination }: Crash): readonly Evidence[] =>
  snapshot.events
    .filter(
      ({ about, reason, last }) =>
        about.kind === 'Node' &&
        about.name === pod.spec?.nodeName &&
        reason === 'Rebooted' &&
        Math.abs((last ?? 0) - (timeOf(termination.finishedAt) ?? 0)) <= nearby,
    )
    .slice(0, 1)
    .map(({ about, message, at }) => ({ object: about, source: 'event', text: message, at }));
