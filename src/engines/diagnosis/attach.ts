import { timeOf } from '../durations.ts';
import { reach } from '../graph.ts';
import { keyOf, type ObjectRef } from '../objects.ts';
import type { Snapshot } from '../snapshot.ts';
import { followsEnvironment, permits } from './causality.ts';
import type { Problem } from './collapse.ts';
import { certainties } from './rule.ts';

/** Clocks of controllers and kubelets differ: a cause may seem to begin this much after its effect. */
const clockTolerance = 60_000;

/** Which problem each problem is explained by. Problems without an entry are roots. */
export type Parents = ReadonlyMap<Problem, Problem>;

/**
 * Attaches every problem to the best one that may explain it: permitted by the table, reachable over the graph, not
 * begun later; the nearest, then the most certain.
 * @param environment Services that a workload's environment names: followed only for effects without evidence of their own.
 */
export function attach(
  snapshot: Snapshot,
  problems: readonly Problem[],
  environment: (ref: ObjectRef) => readonly ObjectRef[],
): Parents {
  const parents = new Map<Problem, Problem>();
  const byMember = problemsByMember(problems);
  const order = new Map(problems.map((problem, index) => [problem, index]));
  const rules = [...new Set(problems.map(({ rule }) => rule))];
  for (const effect of problems) {
    if (!rules.some((rule) => permits(effect.rule, rule, true) || permits(effect.rule, rule, false))) continue;
    const own = new Set(effect.members.map(keyOf));
    const inferred = (ref: ObjectRef): readonly ObjectRef[] => {
      if (!own.has(keyOf(ref))) return [];
      return followsEnvironment.has(effect.rule.id) ? [...effect.dependsOn, ...environment(ref)] : effect.dependsOn;
    };
    const within = nearestOf(reach(snapshot, effect.members, { inferred }), byMember);
    const best = [...within]
      .map(([cause, distance]) => ({ cause, distance }))
      .filter(({ cause, distance }) => cause !== effect && mayExplain(cause, effect, distance === 0))
      .toSorted(
        (a, b) =>
          a.distance - b.distance ||
          certainties[b.cause.certainty] - certainties[a.cause.certainty] ||
          (order.get(a.cause) ?? 0) - (order.get(b.cause) ?? 0),
      )
      .find(({ cause }) => !leadsTo(parents, cause, effect));
    if (best !== undefined) parents.set(effect, best.cause);
  }
  return parents;
}

/** Problems by each object that shows them. */
function problemsByMember(problems: readonly Problem[]): ReadonlyMap<string, readonly Problem[]> {
  const pairs = problems.flatMap((problem) => problem.members.map((member) => ({ problem, key: keyOf(member) })));
  return new Map(
    [...Map.groupBy(pairs, ({ key }) => key)].map(([key, all]) => [key, all.map(({ problem }) => problem)]),
  );
}

/** Problems that show on what is within reach, with the distance to the nearest place; 0 is the effect's own object. */
function nearestOf(
  distances: ReadonlyMap<string, number>,
  byMember: ReadonlyMap<string, readonly Problem[]>,
): ReadonlyMap<Problem, number> {
  const nearest = new Map<Problem, number>();
  // What is reached first is nearest.
  for (const [key, distance] of distances)
    for (const problem of byMember.get(key) ?? []) if (!nearest.has(problem)) nearest.set(problem, distance);
  return nearest;
}

/** A workload fails anew with every replica, so times of the same workload say nothing. */
const mayExplain = (cause: Problem, effect: Problem, shared: boolean): boolean =>
  permits(effect.rule, cause.rule, shared) && (shared ? !isOfNeighbour(cause, effect) : inTime(cause, effect));

/** What one container is refused says nothing of another one beside it. */
const isOfNeighbour = (cause: Problem, effect: Problem): boolean =>
  cause.rule.id === 'rbac-forbidden-workload' &&
  cause.container !== undefined &&
  effect.container !== undefined &&
  cause.container !== effect.container;

function inTime(cause: Problem, effect: Problem): boolean {
  const began = timeOf(cause.since);
  const showed = timeOf(effect.since);
  return began === undefined || showed === undefined || began <= showed + clockTolerance || effect.class === 'symptom';
}

function leadsTo(parents: ReadonlyMap<Problem, Problem>, from: Problem, to: Problem): boolean {
  for (let current: Problem | undefined = from; current !== undefined; current = parents.get(current)) {
    if (current === to) return true;
  }
  return false;
}
