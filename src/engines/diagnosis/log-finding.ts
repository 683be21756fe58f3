import { type Complaint, complaints } from '../complaints.ts';
import { type Crash, crashesBy } from '../crashes/crashes.ts';
import { type LogRule, logRuleOf, signatureIn } from '../crashes/signatures.ts';
import type { SignatureId } from '../logs/signatures.ts';
import { type TellingEntry, tellingEntries } from '../logs/telling.ts';
import type { Pod } from '../objects.ts';
import { containersOf, type PodContainer } from '../pods.ts';
import { probeFailuresBy } from '../probes/probes.ts';
import type { Snapshot } from '../snapshot.ts';
import { complaintClause, complaintEvidence, complaintFinding } from './complaint-finding.ts';
import { crashClause, crashFinding, deathLogCommand, essenceClause, inContainer, quoteOf } from './crash-finding.ts';
import { appWords, probeFinding } from './probe-finding.ts';
import type { Finding, Fix } from './rule.ts';

/** A container that dies, is not ready, or keeps complaining, of a fault that its log tells in known words. */
export interface LogFault {
  readonly pod: Pod;
  readonly container: PodContainer;
  readonly signature: SignatureId;
  readonly telling: TellingEntry;
}

/** What a rule about logs adds to the words of the log. */
export interface LogVerdict {
  /** Follows the quoted words: ` (env[DB_PASSWORD] takes it from Secret/db key password)`; or nothing. */
  readonly clause: string;
  readonly evidence?: Finding['evidence'] | undefined;
  readonly dependsOn?: Finding['dependsOn'];
  readonly fixes: readonly Fix[];
}

/**
 * Findings of one rule about logs: on containers that crash, on those that answer their readiness probe with an error,
 * and on those that are ready and complain all the time.
 */
export function logFindings(
  snapshot: Snapshot,
  rule: LogRule,
  judge: (fault: LogFault) => LogVerdict,
): readonly Finding[] {
  return [
    ...crashesBy(snapshot, rule).flatMap((crash) => crashedFinding(snapshot, crash, judge)),
    ...unreadyFindings(snapshot, rule, judge),
    ...complaints(snapshot).flatMap((complaint) => {
      const { signature } = complaint.fault;
      return signature !== undefined && logRuleOf(signature) === rule
        ? [readyFinding(complaint, signature, judge)]
        : [];
    }),
  ];
}

type Judge = (fault: LogFault) => LogVerdict;

function crashedFinding(snapshot: Snapshot, crash: Crash, judge: Judge): readonly Finding[] {
  const { pod, container, signature, telling } = crash;
  if (signature === undefined || telling === undefined) return [];
  const { clause, evidence = [], fixes, dependsOn } = judge({ pod, container, signature, telling });
  const base = crashFinding(snapshot, crash);
  return [
    {
      ...base,
      problem: `${crashClause(snapshot, crash)}${essenceClause(crash)}${clause}`,
      certainty: 'message',
      evidence: [...base.evidence, ...evidence],
      fixes: fixes.slice(0, 3),
      nextCheck: deathLogCommand(crash),
      dependsOn,
    },
  ];
}

/** Whoever answers that it is not ready runs, and its log may say why. */
function unreadyFindings(snapshot: Snapshot, rule: LogRule, judge: Judge): readonly Finding[] {
  return probeFailuresBy(snapshot, 'probe-readiness-5xx').flatMap((failure) => {
    const { pod, container, log } = failure;
    // Without a word of the log, or with something that it cannot reach, the probe's own rule speaks.
    if (log === undefined || appWords(snapshot, failure).dependency !== undefined) return [];
    const found = signatureIn(tellingEntries(log), () => false);
    if (found?.rule !== rule || !found.telling.plain) return [];
    const { id: signature, telling } = found;
    const { clause, evidence = [], fixes, dependsOn } = judge({ pod, container, signature, telling });
    const base = probeFinding(snapshot, failure);
    return [
      {
        ...base,
        problem: `is not ready${inContainer(pod, container)}: its log says ${telling.essence}${clause}`,
        certainty: 'message',
        evidence: [quoteOf(log, telling), ...base.evidence, ...evidence],
        fixes: fixes.slice(0, 3),
        dependsOn,
      },
    ];
  });
}

function readyFinding(complaint: Complaint, signature: SignatureId, judge: Judge): Finding {
  const { pod, container, fault } = complaint;
  const [telling] = fault.tellings;
  const { clause, evidence = [], fixes, dependsOn } = judge({ pod, container, signature, telling });
  return {
    ...complaintFinding(complaint, telling),
    problem: `${complaintClause(complaint)} ${telling.essence}${clause}`,
    evidence: [...complaintEvidence(complaint, telling), ...evidence],
    fixes: fixes.slice(0, 3),
    ...(dependsOn !== undefined && { dependsOn }),
  };
}

/** All lines of the entry that decided; before them its message, where JSON or logfmt quote what it quotes. */
export function textOf({ telling }: Pick<LogFault, 'telling'>): string {
  const { lines, message } = telling.entry;
  return (lines[0]?.includes(message) === true ? lines : [message, ...lines]).join('\n');
}

/** Whether a pod has other containers than this one: then a fix names it. */
export const ofContainer = ({ pod, container }: Pick<LogFault, 'pod' | 'container'>): string =>
  containersOf(pod).length > 1 ? ` of container ${container.name}` : '';
