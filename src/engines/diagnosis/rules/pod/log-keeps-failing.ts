import { isPodAskedAbout } from '../../../asked-about.ts';
import { type Complaint, complaints, isOfOthers } from '../../../complaints.ts';
import { logRuleOf } from '../../../crashes/signatures.ts';
import { isDefect } from '../../../logs/defects.ts';
import { complaintClause, complaintEvidence, complaintFinding } from '../../complaint-finding.ts';
import { expansionGap } from '../../expansion-gap.ts';
import { defineRule } from '../../rule.ts';

export const logKeepsFailing = defineRule({
  id: 'log-keeps-failing',
  title: 'A ready program keeps logging an error of its own',
  area: 'pod',
  class: 'symptom',
  severity: 'medium',
  meaning: 'Kubernetes sees nothing wrong with the pods, and the program says again and again that something fails.',
  detection:
    'Of the pod or workload that is asked about: a ready container logs one error at least five times, as a fifth ' +
    'of what it logs or more, and little else after it; requests that are answered with 5xx are weighed against all ' +
    'requests for that path. Of others only an error that is a mistake of the program, such as a TypeError, a null ' +
    'pointer or an unhandled exception. Errors of a known kind are another finding, unless they name nothing that could ' +
    'be looked at. Errors that other work followed, answers 4xx, and lines that claim to know a cause are none.',
  remedies: ['Look up the quoted line in the code of the program: what it names is what fails.'],
  avoid: ['restarting: it does the same again'],

  check: (snapshot) =>
    complaints(snapshot)
      .filter(
        (complaint) =>
          (isPodAskedAbout(snapshot, complaint.pod) || isDefect(textOf(complaint))) && isUnspoken(complaint),
      )
      .map((complaint) => {
        const [telling] = complaint.fault.tellings;
        return {
          ...complaintFinding(complaint, telling),
          problem: `${complaintClause(complaint)} ${telling.essence}`,
          evidence: complaintEvidence(complaint, telling),
          fixes: [
            {
              advice: 'look up the quoted line in the code of the program, and correct what it names',
              reason: 'its probes pass, and the line names nothing of the cluster that could be looked at',
            },
          ],
        };
      }),
});

const textOf = ({ fault }: Complaint): string => fault.tellings[0].entry.lines.join('\n');

/** Whether no other rule about logs says what is said there. */
function isUnspoken(complaint: Complaint): boolean {
  const { signature } = complaint.fault;
  const text = textOf(complaint);
  if (isOfOthers(complaint)) return complaint.callees.length === 0 && expansionGap(complaint, text) === undefined;
  return signature !== 'rbac' && logRuleOf(signature) === undefined;
}
