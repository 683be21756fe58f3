import { keyOf, nameOf, type ObjectRef } from '../objects.ts';
import { workloadOf } from '../owners.ts';
import type { Snapshot } from '../snapshot.ts';
import {
  type Certainty,
  certainties,
  type Evidence,
  type FindingClass,
  type Fix,
  type Rule,
  type RuleFinding,
  type Severity,
} from './rule.ts';

/** One fault, once: what all replicas, and all workloads with the same culprit, say alike. */
export interface Problem {
  readonly rule: Rule;
  readonly class: FindingClass;
  readonly severity: Severity;
  /** What a person would change: the workload, or the culprit when several workloads share it. */
  readonly object: ObjectRef;
  /** Workloads, Services, … that show it. */
  readonly members: readonly ObjectRef[];
  /** The objects that showed it before collapsing: pods, for most rules. */
  readonly subjects: readonly ObjectRef[];
  readonly culprit: ObjectRef | undefined;
  readonly container: string | undefined;
  /** One sentence that names the object. */
  readonly summary: string;
  readonly problem: string;
  readonly certainty: Certainty;
  readonly evidence: readonly Evidence[];
  readonly since: string | undefined;
  readonly fixes: readonly Fix[];
  readonly avoid: readonly string[];
  readonly missingEvidence: readonly string[];
  readonly nextCheck: string | undefined;
  readonly dependsOn: readonly ObjectRef[];
}

const exemplars = 3;
const namedMembers = 3;

/**
 * Collapses findings: replicas of one workload first (same rule, workload, container and words), then workloads with
 * the same culprit and words.
 */
export function collapse(snapshot: Snapshot, findings: readonly RuleFinding[]): readonly Problem[] {
  const shown = findings.map((finding) => ({ finding, member: memberOf(snapshot, finding.subject) }));
  const groups = Map.groupBy(shown, ({ finding: { rule, culprit, container, problem, alike = problem }, member }) =>
    [rule.id, culprit ? keyOf(culprit) : keyOf(member), culprit ? '' : container, alike].join('\n'),
  );
  return [...groups.values()].map((group) =>
    problemOf(
      group.map(({ finding }) => finding),
      uniqueRefs(group.map(({ member }) => member)),
    ),
  );
}

function memberOf(snapshot: Snapshot, subject: ObjectRef): ObjectRef {
  const object = snapshot.head(subject);
  return object === undefined ? subject : workloadOf(snapshot, object);
}

function problemOf(findings: readonly RuleFinding[], members: readonly ObjectRef[]): Problem {
  const [first] = findings;
  const [member] = members;
  if (first === undefined || member === undefined) throw new Error('a group of findings is never empty');
  const object = members.length > 1 && first.culprit !== undefined ? first.culprit : member;
  const weakest = findings.reduce((a, b) => (certainties[b.certainty] > certainties[a.certainty] ? b : a));
  return {
    rule: first.rule,
    class: first.class ?? first.rule.class,
    severity: first.severity ?? first.rule.severity,
    object,
    members,
    subjects: uniqueRefs(findings.map(({ subject }) => subject)),
    culprit: first.culprit,
    container: first.container,
    summary: `${listed(members)} ${first.problem}`,
    problem: first.problem,
    certainty: weakest.certainty,
    evidence: exemplarEvidence(findings),
    since: findings.flatMap(({ since }) => since ?? []).toSorted()[0],
    fixes: first.fixes.slice(0, 3),
    avoid: first.avoid ?? first.rule.avoid,
    missingEvidence: [...new Set(findings.flatMap(({ missingEvidence = [] }) => missingEvidence))],
    nextCheck: first.nextCheck,
    dependsOn: uniqueRefs(findings.flatMap(({ dependsOn = [] }) => dependsOn)),
  };
}

/** Evidence of the first few subjects, without saying the same words twice. */
function exemplarEvidence(findings: readonly RuleFinding[]): readonly Evidence[] {
  const seen = new Set<string>();
  return (
    findings
      .slice(0, exemplars)
      .flatMap(({ evidence }) => evidence)
      .filter(({ text }) => !seen.has(text) && seen.add(text))
      // A time that was never set is null in JSON.
      .map((evidence) => ({ ...evidence, at: evidence.at ?? undefined }))
  );
}

function listed(refs: readonly ObjectRef[]): string {
  const names = refs.slice(0, namedMembers).map(nameOf);
  const more = refs.length - names.length;
  if (more > 0) return `${names.join(', ')} and ${more} more`;
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : (names[0] ?? '');
}

/** Without repetitions, in order. */
export function uniqueRefs(refs: readonly ObjectRef[]): readonly ObjectRef[] {
  return [...new Map(refs.map((ref) => [keyOf(ref), ref])).values()];
}
