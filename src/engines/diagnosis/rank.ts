import { timeOf } from '../durations.ts';
import { keyOf } from '../objects.ts';
import type { Root } from './narrow.ts';
import { certainties, severities } from './rule.ts';

/**
 * Orders roots by impact: a routed Service without endpoints, then a Service without endpoints, then severity, lost
 * pods, how much it explains, how certain it is, and the newer first. What weighs the same stands in order of names.
 */
export function byImpact(a: Root, b: Root): number {
  for (const [index, value] of weightsOf(a).entries()) {
    const difference = (weightsOf(b)[index] ?? 0) - value;
    if (difference !== 0) return difference;
  }
  return compared(idOf(a), idOf(b));
}

const compared = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

const idOf = ({ problem: { rule, object, container } }: Root): string =>
  `${rule.id} ${keyOf(object)} ${container ?? ''}`;

function weightsOf({ problem, explained, effects }: Root): readonly number[] {
  return [
    effects.routes.length > 0 ? 1 : 0,
    effects.services.length > 0 ? 1 : 0,
    severities.length - severities.indexOf(problem.severity),
    effects.pods.length,
    explained.length,
    certainties[problem.certainty],
    timeOf(effects.since) ?? 0,
  ];
}
