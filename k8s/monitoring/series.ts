import type { LabelOf, MetricName, metricCatalogue } from '../../src/platform/metric-catalogue.ts';

type Catalogue = typeof metricCatalogue;

/** Of what prom-client tells of every process, those that are looked at here; a test compares them with what it tells. */
export const processMetrics = [
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
  'process_open_fds',
  'nodejs_heap_size_used_bytes',
  'nodejs_eventloop_lag_p99_seconds',
  'nodejs_gc_duration_seconds_sum',
] as const;

/** What Prometheus itself tells of a target. */
export const scrapeMetrics = ['up'] as const;

type Counted = MetricName<'counter' | 'gauge'> | (typeof processMetrics)[number] | (typeof scrapeMetrics)[number];
type LabelsOf<Name> = Name extends keyof Catalogue ? LabelOf<Name> : never;
/** Labels by the value that they have, or the values of which they have one. */
type Matching<Label extends string> = Partial<Readonly<Record<Label, string | readonly string[]>>>;

/** Names of series, as PromQL selects them: a metric or a label that the service does not have does not compile. */
export interface Series {
  readonly of: <Name extends Counted>(name: Name, matching?: Matching<LabelsOf<Name>>) => string;
  readonly buckets: <Name extends MetricName<'histogram'>>(name: Name, matching?: Matching<LabelsOf<Name>>) => string;
}

/** @param common What all of them have to match besides: `namespace="tools"`. */
export const seriesWhere = (...common: readonly string[]): Series => ({
  of: (name, matching) => selected(name, common, matching),
  buckets: (name, matching) => selected(`${name}_bucket`, common, matching),
});

function selected(name: string, common: readonly string[], matching: Matching<string> = {}): string {
  const wanted = Object.entries(matching).map(([label, value = '']) =>
    typeof value === 'string' ? `${label}="${value}"` : `${label}=~"${value.join('|')}"`,
  );
  const all = [...common, ...wanted];
  return all.length === 0 ? name : `${name}{${all.join(', ')}}`;
}
