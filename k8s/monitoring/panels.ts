import { budgetLeft, burnRate, failures, objective, objectivePercent } from './objective.ts';
import { seriesWhere } from './series.ts';

/** What is drawn, and what Prometheus is asked for it. */
export interface Panel {
  readonly title: string;
  /** How to read it, where the title does not say so. */
  readonly description?: string;
  readonly unit: 'reqps' | 's' | 'percentunit' | 'bytes' | 'short';
  /** From where on a number is good, or bad. */
  readonly limit?: { readonly at: number; readonly above: 'good' | 'bad' };
  readonly queries: readonly Query[];
}

export interface Query {
  readonly expr: string;
  /** Of its lines, by their labels. */
  readonly legend: string;
  /** Shows the traces of single calls, too. */
  readonly exemplars?: boolean;
}

export interface Section {
  readonly title: string;
  /** A number each, of the whole time that is shown or of now; else lines. */
  readonly numbers?: boolean;
  readonly panels: readonly Panel[];
}

/** What the person who looks has chosen. */
const chosen = ['namespace=~"$namespace"', 'job=~"$job"'] as const;
const { of, buckets } = seriesWhere(...chosen);
const where = chosen.join(', ');

const rate = (series: string): string => `rate(${series}[$__rate_interval])`;
const sumBy = (labels: string, expr: string): string => `sum by (${labels}) (${expr})`;
const quantile = (share: number, labels: string, series: string): string =>
  `histogram_quantile(${share}, ${sumBy(labels, rate(series))})`;
/** One query whose lines are told apart by labels. */
const by = (labels: string, series: string): readonly Query[] => [
  {
    expr: sumBy(labels, rate(series)),
    legend: labels
      .split(', ')
      .map((label) => `{{${label}}}`)
      .join(' '),
  },
];
const mostBy = (labels: string, series: string): readonly Query[] =>
  by(labels, series).map((query) => ({ ...query, expr: `topk(10, ${query.expr})` }));
/** How many a point stands for, so that single ones are seen. */
const countBy = (label: string, series: string): readonly Query[] => [
  { expr: sumBy(label, `increase(${series}[$__rate_interval])`), legend: `{{${label}}}` },
];

const failed = of('mcp_tool_errors_total', { error_type: failures });
const succeeded = of('mcp_tool_calls_total', { status: 'success' });
const inRange = (series: string): string => `sum(increase(${series}[$__range]))`;
const shareServed = `1 - ${inRange(failed)} / ((${inRange(succeeded)} + ${inRange(failed)}) > 0)`;

const overview: Section = {
  title: 'Overview',
  numbers: true,
  panels: [
    {
      title: 'Availability',
      description: `Share of calls that did not fail by the service's fault, in the time shown. ${objectivePercent} % is promised.`,
      unit: 'percentunit',
      limit: { at: objective, above: 'good' },
      queries: [{ expr: shareServed, legend: 'succeeded' }],
    },
    {
      title: 'Error budget left',
      description:
        'Of the failures that 30 days may have; below 0 the promise is broken. Needs the rules of alerts.yaml.',
      unit: 'percentunit',
      limit: { at: 0, above: 'good' },
      queries: [{ expr: budgetLeft(where), legend: 'left' }],
    },
    {
      title: 'Calls a second',
      unit: 'reqps',
      queries: [{ expr: `sum(${rate(of('mcp_tool_calls_total'))})`, legend: 'calls' }],
    },
    {
      title: 'p95 of calls',
      unit: 's',
      limit: { at: 5, above: 'bad' },
      queries: [{ expr: quantile(0.95, 'le', buckets('mcp_tool_duration_seconds')), legend: 'p95' }],
    },
    {
      title: 'Replicas',
      unit: 'short',
      queries: [{ expr: `count by (version) (${of('mcp_server_info')})`, legend: '{{version}}' }],
    },
  ],
};

const availability: Section = {
  title: 'Availability and errors',
  panels: [
    { title: 'Calls by outcome', unit: 'reqps', queries: by('status', of('mcp_tool_calls_total')) },
    {
      title: 'Errors by type',
      description: `${failures.join(', ')} count against the objective; all others are the caller's.`,
      unit: 'reqps',
      queries: by('error_type', of('mcp_tool_errors_total')),
    },
    {
      title: 'Burn of the error budget',
      description: '1 uses up the budget of 30 days in 30 days; 14.4 in an hour, and 6 in six hours, call somebody.',
      unit: 'short',
      queries: ['1h', '6h', '3d'].map((window) => ({
        expr: burnRate(window, where),
        legend: `{{namespace}} ${window}`,
      })),
    },
    { title: 'Errors by tool', unit: 'reqps', queries: by('tool_name', of('mcp_tool_errors_total')) },
    { title: 'HTTP requests', unit: 'reqps', queries: by('route, code', of('mcp_http_requests_total')) },
    { title: 'Requests not let in', unit: 'reqps', queries: by('reason', of('mcp_auth_failures_total')) },
  ],
};

const latency: Section = {
  title: 'Latency',
  panels: [
    {
      title: 'Time of calls',
      unit: 's',
      queries: [0.5, 0.95, 0.99].map((share) => ({
        expr: quantile(share, 'le', buckets('mcp_tool_duration_seconds')),
        legend: `p${share * 100}`,
        exemplars: share === 0.95,
      })),
    },
    {
      title: 'p95 by tool',
      unit: 's',
      queries: [
        { expr: quantile(0.95, 'le, tool_name', buckets('mcp_tool_duration_seconds')), legend: '{{tool_name}}' },
      ],
    },
    { title: 'Calls by tool', unit: 'reqps', queries: by('tool_name', of('mcp_tool_calls_total')) },
  ],
};

const saturation: Section = {
  title: 'Saturation',
  panels: [
    {
      title: 'Calls that run',
      description: 'A replica runs 100 at once, 10 of one caller; 50 wait for a second at most.',
      unit: 'short',
      queries: [{ expr: of('mcp_inflight_requests'), legend: '{{instance}}' }],
    },
    { title: 'Calls turned away', unit: 'reqps', queries: by('reason', of('mcp_shed_total')) },
    {
      title: 'Processor',
      description: 'Cores in use.',
      unit: 'short',
      queries: [{ expr: rate(of('process_cpu_seconds_total')), legend: '{{instance}}' }],
    },
    {
      title: 'Memory',
      unit: 'bytes',
      queries: [
        { expr: of('process_resident_memory_bytes'), legend: '{{instance}} resident' },
        { expr: of('nodejs_heap_size_used_bytes'), legend: '{{instance}} heap' },
      ],
    },
    {
      title: 'Event loop',
      description: 'How long everything waits for its turn (p99).',
      unit: 's',
      queries: [{ expr: of('nodejs_eventloop_lag_p99_seconds'), legend: '{{instance}}' }],
    },
    {
      title: 'Time for garbage collection',
      unit: 'percentunit',
      queries: [{ expr: `sum by (instance) (${rate(of('nodejs_gc_duration_seconds_sum'))})`, legend: '{{instance}}' }],
    },
    {
      title: 'Open files and connections',
      unit: 'short',
      queries: [{ expr: of('process_open_fds'), legend: '{{instance}}' }],
    },
  ],
};

const kubernetes: Section = {
  title: 'Requests to API servers',
  panels: [
    { title: 'By status', unit: 'reqps', queries: by('code', of('mcp_k8s_requests_total')) },
    { title: 'By resource', unit: 'reqps', queries: mostBy('verb, resource', of('mcp_k8s_requests_total')) },
    {
      title: 'p95 by verb',
      unit: 's',
      queries: [
        {
          expr: quantile(0.95, 'le, verb', buckets('mcp_k8s_request_duration_seconds')),
          legend: '{{verb}}',
          exemplars: true,
        },
      ],
    },
    {
      title: 'Waiting for our own limit',
      description: 'Reads wait for --k8s-qps (p95).',
      unit: 's',
      queries: [{ expr: quantile(0.95, 'le', buckets('mcp_k8s_rate_limiter_duration_seconds')), legend: 'p95' }],
    },
    { title: 'Tried again', unit: 'reqps', queries: by('instance', of('mcp_k8s_retries_total')) },
  ],
};

const healing: Section = {
  title: 'Healing',
  panels: [
    {
      title: 'Actions by outcome',
      description: 'Needs --heal. What is refused, planned, declined or expired wrote nothing.',
      unit: 'short',
      queries: countBy('outcome', of('mcp_heal_actions_total')),
    },
    {
      title: 'Actions begun',
      unit: 'short',
      queries: countBy('action', of('mcp_heal_actions_total', { outcome: 'applying' })),
    },
    { title: 'Approvals', unit: 'short', queries: countBy('outcome', of('mcp_approvals_total')) },
    { title: 'Audit', unit: 'reqps', queries: by('result', of('mcp_audit_events_total')) },
  ],
};

const limits: Section = {
  title: 'Limits and caches',
  panels: [
    { title: 'Rate limit', unit: 'reqps', queries: by('decision', of('mcp_rate_limit_decisions_total')) },
    {
      title: 'Counted without Redis',
      unit: 'reqps',
      queries: by('instance', of('mcp_rate_limit_fallback_total')),
    },
    { title: 'Reads by cache', unit: 'reqps', queries: by('cache, result', of('mcp_cache_requests_total')) },
    { title: 'Results that were cut', unit: 'reqps', queries: by('instance', of('mcp_truncations_total')) },
    { title: 'Secrets taken out', unit: 'reqps', queries: by('rule', of('mcp_redactions_total')) },
  ],
};

export const sections: readonly Section[] = [overview, availability, latency, saturation, kubernetes, healing, limits];
