import type { Complaint } from '../complaints.ts';
import type { TellingEntry } from '../logs/telling.ts';
import { refOf } from '../objects.ts';
import { isReady } from '../pods.ts';
import { inContainer, quoteOf } from './crash-finding.ts';
import type { Evidence, Finding } from './rule.ts';

/** What every finding about a container has alike that is ready and complains: the pods serve, so it weighs less. */
export const complaintFinding = (
  complaint: Complaint,
  { plain }: TellingEntry,
): Pick<Finding, 'subject' | 'container' | 'certainty' | 'severity' | 'since' | 'nextCheck' | 'missingEvidence'> => {
  const { pod, container, fault, contradicted } = complaint;
  return {
    subject: refOf(pod),
    container: container.name,
    // Only words say so, and Kubernetes says that all is well.
    certainty: plain && !contradicted && fault.last !== undefined && !fault.silent ? 'inferred' : 'correlated',
    severity: 'medium',
    since: fault.begun ? fault.first : undefined,
    nextCheck: `kubectl logs ${pod.metadata.name} -n ${pod.metadata.namespace} -c ${container.name} --tail=50`,
    missingEvidence: [
      `whether requests fail because of it: ${isReady(pod) ? 'every pod' : `container ${container.name}`} is ready, only the log complains`,
    ],
  };
};

/** `is ready, but its log keeps saying:`, or ends with what was said before it fell silent. */
export const complaintClause = ({ pod, container, fault }: Complaint): string =>
  `is ready${inContainer(pod, container)}, but its log ${fault.silent ? 'ends with' : 'keeps saying'}:`;

/** The quoted line, and how often it was said. */
export function complaintEvidence({ pod, log, fault }: Complaint, telling: TellingEntry): readonly Evidence[] {
  const { count, first, last, silent } = fault;
  const times = first === undefined || last === undefined ? '' : ` from ${shortly(first)} to ${shortly(last)}`;
  const often = count === 1 ? 'once' : `${count} times`;
  const text = `said so ${often} in the last ${log.lines.length} lines of its log${times}, and ${silent ? 'next to nothing since' : 'nothing else after it'}`;
  return [quoteOf(log, telling), { object: refOf(pod), source: 'log', text, at: last }];
}

/** Fractions of a second say nothing here. */
const shortly = (time: string): string => time.replace(/\.\d+/, '');
