import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadContexts } from '../../src/kubernetes/live/kubeconfig.ts';
import { createRest } from '../../src/kubernetes/live/rest.ts';
import { noMetrics } from '../../src/platform/metrics.ts';

const script = 'tests/e2e/cluster/cluster.sh';
const env = { ...process.env, NAME: 'http' };
export const namespace = 'crowd';
export const pods = 500;

const cluster = (args: readonly string[], input?: string): string =>
  execFileSync(script, args, { env, encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['pipe', 'pipe', 'ignore'], input });
const kubectl = (args: readonly string[], input?: string): string => cluster(['exec', '--', 'kubectl', ...args], input);

/** 500 pods that nobody schedules, as they come: with environment, probes, volumes. */
const crowd = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace },
  spec: {
    replicas: pods,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web', team: 'shop' }, annotations: { 'prometheus.io/scrape': 'true' } },
      spec: {
        schedulerName: 'nobody',
        containers: ['web', 'proxy'].map((name) => ({
          name,
          image: `registry.example/shop/${name}:1.24.3`,
          env: Array.from({ length: 8 }, (_, index) => ({ name: `SETTING_${index}`, value: `value-${index}` })),
          readinessProbe: { httpGet: { path: '/ready', port: 8080 } },
          resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '128Mi' } },
        })),
      },
    },
  },
};

/** What is asked for again and again. */
export const service = 'web';
const small = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: service, namespace: 'default' },
  spec: { selector: { app: 'nobody' }, ports: [{ port: 80 }] },
};

export interface Bed {
  readonly kubeconfig: string;
  /** Milliseconds of one read of all pods, as JSON, over a connection that is there. */
  readonly readDirectly: () => Promise<number>;
  readonly down: () => Promise<void>;
}

/** A real cluster with the pods in it. */
export async function startBed(): Promise<Bed> {
  cluster(['up']);
  const kubeconfig = cluster(['kubeconfig']).trim();
  const items = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, crowd, small];
  kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  while (kubectl(['get', 'pods', '-n', namespace, '-o', 'name']).trim().split('\n').length < pods) await sleep(1000);
  const [context] = await loadContexts({ path: kubeconfig, inCluster: false, allowExec: false, environment: {} });
  if (context === undefined) throw new Error('The kubeconfig is empty.');
  const rest = createRest({
    credentials: context.credentials,
    metrics: noMetrics,
    requestId: () => undefined,
    now: Date.now,
  });
  const signal = new AbortController().signal;
  return {
    kubeconfig,
    async readDirectly() {
      const began = performance.now();
      const path = `/api/v1/namespaces/${namespace}/pods`;
      const asking = { verb: 'list', resource: 'pods', namespace } as const;
      await rest.bytes({ asking, path, accept: 'application/json', cap: 2 ** 27 }, { signal });
      return performance.now() - began;
    },
    async down() {
      await rest.close();
      cluster(['down']);
    },
  };
}
