import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { renderedAlerts } from '../deployment/rendered-monitoring.ts';
import { aPrometheusServer, type PrometheusServer, type RaisedAlert } from '../support/prometheus-server.ts';
import { eventually, kubectl, script } from './bed.ts';
import { intoCluster } from './passage.ts';
import { aRunningRelease, podsOf, type RunningRelease, replicas } from './running-release.ts';

let release: RunningRelease;
let prometheus: PrometheusServer;
const toEnd: (() => Promise<unknown>)[] = [];

const targets = join(mkdtempSync(join(tmpdir(), 'kubemend-targets-')), 'targets.json');

/** Real pods of the chart, and a Prometheus in their network. */
beforeAll(async () => {
  release = await aRunningRelease('watched', () => ({ autoscaling: { enabled: false }, replicas: 2 }));
  toEnd.push(() => release.close());
  await found();
  prometheus = await aPrometheusServer({
    rules: inAHurry(renderedAlerts),
    scrape: { file_sd_configs: [{ files: [targets] }] },
    place: {
      enter: [script, 'exec', '--'],
      reach: (port) => intoCluster({ host: '127.0.0.1', port }),
    },
  });
  toEnd.push(() => prometheus[Symbol.asyncDispose]());
});

afterAll(async () => {
  for (const end of toEnd.toReversed()) await end();
});

interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: { readonly podIP: string };
  }[];
}

/** Tells Prometheus of the pods as a ServiceMonitor does: Debian's asks no API server. */
async function found(): Promise<void> {
  const of = ['-n', release.namespace, '-l', 'app.kubernetes.io/name=kubemend'];
  const { items } = JSON.parse(await kubectl('get', 'pods', ...of, '-o', 'json')) as Pods;
  const told = items.map(({ metadata: { name: pod }, status: { podIP } }) => ({
    targets: [`${podIP}:9090`],
    labels: { namespace: release.namespace, pod, job: 'kubemend' },
  }));
  writeFileSync(targets, JSON.stringify(told));
}

interface Rules {
  readonly groups: readonly { readonly rules: readonly object[] }[];
}

/** The rules with conditions that have to hold for 3 s, judged every second. */
function inAHurry(rules: string): string {
  const { groups } = parse(rules) as Rules;
  return stringify({
    groups: groups.map((group) => ({
      ...group,
      interval: '1s',
      rules: group.rules.map((rule) => ('for' in rule ? { ...rule, for: '3s' } : rule)),
    })),
  });
}

const firing = async (): Promise<readonly RaisedAlert[]> =>
  (await prometheus.alerts()).filter(({ state }) => state === 'firing');
const named = (name: string): Promise<RaisedAlert> =>
  eventually(
    async () => {
      const found = (await firing()).find(({ labels }) => labels['alertname'] === name);
      if (found === undefined) throw new Error(`${name} does not fire`);
      return found;
    },
    { seconds: 90 },
  );

describe('the rules of the chart, about its pods', () => {
  it('are silent while all is well', async () => {
    const pods = await podsOf(release.namespace);

    await eventually(async () =>
      expect((await prometheus.targets()).map(({ labels, health }) => [labels['pod'], labels['job'], health])).toEqual(
        expect.arrayContaining(pods.map((pod) => [pod, 'kubemend', 'up'])),
      ),
    );
    // Until the first scrape none was there.
    await eventually(async () => expect(await firing()).toEqual([]));
    expect(await prometheus.range('count(mcp_server_info)')).not.toEqual([]);
  });

  it("HighErrorRate names the pod that keeps failing calls, and nothing says that it is the service's fault", async () => {
    const token = await release.token('jane');
    for (let round = 0; round < 30; round++)
      await Promise.all([1, 2, 3].map(() => release.call('check_pod_health', { pod_name: 'nobody' }, token)));

    const { labels } = await named('HighErrorRate');

    expect(labels).toMatchObject({ namespace: release.namespace, job: 'kubemend', tool_name: 'check_pod_health' });
    expect(await podsOf(release.namespace)).toContain(labels['pod']);
    expect(new Set((await firing()).map(({ labels: { alertname } }) => alertname))).toEqual(new Set(['HighErrorRate']));
  });

  it('ServiceAbsent fires once no pod is left', async () => {
    await kubectl('scale', 'deployment/kubemend', '--replicas=0', '-n', release.namespace);
    await replicas(release.namespace, 0);
    await found();

    expect((await named('ServiceAbsent')).labels).toMatchObject({ severity: 'critical' });
  });
});
