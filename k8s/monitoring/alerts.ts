import { objectiveGroup } from './objective.ts';
import type { Alert, RuleGroup } from './rule.ts';
import { seriesWhere } from './series.ts';

const { of, buckets } = seriesWhere();
/** Of which program a target is, whatever the jobs are called. */
const ours = `on (namespace, job, instance) ${of('mcp_server_info')}`;
/** All labels of the target stay, such as `pod`. */
const probes = (matching: { readonly code?: string }): string =>
  `sum without (method, route, code) (rate(${of('mcp_http_requests_total', { route: '/ready', ...matching })}[2m]))`;

/** Above what the objective says. The first two are as the product's contract has them. */
const symptoms: readonly Alert[] = [
  {
    alert: 'HighErrorRate',
    severity: 'warning',
    expr: `rate(${of('mcp_tool_errors_total')}[5m]) > 0.1`,
    for: '5m',
    summary:
      'kubemend: {{ $labels.tool_name }} ends with {{ $labels.error_type }} {{ $value | printf "%.2f" }} times a second',
    description:
      'One kind of error keeps coming from one replica. It may be a caller in a loop, or a failure of the service.',
  },
  {
    alert: 'HighLatency',
    severity: 'warning',
    expr: `histogram_quantile(0.95, sum by (namespace, job, le) (rate(${buckets('mcp_tool_duration_seconds')}[5m]))) > 5`,
    for: '10m',
    summary: 'kubemend: one call in twenty takes more than {{ $value | humanizeDuration }}',
    description: 'Callers wait. Calls end after 45 s at the latest, and those that hold places keep others out.',
  },
];

const replicas: readonly Alert[] = [
  {
    alert: 'ServiceAbsent',
    severity: 'critical',
    expr: `absent(${of('mcp_server_info')})`,
    for: '5m',
    summary: 'kubemend: no replica is scraped',
    description: 'Either no replica runs, or Prometheus cannot reach or find them; the other alerts see nothing then.',
  },
  {
    alert: 'ReplicaDown',
    severity: 'warning',
    // It tells nothing of itself any more: whose it is was said within a day.
    expr: `${of('up')} == 0 and on (namespace, job, instance) last_over_time(${of('mcp_server_info')}[1d])`,
    for: '5m',
    summary: 'kubemend: {{ $labels.instance }} is not scraped',
    description:
      'A replica that is still expected does not answer on its port for metrics. The others serve its callers.',
  },
  {
    alert: 'ReplicaNotReady',
    severity: 'critical',
    expr: `${probes({ code: '503' })} / ${probes({})} > 0.5`,
    for: '5m',
    summary: 'kubemend: {{ $labels.instance }} is not ready',
    description: 'It runs and gets no calls: the API server, or the identity provider, does not answer it.',
  },
  {
    alert: 'EventLoopLag',
    severity: 'warning',
    expr: `${of('nodejs_eventloop_lag_p99_seconds')} > 0.5 and ${ours}`,
    for: '10m',
    summary: 'kubemend: {{ $labels.instance }} keeps everything waiting for {{ $value | humanizeDuration }}',
    description: 'The processor is not enough for what is asked: all calls of this replica wait, and probes may fail.',
  },
];

const dependencies: readonly Alert[] = [
  {
    alert: 'IdentityProviderUnavailable',
    severity: 'critical',
    expr: `rate(${of('mcp_auth_failures_total', { reason: 'unavailable' })}[5m]) > 0`,
    for: '5m',
    summary: 'kubemend: {{ $labels.instance }} cannot tell whose tokens it is sent',
    description: 'Callers get 503. The identity provider, or TokenReview of the API server, does not answer.',
  },
  {
    alert: 'CredentialsRefused',
    severity: 'critical',
    expr: `sum without (verb, resource, code) (rate(${of('mcp_k8s_requests_total', { code: '401' })}[5m])) > 0`,
    for: '10m',
    summary: 'kubemend: the API server does not accept the credentials of {{ $labels.instance }}',
    description: 'Callers are told permission_denied whatever they may do, which the objective does not count.',
  },
  {
    alert: 'RateLimitFallback',
    severity: 'warning',
    expr: `rate(${of('mcp_rate_limit_fallback_total')}[5m]) > 0`,
    for: '5m',
    summary: 'kubemend: {{ $labels.instance }} counts calls without Redis',
    description: 'Each replica lets a tenth of the limit through, and nothing can be approved until Redis answers.',
  },
];

const changes: readonly Alert[] = [
  {
    alert: 'AuditFailing',
    severity: 'critical',
    expr: `increase(${of('mcp_audit_events_total', { result: 'failed' })}[5m]) > 0`,
    for: '1m',
    summary: 'kubemend: {{ $labels.instance }} cannot write its audit',
    description: 'What was asked is not on record, and nothing can be changed until it is.',
  },
  {
    alert: 'ActionFailed',
    severity: 'warning',
    expr: `increase(${of('mcp_heal_actions_total', { outcome: 'failed' })}[15m]) > 0`,
    summary: 'kubemend: {{ $labels.action }} did not mend its workload, and was not taken back',
    description: 'A change was written to the cluster and its target is not healthy.',
  },
];

export const ruleGroups: readonly RuleGroup[] = [
  objectiveGroup,
  { name: 'kubemend-symptoms', rules: symptoms },
  { name: 'kubemend-replicas', rules: replicas },
  { name: 'kubemend-dependencies', rules: dependencies },
  { name: 'kubemend-changes', rules: changes },
];

/** All alerts; those with several windows once for each. */
export const alerts: readonly Alert[] = ruleGroups.flatMap(({ rules }) =>
  rules.flatMap((rule) => ('alert' in rule ? [rule] : [])),
);
