/**
 * A real cluster with nodes and pods that kwok plays: real objects, no containers. Broken pods run on the real node.
 */
import { execFileSync, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { aFakeNode } from '../../tests/support/fake-node.ts';

const script = 'tests/e2e/cluster/cluster.sh';
export const clusterName = 'scale';
const env = { ...process.env, NAME: clusterName };

/** Workloads of one size, as many as needed: what a platform with many teams looks like. */
export const replicas = 100;
const workloadsPerNamespace = 5;
/** Broken pods: one workload of each fault in each of these, among as many healthy pods of the same namespace. */
export const troubledNamespaces = ['trouble-0', 'trouble-1', 'trouble-2', 'trouble-3', 'trouble-4'];

const calmPods = 40;
/** Healthy and broken ones that are there before it grows. */
export const podsFromStart = troubledNamespaces.length * (calmPods + 10);

const cluster = (args: readonly string[], input?: string): string =>
  execFileSync(script, args, { env, encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['pipe', 'pipe', 'ignore'], input });
const kubectl = (...args: string[]): string => cluster(['exec', '--', 'kubectl', ...args]);
const apply = (objects: readonly object[]): string =>
  cluster(
    ['exec', '--', 'kubectl', 'apply', '-f', '-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
  );

export interface Bed {
  readonly kubeconfig: string;
  /** Makes healthy workloads until there are so many pods, and waits until all are ready. */
  readonly grow: (pods: number) => Promise<void>;
  readonly down: () => void;
}

/** Starts the cluster, kwok and the nodes, and breaks 50 pods. */
export async function startBed(nodes: number): Promise<Bed> {
  cluster(['up']);
  cluster(['build', 'kwok']);
  const kwok = startKwok();
  apply(Array.from({ length: nodes }, (_, index) => nodeOf(index)));
  await until(() => kubectl('get', 'nodes', '-l', 'type=kwok', '--no-headers').match(/ Ready /g)?.length === nodes);
  apply(troubledNamespaces.map(namespaceOf));
  apply(troubledNamespaces.flatMap((namespace) => [...troubleIn(namespace), ...healthy(namespace, 'calm', calmPods)]));
  let made = 0;
  return {
    kubeconfig: cluster(['kubeconfig']).trim(),
    grow: async (pods) => {
      for (; made * replicas < pods; made++) {
        const namespace = `team-${Math.floor(made / workloadsPerNamespace)}`;
        apply([namespaceOf(namespace), ...healthy(namespace, `service-${made}`, replicas)]);
      }
      await until(() => allReady(), 1_800);
    },
    down: () => {
      kwok.kill();
      cluster(['down']);
    },
  };
}

/** The stages that make a node or a pod ready at once are files of kwok's own module. */
function startKwok() {
  const module = execFileSync('go', ['list', '-m', '-f', '{{.Dir}}', 'sigs.k8s.io/kwok'], {
    cwd: 'tests/e2e/cluster/kwok',
    encoding: 'utf8',
  }).trim();
  const stages = ['node/fast', 'node/heartbeat-with-lease', 'pod/fast'].flatMap((stage) => [
    '--config',
    `${module}/kustomize/stage/${stage}`,
  ]);
  const binary = execFileSync(
    'bash',
    ['-c', 'ls -d "${CLUSTER_CACHE:-$HOME/.cache/kubemend}"/bin/kwok-*/kwok | tail -n 1'],
    {
      encoding: 'utf8',
    },
  ).trim();
  const flags = ['--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake', '--node-lease-duration-seconds=24'];
  return spawn(script, ['exec', '--', binary, ...flags, ...stages], { env, stdio: 'ignore' });
}

async function until(isSo: () => boolean, seconds = 300): Promise<void> {
  const end = Date.now() + seconds * 1_000;
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain`);
    await sleep(3_000);
  }
}

const allReady = (): boolean =>
  kubectl('get', 'deployments', '-A', '-l', 'state=healthy', '--no-headers')
    .trim()
    .split('\n')
    .every((line) => {
      const [ready, wanted] = (line.split(/\s+/)[2] ?? '').split('/');
      return ready === wanted;
    });

const namespaceOf = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

const nodeOf = (index: number) =>
  aFakeNode(
    `kwok-${index}`,
    { cpu: '32', memory: '256Gi', pods: '250' },
    { type: 'kwok', 'kubernetes.io/arch': 'amd64' },
  );

/** A Deployment and its Service, of the size that a templated chart has. */
function healthy(namespace: string, name: string, count: number) {
  const labels = {
    app: name,
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/part-of': namespace,
    'app.kubernetes.io/version': '1.4.2',
  };
  const container = {
    name: 'app',
    image: 'nginx:1.27',
    ports: [{ name: 'http', containerPort: 8080 }],
    env: Array.from({ length: 12 }, (_, index) => ({ name: `SETTING_${index}`, value: `value-${index}` })),
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
    readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
    livenessProbe: { httpGet: { path: '/live', port: 'http' } },
  };
  const spec = {
    nodeSelector: { type: 'kwok' },
    tolerations: [{ key: 'kwok.x-k8s.io/node', operator: 'Exists', effect: 'NoSchedule' }],
    containers: [container],
  };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace, labels: { ...labels, state: 'healthy' } },
      spec: { replicas: count, selector: { matchLabels: { app: name } }, template: { metadata: { labels }, spec } },
    },
    serviceOf(namespace, name),
  ];
}

const serviceOf = (namespace: string, name: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] },
});

/** Ten broken pods: five faults, twice each. */
const troubleIn = (namespace: string): readonly object[] =>
  Object.entries(faults).flatMap(([name, { pod = {}, ...container }]) => [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: {
            ...pod,
            terminationGracePeriodSeconds: 0,
            containers: [{ name: 'app', image: 'busybox:1.36', command: ['sleep', '1000000'], ...container }],
          },
        },
      },
    },
    serviceOf(namespace, name),
  ]);

/** The rule that has to name each. */
export const faults: Readonly<Record<string, Readonly<Record<string, unknown>> & { readonly pod?: object }>> = {
  'image-tag-not-found': { image: 'nginx:1.72' },
  'config-object-missing': { envFrom: [{ configMapRef: { name: 'settings' } }] },
  'crash-app-error': { command: ['sh', '-c', 'echo "fatal: no licence" >&2; exit 3'] },
  'probe-connection-refused': {
    readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 2 },
  },
  'pod-unschedulable-node-affinity': { pod: { nodeSelector: { disk: 'fast' } } },
};
