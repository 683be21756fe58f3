import { AppError } from '../../platform/errors.ts';
import { nearest } from '../../platform/nearest.ts';
import { keyOf, nameOf } from '../objects.ts';
import { brokenPods } from '../pod-groups.ts';
import { indexSnapshot, type Snapshot } from '../snapshot.ts';
import type { SnapshotData } from '../snapshot-data.ts';
import { attach } from './attach.ts';
import { blindSpotsOf, hidesFaults } from './blind-spots.ts';
import { changesBefore } from './changes.ts';
import { collapse, type Problem } from './collapse.ts';
import { chainOf, effectsOf, isEcho, routeText } from './effects.ts';
import { environmentOf } from './environment.ts';
import type { Cause, Explanation, Risk } from './explanation.ts';
import { type Root, relevance } from './narrow.ts';
import { byImpact } from './rank.ts';
import { certainties, type Rule, type RuleFinding } from './rule.ts';
import { rules as catalogue } from './rules/index.ts';

/**
 * Explains a snapshot: runs the rules, collapses replicas, attaches effects to causes, ranks the roots, and shows
 * those that answer the question. Pure and linear in what is broken.
 * @throws AppError `not_found` when the question names an object that is known not to exist.
 */
export function diagnose(data: SnapshotData, rules: readonly Rule[] = catalogue): Explanation {
  const snapshot = indexSnapshot(data);
  mustExist(snapshot);
  const problems = collapse(snapshot, findingsOf(snapshot, rules));
  const parents = attach(
    snapshot,
    problems.filter(({ class: kind }) => kind !== 'risk'),
    environmentOf(snapshot),
  );
  const isRelevant = relevance(snapshot);
  const children = Map.groupBy(parents.keys(), (problem) => parents.get(problem));
  const roots = problems
    .filter((problem) => problem.class !== 'risk' && !parents.has(problem))
    .map((problem) => rootOf(snapshot, problem, explainedBy(problem, children)))
    .filter(isRelevant)
    .toSorted(byImpact);
  const risks = problems
    .filter(({ class: kind, rule }) => kind === 'risk' && rule.id !== saidApart)
    .filter((problem) => isRelevant(rootOf(snapshot, problem, [])));
  const incomplete = hidesFaults(data);
  return {
    scope: { cluster: data.cluster, ...data.scope },
    verdict: roots.length > 0 ? 'unhealthy' : incomplete ? 'unknown' : 'healthy',
    causes: roots.map((root) => causeOf(snapshot, root, incomplete)),
    risks: risks.map((problem) => riskOf(problem, confidenceIn(problem, incomplete))),
    blind_spots: blindSpotsOf(data.reads),
    checked: { ...countsOf(snapshot), rules: rules.length },
    snapshot: {
      source: data.source,
      taken_at: data.takenAt,
      complete: data.reads.every(({ outcome }) => outcome === 'ok' || outcome === 'absent'),
      requests: data.cost.requests,
      bytes: data.cost.bytes,
      duration_ms: Math.round(data.cost.durationMs),
    },
  };
}

/** What could not be read has a list of its own in an explanation. */
const saidApart = 'diagnosis-blind-spot';

/** What every rule says; rules with `last` see what the others found. */
function findingsOf(snapshot: Snapshot, rules: readonly Rule[]): readonly RuleFinding[] {
  const run = (chosen: readonly Rule[], found: readonly RuleFinding[]): readonly RuleFinding[] =>
    chosen.flatMap((rule) => rule.check(snapshot, found).map((finding) => ({ ...finding, rule })));
  const first = run(
    rules.filter(({ last }) => last !== true),
    [],
  );
  return [
    ...first,
    ...run(
      rules.filter(({ last }) => last === true),
      first,
    ),
  ];
}

function explainedBy(
  root: Problem,
  children: ReadonlyMap<Problem | undefined, readonly Problem[]>,
): readonly Problem[] {
  return (children.get(root) ?? []).flatMap((child) => [child, ...explainedBy(child, children)]);
}

const rootOf = (snapshot: Snapshot, problem: Problem, explained: readonly Problem[]): Root => ({
  problem,
  explained,
  effects: effectsOf(snapshot, problem, explained),
});

/** What a denied or failed read takes from the confidence of every cause. */
const blindness = 0.05;

function causeOf(snapshot: Snapshot, root: Root, incomplete: boolean): Cause {
  const { problem, explained, effects } = root;
  const confidence = confidenceIn(problem, incomplete);
  const chain = chainOf(snapshot, problem, explained, effects);
  return {
    ...riskOf(problem, confidence),
    severity: effects.routes.length > 0 && problem.severity === 'high' ? 'critical' : problem.severity,
    band: confidence >= 0.85 ? 'confirmed' : confidence >= 0.6 ? 'likely' : 'possible',
    chain,
    evidence: [
      ...problem.evidence,
      ...explained
        .filter((effect) => !isEcho(effect))
        .flatMap(({ evidence }) => evidence.slice(0, 1))
        .filter(({ text }) => problem.evidence.every((own) => own.text !== text)),
    ],
    affected: {
      pods: effects.pods.length,
      services: effects.services.map(nameOf),
      routes: [...new Set(effects.routes.map(routeText))],
      since: effects.since,
    },
    changes: changesBefore(snapshot, problem, effects.since),
    avoid: problem.avoid,
    missing_evidence: problem.missingEvidence,
    next_check: problem.nextCheck,
  };
}

const confidenceIn = ({ certainty }: Problem, incomplete: boolean): number =>
  Math.round((certainties[certainty] - (incomplete ? blindness : 0)) * 100) / 100;

const riskOf = (problem: Problem, confidence: number): Risk => ({
  id: `${problem.rule.id}:${keyOf(problem.object)}${problem.container === undefined ? '' : `#${problem.container}`}`,
  rule: problem.rule.id,
  title: problem.rule.title,
  severity: problem.severity,
  confidence,
  object: problem.object,
  summary: problem.summary,
  fixes: problem.fixes,
});

function countsOf(snapshot: Snapshot) {
  const { namespace } = snapshot.scope;
  const within = (each: string | undefined): boolean => namespace === undefined || each === namespace;
  const rows = snapshot.podRows.filter((row) => within(row.namespace));
  const pods = snapshot.all('Pod', namespace);
  const namespaces = new Set<string | undefined>();
  // At the end of a diagnosis memory is fullest: no lists of all pods in between.
  for (const row of rows) namespaces.add(row.namespace);
  for (const { metadata } of pods) namespaces.add(metadata.namespace);
  const finished = new Set(['Completed', 'Succeeded']);
  return {
    objects: snapshot.data.objects.length + snapshot.data.heads.length,
    namespaces: namespaces.size,
    pods: Math.max(rows.length, pods.length),
    pods_not_ready:
      rows.length >= pods.length
        ? rows.filter(({ ready, containers, status }) => ready < containers && !finished.has(status)).length
        : brokenPods(snapshot).filter(({ metadata }) => within(metadata.namespace)).length,
  };
}

function mustExist(snapshot: Snapshot): void {
  const { object } = snapshot.scope;
  if (object === undefined || snapshot.presence(object.kind, object.namespace, object.name) !== 'absent') return;
  const suggestions = nearest(object.name, snapshot.names(object.kind, object.namespace));
  const where = object.namespace === undefined ? '' : ` in namespace ${object.namespace}`;
  throw new AppError('not_found', `${nameOf(object)} does not exist${where}.`, {
    details: { ...object, suggestions },
    hint:
      suggestions.length > 0
        ? `Did you mean ${suggestions.join(', ')}?`
        : `Check the kind, the name and the namespace.`,
  });
}
