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
  for (const effect of problems) {
    const candidates = problems.filter(
      (cause) =>
        cause !== effect && permits(effect.rule, cause.rule, shareMembers(cause, effect)) && inTime(cause, effect),
    );
    if (candidates.length === 0) continue;
    const own = new Set(effect.members.map(keyOf));
    const inferred = (ref: ObjectRef): readonly ObjectRef[] => {
      if (!own.has(keyOf(ref))) return [];
      return followsEnvironment.has(effect.rule.id) ? [...effect.dependsOn, ...environment(ref)] : effect.dependsOn;
    };
    const distances = reach(snapshot, effect.members, { inferred });
    const best = candidates
      .map((cause) => ({ cause, distance: distanceTo(cause, distances) }))
      .filter(({ distance }) => distance < Number.POSITIVE_INFINITY)
      .toSorted((a, b) => a.distance - b.distance || certainties[b.cause.certainty] - certainties[a.cause.certainty])
      .find(({ cause }) => !leadsTo(parents, cause, effect));
    if (best !== undefined) parents.set(effect, best.cause);
  }
  return parents;
}

const distanceTo = (cause: Problem, distances: ReadonlyMap<string, number>): number =>
  Math.min(...cause.members.map((member) => distances.get(keyOf(member)) ?? Number.POSITIVE_INFINITY));

function inTime(cause: Problem, effect: Problem): boolean {
  // A workload fails anew with every replica, so times of the same workload say nothing.
  if (shareMembers(cause, effect)) return true;
  const began = timeOf(cause.since);
  const showed = timeOf(effect.since);
  return began === undefined || showed === undefined || began <= showed + clockTolerance || effect.class === 'symptom';
}

const shareMembers = (a: Problem, b: Problem): boolean =>
  a.members.some((member) => b.members.some((other) => keyOf(other) === keyOf(member)));

function leadsTo(parents: ReadonlyMap<Problem, Problem>, from: Problem, to: Problem): boolean {
  for (let current: Problem | undefined = from; current !== undefined; current = parents.get(current)) {
    if (current === to) return true;
  }
  return false;
}
