import { describe, expect, it } from 'vitest';
import { metricCatalogue } from '../../../src/platform/metric-catalogue.ts';
import { noMetrics } from '../../../src/platform/metrics.ts';
import { createPrometheusMetrics } from '../../../src/platform/prometheus.ts';
import { redactText } from '../../../src/platform/redact.ts';
import { runInRequest } from '../../../src/platform/request-context.ts';
import { aSpan } from '../../support/spans.ts';

const metrics = () =>
  createPrometheusMetrics({
    version: '1.2.3',
    nodeVersion: 'v24.0.0',
    tools: ['diagnose'],
    actions: ['restart_workload'],
  });
const exposed = async (of: ReturnType<typeof metrics>) => (await of.expose()).text.split('\n');

describe('createPrometheusMetrics', () => {
  it('starts every known series at 0', async () => {
    const lines = await exposed(metrics());

    expect(lines).toEqual(
      expect.arrayContaining([
        'mcp_tool_calls_total{tool_name="diagnose",status="success"} 0',
        'mcp_tool_calls_total{tool_name="diagnose",status="failure"} 0',
        'mcp_tool_errors_total{tool_name="diagnose",error_type="timeout"} 0',
        'mcp_tool_duration_seconds_count{tool_name="diagnose"} 0',
        'mcp_server_info{version="1.2.3",node_version="v24.0.0"} 1',
        'mcp_inflight_requests 0',
        'mcp_k8s_retries_total 0',
        'mcp_truncations_total 0',
        'mcp_heal_actions_total{action="restart_workload",outcome="planned",dry_run="true"} 0',
        'mcp_heal_actions_total{action="restart_workload",outcome="healthy",dry_run="false"} 0',
        'mcp_approvals_total{outcome="declined"} 0',
        'mcp_audit_events_total{result="failed"} 0',
        'mcp_redactions_total{rule="password"} 0',
        'mcp_redactions_total{rule="private-key"} 0',
      ]),
    );
  });

  it('shows what the catalogue has, as it has it, and nothing else of ours', async () => {
    const types = (await exposed(metrics())).flatMap((line) => /^# TYPE (mcp_\w+) (\w+)$/.exec(line)?.slice(1) ?? []);

    expect(types).toHaveLength(2 * Object.keys(metricCatalogue).length);
    expect(types).toEqual(
      expect.arrayContaining(Object.entries(metricCatalogue).flatMap(([name, { type }]) => [name, type])),
    );
  });

  it('has the buckets that alerts need', async () => {
    const bounds = (await exposed(metrics())).flatMap(
      (line) => /duration_seconds_bucket\{le="([\d.]+)"/.exec(line)?.[1] ?? [],
    );

    expect(bounds).toEqual(expect.arrayContaining(['0.1', '0.5', '1', '2', '5', '10', '30']));
  });

  it('counts calls, errors, requests and caches', async () => {
    const counted = metrics();
    const ended = counted.inFlight();

    counted.toolCall({ tool: 'diagnose', seconds: 0.3 });
    counted.toolCall({ tool: 'diagnose', seconds: 3, errorType: 'timeout' });
    counted.httpRequest({ method: 'GET', route: '/mcp', code: 200 });
    counted.kubernetesRequest({ verb: 'list', resource: 'pods', code: 200, seconds: 0.1 });
    counted.kubernetesWait(0.3);
    counted.kubernetesRetry();
    counted.cacheRequest('lists', 'hit');
    counted.truncation();

    const lines = await exposed(counted);
    ended();
    expect(lines).toEqual(
      expect.arrayContaining([
        'mcp_tool_calls_total{tool_name="diagnose",status="success"} 1',
        'mcp_tool_calls_total{tool_name="diagnose",status="failure"} 1',
        'mcp_tool_errors_total{tool_name="diagnose",error_type="timeout"} 1',
        'mcp_tool_duration_seconds_bucket{le="0.5",tool_name="diagnose"} 1',
        'mcp_http_requests_total{method="GET",route="/mcp",code="200"} 1',
        'mcp_k8s_requests_total{verb="list",resource="pods",code="200"} 1',
        'mcp_k8s_request_duration_seconds_count{verb="list"} 1',
        'mcp_k8s_rate_limiter_duration_seconds_bucket{le="0.5"} 1',
        'mcp_k8s_retries_total 1',
        'mcp_cache_requests_total{cache="lists",result="hit"} 1',
        'mcp_truncations_total 1',
        'mcp_inflight_requests 1',
      ]),
    );
    expect(await exposed(counted)).toContain('mcp_inflight_requests 0');
  });

  it('counts what was decided about actions, and secrets that were taken out anywhere', async () => {
    const counted = metrics();

    counted.healAction('restart_workload', 'planned');
    counted.healAction('restart_workload', 'applying');
    counted.approval('approved');
    redactText('password=hunter2hunter2 Authorization: Bearer abcdefabcdef');

    expect(await exposed(counted)).toEqual(
      expect.arrayContaining([
        'mcp_heal_actions_total{action="restart_workload",outcome="planned",dry_run="true"} 1',
        'mcp_heal_actions_total{action="restart_workload",outcome="applying",dry_run="false"} 1',
        'mcp_approvals_total{outcome="approved"} 1',
        'mcp_redactions_total{rule="password"} 1',
        'mcp_redactions_total{rule="authorization"} 1',
      ]),
    );
  });

  it('shows the process as well, and how its event loop lags', async () => {
    const text = (await exposed(metrics())).join('\n');

    expect(text).toContain('process_cpu_seconds_total');
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
  });
});

describe('as OpenMetrics', () => {
  const accept = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5';
  const inSpan = (sampled: boolean, work: () => void) => {
    const trace = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', sampled };
    runInRequest({ requestId: 'r', span: aSpan(trace) }, work);
  };

  it('is what it is asked for, with the trace of a call beside its time', async () => {
    const counted = metrics();
    inSpan(true, () => counted.toolCall({ tool: 'diagnose', seconds: 0.3 }));
    inSpan(false, () => counted.toolCall({ tool: 'diagnose', seconds: 3 }));

    const { contentType, text } = await counted.expose(accept);

    expect(contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(text).toContain('# TYPE mcp_tool_calls counter');
    expect(text).toContain('mcp_tool_calls_total{tool_name="diagnose",status="success"} 2');
    expect(text).toMatch(
      /^mcp_tool_duration_seconds_bucket\{le="0.5",tool_name="diagnose"\} 1 # \{trace_id="0af7651916cd43dd8448eb211c80319c",span_id="b7ad6b7169203331"\} 0.3 [\d.]+$/m,
    );
    expect(text.match(/ # \{/g)).toHaveLength(1);
    expect(text.endsWith('# EOF\n')).toBe(true);
  });

  it('leaves the format of Prometheus as it is, scraped before, after and at once', async () => {
    const counted = metrics();
    inSpan(true, () => counted.toolCall({ tool: 'diagnose', seconds: 0.3 }));
    const names = ({ text }: { text: string }) => text.match(/^# TYPE .*$/gm);

    const [before, , beside, after] = [
      await counted.expose(),
      ...(await Promise.all([counted.expose(accept), counted.expose()])),
      await counted.expose('text/plain'),
    ];

    expect(before?.text).not.toContain('trace_id');
    expect([before, beside, after].map((each) => each?.contentType)).toEqual(
      Array.from({ length: 3 }, () => 'text/plain; version=0.0.4; charset=utf-8'),
    );
    expect(names(beside ?? { text: '' })).toEqual(names(before ?? { text: '' }));
    expect(names(after ?? { text: '' })).toEqual(names(before ?? { text: '' }));
  });
});

describe('noMetrics', () => {
  it('counts nothing', () => {
    noMetrics.toolCall({ tool: 'x', seconds: 1 });
    noMetrics.httpRequest({ method: 'GET', route: '/', code: 200 });
    noMetrics.kubernetesRequest({ verb: 'get', resource: 'pods', code: 'error', seconds: 1 });
    noMetrics.kubernetesWait(0);
    noMetrics.kubernetesRetry();
    noMetrics.cacheRequest('lists', 'miss');
    noMetrics.truncation();

    expect(noMetrics.inFlight()()).toBeUndefined();
  });
});
