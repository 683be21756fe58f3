import { recordings } from '../../k8s/monitoring/objective.ts';
import { processMetrics, scrapeMetrics } from '../../k8s/monitoring/series.ts';
import { metricCatalogue } from '../../src/platform/metric-catalogue.ts';

const metrics: ReadonlySet<string> = new Set([
  ...Object.entries(metricCatalogue).flatMap(([name, { type }]) =>
    type === 'histogram' ? [`${name}_bucket`] : [name],
  ),
  ...processMetrics,
  ...scrapeMetrics,
  ...recordings,
]);
/** Those of ours, and those that a target, a bucket or an alert has. */
const labels: ReadonlySet<string> = new Set([
  ...Object.values(metricCatalogue).flatMap(({ labels }): readonly string[] => labels),
  'namespace',
  'job',
  'instance',
  'le',
  'window',
]);
const operators: ReadonlySet<string> = new Set(['and', 'or', 'unless']);

/** What a query names that is neither a metric that there is, nor a label. */
export function unknownNames(query: string): readonly string[] {
  const unquoted = query.replaceAll(/"[^"]*"/g, '').replaceAll(/\[[^\]]*\]/g, '');
  const [rest, named] = apart(unquoted);
  const called = [...rest.matchAll(/[a-z_:][\w:]*(?!\s*\(|[\w:])/g)].map(([name]) => name);
  return [
    ...called.filter((name) => !metrics.has(name) && !operators.has(name)),
    ...[...named.matchAll(/[a-z_]\w*/g)].map(([name]) => name).filter((name) => !labels.has(name)),
  ];
}

/** A query without its labels, and these. */
function apart(query: string): readonly [string, string] {
  const named: string[] = [];
  const keep = (_all: string, inside: string): string => {
    named.push(inside);
    return ' ';
  };
  const rest = query.replaceAll(/\{([^}]*)\}/g, keep).replaceAll(/\b(?:by|on|without|ignoring) \(([^)]*)\)/g, keep);
  return [rest, named.join(' ')];
}

/** The queries of a page of documentation. */
export const queriesIn = (page: string): readonly string[] =>
  [...page.matchAll(/^```promql\n([\s\S]*?)\n```$/gm)].map(([, query = '']) => query);
