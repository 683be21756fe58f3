import { describe, expect, it } from 'vitest';
import { noMetrics } from '../../../src/platform/metrics.ts';
import { createPrometheusMetrics } from '../../../src/platform/prometheus.ts';

const metrics = () => createPrometheusMetrics({ version: '1.2.3', nodeVersion: 'v24.0.0', tools: ['diagnose'] });
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
      ]),
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
        'mcp_k8s_retries_total 1',
        'mcp_cache_requests_total{cache="lists",result="hit"} 1',
        'mcp_truncations_total 1',
        'mcp_inflight_requests 1',
      ]),
    );
    expect(await exposed(counted)).toContain('mcp_inflight_requests 0');
  });

  it('shows the process as well', async () => {
    expect((await exposed(metrics())).join('\n')).toContain('process_cpu_seconds_total');
  });
});

describe('noMetrics', () => {
  it('counts nothing', () => {
    noMetrics.toolCall({ tool: 'x', seconds: 1 });
    noMetrics.httpRequest({ method: 'GET', route: '/', code: 200 });
    noMetrics.kubernetesRequest({ verb: 'get', resource: 'pods', code: 'error', seconds: 1 });
    noMetrics.kubernetesRetry();
    noMetrics.cacheRequest('lists', 'miss');
    noMetrics.truncation();

    expect(noMetrics.inFlight()()).toBeUndefined();
  });
});
