import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alertsFile } from '../../scripts/generate-alerts.ts';
import type { FaultProxy } from '../support/fault-proxy.ts';
import { anOtlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts';
import {
  aPrometheusServer,
  type Labels,
  type PrometheusServer,
  type RaisedAlert,
} from '../support/prometheus-server.ts';
import { aRedisServer, type RedisServer } from '../support/redis-server.ts';
import { apply, aService, eventually, type Service } from './bed.ts';
import { aDetour } from './detour.ts';
import { type Healer, healersOf } from './healer.ts';
import { aWorkload } from './workloads.ts';

const healers = healersOf('monitoring');
let healer: Healer;
let proxy: FaultProxy;
let redis: RedisServer;
let collector: OtlpReceiver;
let service: Service;
let prometheus: PrometheusServer;
const watched = new AbortController();

/** As a ServiceMonitor has them. */
const target = { namespace: 'tools', job: 'kubemend', pod: 'kubemend-0' };

beforeAll(async () => {
  const detour = await aDetour();
  ({ proxy } = detour);
  [healer, redis, collector] = await Promise.all([healers.in('heal'), aRedisServer(), anOtlpReceiver()]);
  await apply(healer.namespace, aWorkload('web', { replicas: 1 }));
  service = await aService(['--heal', '--k8s-cache-ttl', '2'], {
    ...healer.env,
    KUBECONFIG: detour.kubeconfig,
    REDIS_URL: redis.url,
    RATE_LIMIT_REQUESTS: '100000',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: '50',
  });
  prometheus = await aPrometheusServer({
    targets: { [service.metricsHost]: target },
    rules: alertsFile({ for: '3s', interval: '1s' }),
  });
  void probed();
});

afterAll(async () => {
  watched.abort();
  await prometheus[Symbol.asyncDispose]();
  await service.stop();
  await Promise.all([redis[Symbol.asyncDispose](), proxy[Symbol.asyncDispose](), collector.close(), healers.end()]);
});

/** As a kubelet probes it. */
async function probed(): Promise<void> {
  while (!watched.signal.aborted) {
    await fetch(`${service.url}/ready`).catch(() => {});
    await sleep(500);
  }
}

async function called(tool: string, input: object): Promise<number> {
  const response = await fetch(`${service.url}/api/v1/tools/${tool}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ namespace: healer.namespace, ...input }),
  });
  await response.arrayBuffer();
  return response.status;
}

const raised = async (name: string, state: RaisedAlert['state'] = 'firing'): Promise<readonly RaisedAlert[]> =>
  (await prometheus.alerts()).filter((alert) => alert.labels['alertname'] === name && alert.state === state);
/** Waits until it fires; with the first of them. */
const firing = (name: string): Promise<RaisedAlert> =>
  eventually(
    async () => {
      const [alert] = await raised(name);
      if (alert === undefined) throw new Error(`${name} does not fire`);
      return alert;
    },
    { pause: 500 },
  );
const silent = (name: string): Promise<void> =>
  eventually(async () => expect(await raised(name)).toEqual([]), { pause: 500 });

describe('a Prometheus that scrapes the service on the cluster', () => {
  it('takes all that it tells, with exemplars that are traces of calls', async () => {
    expect(await called('diagnose', {})).toBe(200);

    const labels = await eventually(async () => {
      const found = await prometheus.exemplars('mcp_tool_duration_seconds_bucket{tool_name="diagnose"}');
      expect(found).not.toEqual([]);
      return found;
    });
    expect(await prometheus.targets()).toMatchObject([
      { labels: { ...target, instance: service.metricsHost }, health: 'up', lastError: '' },
    ]);
    const traces = collector.spans.map(({ traceId }) => traceId);
    expect(labels.map((each) => each['trace_id']).filter((trace) => !traces.includes(trace ?? ''))).toEqual([]);
  });
});

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}
const { panels } = JSON.parse(readFileSync('k8s/helm/kubemend/files/dashboard.json', 'utf8')) as {
  readonly panels: readonly Panel[];
};
const queries = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const));

/** As Grafana puts them in: a rate over four scrapes at least. */
const substituted = (query: string, chosen: Labels): string =>
  query
    .replaceAll('$__rate_interval', '16s')
    .replaceAll('$__range', '60s')
    .replaceAll(/\$(namespace|job)\b/g, (_all, name: string) => chosen[name] ?? '');

describe('the dashboard', () => {
  beforeAll(async () => {
    for (let round = 0; round < 5; round++) {
      await called('diagnose', {});
      await called('list_resources', { kind: 'pods' });
      await called('restart_workload', { object: 'deployment/web' });
      await sleep(1_000);
    }
  });

  it.each(queries)('%s: %s shows something, for all and for one', async (_title, query) => {
    for (const chosen of [
      { namespace: '.*', job: '.*' },
      { namespace: 'tools', job: 'kubemend' },
    ]) {
      const answers = await prometheus.range(substituted(query, chosen));
      expect(answers.flatMap(({ values }) => values).filter(([, value]) => value !== 'NaN')).not.toEqual([]);
    }
  });

  it('shows nothing of others', async () => {
    const answers = await Promise.all(
      queries.map(([, query]) => prometheus.range(substituted(query, { namespace: 'other', job: '.*' }))),
    );

    expect(answers.flat()).toEqual([]);
  });
});
