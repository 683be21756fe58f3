import { type Ended, kubectl, run, script } from '../bed.ts';
import { version } from './image.ts';

/** Manifests of the service in a pod that Pod Security `restricted` lets in, with a ServiceAccount of its own, and a caller's. */
export const serviceIn = (namespace: string, flags: readonly string[]): string =>
  listOf([
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'kubemend' } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'caller' } },
    // To ask who calls and what they may: tokenreviews and subjectaccessreviews.
    binding('ClusterRoleBinding', `kubemend-${namespace}`, 'system:auth-delegator', [account(namespace, 'kubemend')]),
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'kubemend', labels: { app: 'kubemend' } },
      spec: {
        serviceAccountName: 'kubemend',
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'kubemend',
            image: `ghcr.io/kubemend/kubemend:${version}`,
            args: ['serve', '--http', '--host', '0.0.0.0', '--auth', 'tokenreview', ...flags],
            resources: { requests: { memory: '256Mi', cpu: '100m' }, limits: { memory: '512Mi', cpu: '500m' } },
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
            // Asked every second until it is ready for the first time.
            startupProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 1, failureThreshold: 60 },
            livenessProbe: { httpGet: { path: '/health', port: 8080 }, periodSeconds: 10 },
            readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 5 },
          },
        ],
      },
    },
  ]);

/** What a diagnosis of one namespace reads, for those who serve and for those who call. */
export const readersOf = (namespace: string, from: string): string =>
  listOf([
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'kubemend', namespace },
      rules: [
        reading('', 'pods', 'pods/log', 'services', 'configmaps', 'events', 'persistentvolumeclaims', 'resourcequotas'),
        reading('', 'limitranges', 'serviceaccounts', 'endpoints', 'replicationcontrollers'),
        reading('apps', 'deployments', 'replicasets', 'statefulsets', 'daemonsets', 'controllerrevisions'),
        reading('batch', 'jobs', 'cronjobs'),
        reading('autoscaling', 'horizontalpodautoscalers'),
        reading('policy', 'poddisruptionbudgets'),
        reading('discovery.k8s.io', 'endpointslices'),
        reading('networking.k8s.io', 'ingresses', 'networkpolicies'),
      ],
    },
    {
      ...binding('RoleBinding', 'kubemend', 'kubemend', [account(from, 'kubemend'), account(from, 'caller')]),
      metadata: { name: 'kubemend', namespace },
    },
  ]);

const listOf = (items: readonly object[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
const account = (namespace: string, name: string) => ({ kind: 'ServiceAccount', namespace, name });
const reading = (group: string, ...resources: readonly string[]) => ({
  apiGroups: [group],
  resources,
  verbs: ['get', 'list'],
});
const binding = (kind: `${'Cluster' | ''}RoleBinding`, name: string, role: string, subjects: readonly object[]) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: kind.replace('Binding', ''), name: role },
  subjects,
});

/** A Service in front of it; prints its address. */
export async function addressFor(namespace: string): Promise<string> {
  await kubectl('create', 'service', 'clusterip', 'kubemend', '--tcp=8080:8080', '--tcp=9090:9090', '-n', namespace);
  return kubectl('get', 'service', 'kubemend', '-n', namespace, '-o', 'jsonpath={.spec.clusterIP}');
}

interface Usage {
  readonly memoryBytes: number;
  readonly mostBytes: number;
  readonly cpuMs: number;
}

export const usageOf = async (namespace: string): Promise<Usage> =>
  inNode('pod-process.ts', 'usage', namespace, 'kubemend');
export const startOf = async (namespace: string): Promise<{ readonly readyMs: number }> =>
  inNode('pod-process.ts', 'start', namespace, 'kubemend');

interface Loaded {
  readonly statuses: Readonly<Record<string, number>>;
  readonly errors: number;
  readonly p99: number;
}

export const loaded = async (url: string, ...words: readonly string[]): Promise<Loaded> =>
  inNode('load.ts', url, ...words);

/** One call from within the cluster's network. */
export async function posted(url: string, token: string, body: object): Promise<Record<string, unknown>> {
  const headers = ['-H', `authorization: Bearer ${token}`, '-H', 'content-type: application/json'];
  const { stdout } = await inCluster('curl', '-sS', ...headers, '-d', JSON.stringify(body), url);
  return JSON.parse(stdout) as Record<string, unknown>;
}

export const inCluster = (...words: readonly string[]): Promise<Ended> => run(script, ['exec', '--', ...words]);

async function inNode<T>(file: string, ...words: readonly string[]): Promise<T> {
  const { status, stdout, stderr } = await inCluster(process.execPath, `tests/e2e/image/${file}`, ...words);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as T;
}
