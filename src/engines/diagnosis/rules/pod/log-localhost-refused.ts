import { type Complaint, complaints, isOfOthers } from '../../../complaints.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { complaintClause, complaintEvidence, complaintFinding } from '../../complaint-finding.ts';
import { localGap } from '../../crash-network-gap.ts';
import { defineRule, type Finding } from '../../rule.ts';
import { tokenGap } from '../../token-gap.ts';

export const logLocalhostRefused = defineRule({
  id: 'log-localhost-refused',
  title: 'A program calls its own pod, where nothing listens',
  area: 'pod',
  class: 'cause',
  severity: 'medium',
  meaning:
    'In a pod localhost is the pod itself. A program that is given it instead of the name of a Service reaches nothing, ' +
    'and a client of the API that finds no token asks localhost too.',
  detection:
    'A ready container logs again and again and up to now that a connection to localhost is refused. No container of the ' +
    'pod declares the port, which the line says, or the variable that names localhost; or the pod mounts no token and the ' +
    'words are those of a client of the API. A container that dies of it is another finding.',
  remedies: ['Write the name of the Service.', 'Mount the token, when the program talks to the API server.'],
  avoid: ['restarting: it reads the same configuration again'],

  check: (snapshot) => complaints(snapshot).flatMap((complaint) => findingOf(snapshot, complaint)),
});

function findingOf(snapshot: Snapshot, complaint: Complaint): readonly Finding[] {
  const { pod, container, fault, callees } = complaint;
  if (!isOfOthers(complaint) || callees.length > 0) return [];
  const [telling] = fault.tellings;
  const text = fault.tellings.flatMap(({ entry }) => entry.lines).join('\n');
  const gap = tokenGap(pod, container, text) ?? localGap(snapshot, pod, container, text);
  if (gap === undefined) return [];
  return [
    {
      ...complaintFinding(complaint, telling),
      // The spec of the pod says the same as its log.
      ...(!complaint.contradicted && { certainty: 'inferred' as const }),
      problem: `${complaintClause(complaint)} ${telling.essence} (${gap.says})`,
      evidence: [...complaintEvidence(complaint, telling), ...gap.evidence],
      fixes: gap.fixes,
    },
  ];
}
