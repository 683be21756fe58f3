import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
import { queriesIn } from '../support/promql.ts';
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
    scrape: { static_configs: [{ targets: [service.metricsHost], labels: target }] },
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

const probe = (): Promise<number> =>
  fetch(`${service.url}/ready`).then(
    ({ status }) => status,
    () => 0,
  );

/** As a kubelet does. */
async function probed(): Promise<void> {
  while (!watched.signal.aborted) {
    await probe();
    await sleep(1_000);
  }
}

/** Those of a kubelet would take minutes to outnumber what was before. */
async function mostProbesSee(status: number): Promise<void> {
  await eventually(async () => expect(await probe()).toBe(status));
  for (let round = 0; round < 300; round++) await probe();
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
    await eventually(async () =>
      expect(await prometheus.targets()).toMatchObject([
        { labels: { ...target, instance: service.metricsHost }, health: 'up', lastError: '' },
      ]),
    );
    const traces = new Set(collector.spans.map(({ traceId }) => traceId));
    expect(labels.map((each) => each['trace_id']).filter((trace) => !traces.has(trace ?? ''))).toEqual([]);
  });
});

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}
const { panels } = JSON.parse(readFileSync('k8s/helm/kubemend/files/dashboard.json', 'utf8')) as {
  readonly panels: readonly Panel[];
};
const queries = panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr, legendFormat }) => [`${title} (${legendFormat})`, expr] as const),
);

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

  it.each(queries)('%s shows something, for all and for one', async (_title, query) => {
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

const runbooks = readdirSync('docs/runbooks').flatMap((page) =>
  queriesIn(readFileSync(join('docs/runbooks', page), 'utf8')).map((query) => [page, query] as const),
);

describe('runbooks', () => {
  it.each(runbooks)('%s asks what Prometheus understands: %s', async (_page, query) => {
    expect(await prometheus.range(query)).toEqual(expect.any(Array));
  });
});

describe('alerts, which have to hold for 3 s here and not for minutes', () => {
  it('are silent while all is well', async () => {
    // On a busy machine Redis, or a scrape, may once take longer than it has: that is told, and true, and over soon.
    await eventually(async () => expect(await prometheus.alerts()).toEqual([]));
  });

  it('HighErrorRate fires when one kind of error keeps coming, and says which and what to do', async () => {
    await Promise.all(Array.from({ length: 60 }, () => called('check_pod_health', { pod_name: 'nobody' })));

    const { labels, annotations } = await firing('HighErrorRate');

    expect(labels).toEqual({
      alertname: 'HighErrorRate',
      severity: 'warning',
      service: 'kubemend',
      ...target,
      instance: service.metricsHost,
      tool_name: 'check_pod_health',
      error_type: 'not_found',
    });
    expect(annotations).toEqual({
      summary: expect.stringMatching(/^kubemend: check_pod_health ends with not_found 0\.\d\d times a second$/),
      description: expect.any(String),
      runbook_url: expect.stringMatching(/\/docs\/runbooks\/HighErrorRate\.md$/),
    });
    expect(await raised('ErrorBudgetBurnFast')).toEqual([]);
  });

  it('RateLimitFallback fires while Redis is away, and calls are answered', async () => {
    await redis.signal('SIGKILL');
    const answered = await called('list_resources', { kind: 'pods' });
    await sleep(1_500);

    expect([answered, await called('list_resources', { kind: 'pods' })]).toEqual([200, 200]);
    expect((await firing('RateLimitFallback')).labels).toMatchObject({ pod: target.pod });
    await redis.start();
  });

  it('ReplicaNotReady fires while the API server is away, and ErrorBudgetBurnFast once calls fail of it', async () => {
    proxy.fault = 'close';
    await mostProbesSee(503);
    expect((await firing('ReplicaNotReady')).labels).toMatchObject({ pod: target.pod, severity: 'critical' });
    for (let round = 0; round < 10; round++) {
      expect(await called('list_resources', { kind: 'services' })).toBe(503);
      await sleep(500);
    }

    expect((await firing('ErrorBudgetBurnFast')).labels).toMatchObject({ job: 'kubemend', severity: 'critical' });
    proxy.fault = undefined;
    await mostProbesSee(200);
    await silent('ReplicaNotReady');
    expect(await called('list_resources', { kind: 'services' })).toBe(200);
  });

  it('ReplicaDown and ServiceAbsent fire once it is killed', async () => {
    expect(await raised('ReplicaDown')).toEqual([]);
    service.process.kill('SIGKILL');

    expect((await firing('ReplicaDown')).labels).toMatchObject({ pod: target.pod });
    expect((await firing('ServiceAbsent')).labels).toEqual({
      alertname: 'ServiceAbsent',
      severity: 'critical',
      service: 'kubemend',
    });
    expect(
      (await prometheus.alerts()).filter(({ annotations }) => /error expanding/i.test(JSON.stringify(annotations))),
    ).toEqual([]);
  });
});
