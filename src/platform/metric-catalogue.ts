/** One metric: where it is counted, alerted on and documented it is called by its name here. */
interface MetricFacts {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
}

/** All metrics but those of the process itself, in the order of docs/metrics.md, which is generated from it. */
export const metricCatalogue = {
  mcp_server_info: {
    type: 'gauge',
    labels: ['version', 'node_version'],
    help: 'Always 1; the labels say what runs.',
  },
  mcp_tool_calls_total: { type: 'counter', labels: ['tool_name', 'status'], help: 'Tool calls by outcome.' },
  mcp_tool_duration_seconds: { type: 'histogram', labels: ['tool_name'], help: 'Time of tool calls.' },
  mcp_tool_errors_total: { type: 'counter', labels: ['tool_name', 'error_type'], help: 'Failed tool calls by type.' },
  mcp_inflight_requests: { type: 'gauge', labels: [], help: 'Tool calls that are running.' },
  mcp_shed_total: { type: 'counter', labels: ['reason'], help: 'Calls turned away because too many ran.' },
  mcp_http_requests_total: { type: 'counter', labels: ['method', 'route', 'code'], help: 'HTTP requests.' },
  mcp_auth_failures_total: { type: 'counter', labels: ['reason'], help: 'Requests that were not let in.' },
  mcp_rate_limit_decisions_total: {
    type: 'counter',
    labels: ['decision'],
    help: 'Calls counted against the limit of their caller.',
  },
  mcp_rate_limit_fallback_total: {
    type: 'counter',
    labels: [],
    help: 'Calls counted alone, as the shared limit did not answer.',
  },
  mcp_heal_actions_total: {
    type: 'counter',
    labels: ['action', 'outcome', 'dry_run'],
    help: 'What was decided about actions; dry_run is true where nothing was to be written yet.',
  },
  mcp_approvals_total: { type: 'counter', labels: ['outcome'], help: 'What became of plans that were to be approved.' },
  mcp_audit_events_total: { type: 'counter', labels: ['result'], help: 'Records of the audit.' },
  mcp_redactions_total: { type: 'counter', labels: ['rule'], help: 'Secrets that were taken out of texts.' },
  mcp_truncations_total: { type: 'counter', labels: [], help: 'Results that were cut at a size limit.' },
  mcp_cache_requests_total: {
    type: 'counter',
    labels: ['cache', 'result'],
    help: 'Reads that a cache was asked for.',
  },
  mcp_k8s_requests_total: {
    type: 'counter',
    labels: ['verb', 'resource', 'code'],
    help: 'Requests to API servers.',
  },
  mcp_k8s_request_duration_seconds: { type: 'histogram', labels: ['verb'], help: 'Time of requests to API servers.' },
  mcp_k8s_rate_limiter_duration_seconds: {
    type: 'histogram',
    labels: [],
    help: 'Time that reads of API servers waited for our own limit.',
  },
  mcp_k8s_retries_total: { type: 'counter', labels: [], help: 'Requests to API servers that were tried again.' },
} as const satisfies Readonly<Record<string, MetricFacts>>;

type Catalogue = typeof metricCatalogue;
/** Names of metrics of one type. */
export type MetricName<Type extends MetricFacts['type']> = {
  [Name in keyof Catalogue]: Catalogue[Name]['type'] extends Type ? Name : never;
}[keyof Catalogue];
export type LabelOf<Name extends keyof Catalogue> = Catalogue[Name]['labels'][number];
