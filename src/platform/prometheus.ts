import { Counter, collectDefaultMetrics, Gauge, Histogram, type OpenMetricsContentType, Registry } from 'prom-client';
import { authFailures } from './auth/principal.ts';
import { errorTypes } from './errors.ts';
import { type LabelOf, type MetricName, metricCatalogue } from './metric-catalogue.ts';
import { approvalOutcomes, type HealOutcome, healOutcomes, isOfDryRun, type Metrics, shedReasons } from './metrics.ts';
import { type Exposition, exposed } from './metrics-exposition.ts';
import { redactionRules, redactions } from './redact.ts';
import { currentRequest } from './request-context.ts';

export interface PrometheusMetrics extends Metrics {
  /** What a scrape is answered with, in the format that its header `Accept` asks for. */
  expose(accept?: string): Promise<Exposition>;
}

export interface PrometheusOptions {
  readonly version: string;
  readonly nodeVersion: string;
  /** Every name that may become the label `tool_name`. */
  readonly tools: readonly string[];
  /** Every name that may become the label `action`. */
  readonly actions?: readonly string[] | undefined;
}

/** The contract needs 0.1 to 30 (docs/metrics.md); the rest resolves fast reads and deadlines. */
const buckets = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60];

/** A timer of this period measures the lag, all day: at 10 ms, the default, it is most of what an idle service does. */
const lagPrecisionMs = 50;

/** Metrics in a registry of their own. */
export function createPrometheusMetrics(options: PrometheusOptions): PrometheusMetrics {
  // Only such a registry takes exemplars (prom-client 15.1).
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const kept = instrumentsIn(registry);
  startAtZero(kept, options);
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: lagPrecisionMs });
  redactions.subscribe((rule) => kept.redactions.inc({ rule: String(rule) }));
  return {
    toolCall({ tool, seconds, errorType }) {
      kept.calls.inc({ tool_name: tool, status: errorType === undefined ? 'success' : 'failure' });
      kept.durations.observe({ labels: { tool_name: tool }, value: seconds, exemplarLabels: exemplar() });
      if (errorType !== undefined) kept.errors.inc({ tool_name: tool, error_type: errorType });
    },
    inFlight() {
      kept.running.inc();
      return () => kept.running.dec();
    },
    httpRequest: ({ method, route, code }) => kept.http.inc({ method, route, code }),
    kubernetesRequest({ verb, resource, code, seconds }) {
      kept.kubernetes.inc({ verb, resource, code });
      kept.latencies.observe({ labels: { verb }, value: seconds, exemplarLabels: exemplar() });
    },
    kubernetesWait: (seconds) => kept.waits.observe({ labels: {}, value: seconds }),
    kubernetesRetry: () => kept.retries.inc(),
    cacheRequest: (cache, result) => kept.caches.inc({ cache, result }),
    truncation: () => kept.truncations.inc(),
    rateLimit: (decision) => kept.rates.inc({ decision }),
    rateLimitFallback: () => kept.fallbacks.inc(),
    auditEvent: (result) => kept.audited.inc({ result }),
    healAction: (action, outcome) => kept.heals.inc(decided(action, outcome)),
    approval: (outcome) => kept.approvals.inc({ outcome }),
    authFailure: (reason) => kept.refusals.inc({ reason }),
    shed: (reason) => kept.shed.inc({ reason }),
    expose: (accept) => exposed(registry, accept),
  };
}

type Instruments = ReturnType<typeof instrumentsIn>;

function instrumentsIn(registry: Registry<OpenMetricsContentType>) {
  const registers = [registry];
  const counter = <Name extends MetricName<'counter'>>(name: Name) =>
    new Counter<LabelOf<Name>>({ ...described(name), registers });
  const gauge = <Name extends MetricName<'gauge'>>(name: Name) =>
    new Gauge<LabelOf<Name>>({ ...described(name), registers });
  const histogram = <Name extends MetricName<'histogram'>>(name: Name) =>
    new Histogram<LabelOf<Name>>({ ...described(name), buckets, registers, enableExemplars: true });
  return {
    info: gauge('mcp_server_info'),
    calls: counter('mcp_tool_calls_total'),
    durations: histogram('mcp_tool_duration_seconds'),
    errors: counter('mcp_tool_errors_total'),
    running: gauge('mcp_inflight_requests'),
    http: counter('mcp_http_requests_total'),
    kubernetes: counter('mcp_k8s_requests_total'),
    latencies: histogram('mcp_k8s_request_duration_seconds'),
    waits: histogram('mcp_k8s_rate_limiter_duration_seconds'),
    retries: counter('mcp_k8s_retries_total'),
    caches: counter('mcp_cache_requests_total'),
    truncations: counter('mcp_truncations_total'),
    rates: counter('mcp_rate_limit_decisions_total'),
    fallbacks: counter('mcp_rate_limit_fallback_total'),
    heals: counter('mcp_heal_actions_total'),
    approvals: counter('mcp_approvals_total'),
    audited: counter('mcp_audit_events_total'),
    redactions: counter('mcp_redactions_total'),
    refusals: counter('mcp_auth_failures_total'),
    shed: counter('mcp_shed_total'),
  };
}

const described = <Name extends keyof typeof metricCatalogue>(name: Name) => {
  const labelNames: readonly LabelOf<Name>[] = metricCatalogue[name].labels;
  return { name, help: metricCatalogue[name].help, labelNames };
};

/** Series of known labels, so that `rate()` sees the first increase. */
function startAtZero(kept: Instruments, { version, nodeVersion, tools, actions = [] }: PrometheusOptions): void {
  kept.info.set({ version, node_version: nodeVersion }, 1);
  for (const decision of ['allowed', 'limited']) kept.rates.inc({ decision }, 0);
  for (const result of ['written', 'failed']) kept.audited.inc({ result }, 0);
  for (const reason of authFailures) kept.refusals.inc({ reason }, 0);
  for (const reason of shedReasons) kept.shed.inc({ reason }, 0);
  for (const outcome of approvalOutcomes) kept.approvals.inc({ outcome }, 0);
  for (const rule of redactionRules) kept.redactions.inc({ rule }, 0);
  for (const tool of tools) {
    for (const status of ['success', 'failure']) kept.calls.inc({ tool_name: tool, status }, 0);
    for (const errorType of errorTypes) kept.errors.inc({ tool_name: tool, error_type: errorType }, 0);
    kept.durations.zero({ tool_name: tool });
  }
  for (const action of actions) {
    for (const outcome of healOutcomes) kept.heals.inc(decided(action, outcome), 0);
  }
}

const decided = (action: string, outcome: HealOutcome) => ({
  action,
  outcome,
  dry_run: String(isOfDryRun(outcome)),
});

/** Leads from a time to the trace of a call that took it, where that is kept. */
function exemplar(): Record<string, string> {
  const { traceId, spanId, sampled = false } = currentRequest()?.span?.trace ?? {};
  return sampled && traceId !== undefined && spanId !== undefined ? { trace_id: traceId, span_id: spanId } : {};
}
