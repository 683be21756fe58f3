import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { authFailures } from './auth/principal.ts';
import { errorTypes } from './errors.ts';
import { type Metrics, shedReasons } from './metrics.ts';

export interface PrometheusMetrics extends Metrics {
  /** The exposition format. */
  expose(): Promise<{ readonly contentType: string; readonly text: string }>;
}

export interface PrometheusOptions {
  readonly version: string;
  readonly nodeVersion: string;
  /** Every name that may become the label `tool_name`. */
  readonly tools: readonly string[];
}

/** The contract needs 0.1 to 30 (docs/architecture.md, "Metrics"); the rest resolves fast reads and deadlines. */
const buckets = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60];

/** Metrics in a registry of their own. Series of known labels start at 0, so that `rate()` sees the first increase. */
export function createPrometheusMetrics({ version, nodeVersion, tools }: PrometheusOptions): PrometheusMetrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Counter({ name, help, labelNames, registers });
  const histogram = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Histogram({ name, help, labelNames, buckets, registers });

  const calls = counter('mcp_tool_calls_total', 'Tool calls by outcome.', ['tool_name', 'status']);
  const durations = histogram('mcp_tool_duration_seconds', 'Time of tool calls.', ['tool_name']);
  const errors = counter('mcp_tool_errors_total', 'Failed tool calls by type.', ['tool_name', 'error_type']);
  const serverInfo = new Gauge({
    name: 'mcp_server_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'node_version'],
    registers,
  });
  const running = new Gauge({ name: 'mcp_inflight_requests', help: 'Tool calls that are running.', registers });
  const http = counter('mcp_http_requests_total', 'HTTP requests.', ['method', 'route', 'code']);
  const kubernetes = counter('mcp_k8s_requests_total', 'Requests to API servers.', ['verb', 'resource', 'code']);
  const latencies = histogram('mcp_k8s_request_duration_seconds', 'Time of requests to API servers.', ['verb']);
  const retries = counter('mcp_k8s_retries_total', 'Requests to API servers that were tried again.');
  const caches = counter('mcp_cache_requests_total', 'Reads that a cache was asked for.', ['cache', 'result']);
  const truncations = counter('mcp_truncations_total', 'Results that were cut at a size limit.');
  const rates = counter('mcp_rate_limit_decisions_total', 'Calls counted against the limit of their caller.', [
    'decision',
  ]);
  const fallbacks = counter(
    'mcp_rate_limit_fallback_total',
    'Calls counted alone, as the shared limit did not answer.',
  );
  const refusals = counter('mcp_auth_failures_total', 'Requests that were not let in.', ['reason']);
  const audited = counter('mcp_audit_events_total', 'Records of the audit.', ['result']);
  const shed = counter('mcp_shed_total', 'Calls turned away because too many ran.', ['reason']);
  collectDefaultMetrics({ register: registry });

  serverInfo.set({ version, node_version: nodeVersion }, 1);
  for (const decision of ['allowed', 'limited']) rates.inc({ decision }, 0);
  for (const result of ['written', 'failed']) audited.inc({ result }, 0);
  for (const reason of authFailures) refusals.inc({ reason }, 0);
  for (const reason of shedReasons) shed.inc({ reason }, 0);
  for (const tool of tools) {
    for (const status of ['success', 'failure']) calls.inc({ tool_name: tool, status }, 0);
    for (const errorType of errorTypes) errors.inc({ tool_name: tool, error_type: errorType }, 0);
    durations.zero({ tool_name: tool });
  }

  return {
    toolCall({ tool, seconds, errorType }) {
      calls.inc({ tool_name: tool, status: errorType === undefined ? 'success' : 'failure' });
      durations.observe({ tool_name: tool }, seconds);
      if (errorType !== undefined) errors.inc({ tool_name: tool, error_type: errorType });
    },
    inFlight() {
      running.inc();
      return () => running.dec();
    },
    httpRequest: ({ method, route, code }) => http.inc({ method, route, code }),
    kubernetesRequest({ verb, resource, code, seconds }) {
      kubernetes.inc({ verb, resource, code });
      latencies.observe({ verb }, seconds);
    },
    kubernetesRetry: () => retries.inc(),
    cacheRequest: (cache, result) => caches.inc({ cache, result }),
    truncation: () => truncations.inc(),
    rateLimit: (decision) => rates.inc({ decision }),
    rateLimitFallback: () => fallbacks.inc(),
    auditEvent: (result) => audited.inc({ result }),
    authFailure: (reason) => refusals.inc({ reason }),
    shed: (reason) => shed.inc({ reason }),
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
