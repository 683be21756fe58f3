import { type Complaint, complaints, isOfOthers } from '../../../complaints.ts';
import { complaintClause, complaintEvidence, complaintFinding } from '../../complaint-finding.ts';
import { dependencyClause, dependencyFields } from '../../dependency-finding.ts';
import { expansionGap } from '../../expansion-gap.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const logUpstreamFailing = defineRule({
  id: 'log-upstream-failing',
  title: 'What a workload calls fails, although all is ready',
  area: 'pod',
  class: 'symptom',
  severity: 'medium',
  meaning:
    'The pods are ready, and every request that needs the other side fails. The workload is the victim: the fault is ' +
    'elsewhere.',
  detection:
    'A ready container logs as errors, again and again and up to now, that a connection fails, a name does not ' +
    'resolve, or an upstream answers 502, 503 or 504. The host in the line, else the only in-cluster host of its ' +
    'environment and arguments, is resolved to a Service, and its ready endpoints are counted. Errors that ended, ' +
    'that are few among other work, or of lower levels are none. Logs of ready pods are read of what is asked about, ' +
    'of what stands behind failing calls, and in a namespace with few workloads.',
  remedies: ['Heal what it calls; it works again by itself then.', 'When the host is wrong, correct it.'],
  avoid: ['restarting this workload: it calls the same thing again'],

  check: (snapshot) =>
    complaints(snapshot)
      .filter(isOfOthers)
      .flatMap((complaint) => [
        ...unexpandedIn(complaint),
        ...complaint.callees.filter(isStillOut(complaint)).map(({ dependency, telling }): Finding => {
          const { evidence, fixes, ...rest } = dependencyFields(dependency);
          return {
            ...complaintFinding(complaint, telling),
            ...rest,
            problem: `${complaintClause(complaint)} it ${dependencyClause(dependency)}`,
            evidence: [...complaintEvidence(complaint, telling), ...evidence],
            fixes: fixes.map((fix) => ({
              ...fix,
              reason: 'the workload works again by itself as soon as that answers',
            })),
          };
        }),
      ]),
});

/** A name that was never called, because a `$(NAME)` of the pod stayed as it is. */
function unexpandedIn(complaint: Complaint): readonly Finding[] {
  const [telling] = complaint.fault.tellings;
  const gap = expansionGap(complaint, telling.entry.lines.join('\n'));
  if (gap === undefined) return [];
  return [
    {
      ...complaintFinding(complaint, telling),
      problem: `${complaintClause(complaint)} ${telling.essence} (${gap.says})`,
      certainty: 'recomputed',
      evidence: [...complaintEvidence(complaint, telling), ...gap.evidence],
      fixes: gap.fixes,
    },
  ];
}

/** Whoever fell silent after it may have connected since, when what was called serves now. */
const isStillOut =
  ({ fault }: Complaint) =>
  ({ dependency }: Complaint['callees'][number]): boolean =>
    !fault.silent || dependency.service === undefined || dependency.missing || dependency.endpoints === 0;
