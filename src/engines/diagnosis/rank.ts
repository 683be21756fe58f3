import { timeOf } from '../durations.ts';
import { keyOf } from '../objects.ts';
import type { Root } from './narrow.ts';
import { certainties, severities } from './rule.ts';

/**
 * Orders roots by impact: a routed Service without endpoints, then a Service without endpoints (without a
 * broken pod or a caller that misses it only when the fault is severe), then severity, lost pods, how much it explains, how certain it is, and the newer first. What weighs the same stands in order of names.
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

const isSevere = ({ severity }: Root['problem']): boolean => severities.indexOf(severity) <= severities.indexOf('high');

function weightsOf({ problem, explained, effects }: Root): readonly number[] {
  return [
    effects.routes.length > 0 ? 1 : 0,
    effects.services.length > 0 && (explained.length > 0 || effects.pods.length > 0 || isSevere(problem)) ? 1 : 0,
    severities.length - severities.indexOf(problem.severity),
    effects.pods.length,
    explained.length,
    certainties[problem.certainty],
    timeOf(effects.since) ?? 0,
  ];
}
