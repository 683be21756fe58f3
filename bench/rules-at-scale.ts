/**
 * `node bench/rules-at-scale.ts`: the rules over a synthetic cluster of 1,000 nodes and 150,000 pods in memory, healthy
 * and with 20,000 of them pending, against the same at half the size. Pods of one workload share their spec, as the
 * text of a template would not: memory is that of the process, not of a collected snapshot. Times are of the processor.
 */
import { spawnSync } from 'node:child_process';
import { diagnose } from '../src/engines/diagnosis/diagnose.ts';
import { rules } from '../src/engines/diagnosis/rules/index.ts';
import type { KubernetesObject, ObjectMeta } from '../src/engines/objects.ts';
import { nextReads } from '../src/engines/reads.ts';
import { indexSnapshot } from '../src/engines/snapshot.ts';
import type { SnapshotData } from '../src/engines/snapshot-data.ts';
import { ms, type Row, table } from './measure.ts';

const now = Date.parse('2026-01-02T03:04:05Z');
const before = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();
const podsPerWorkload = 10;
const workloadsPerNamespace = 100;

interface Size {
  readonly nodes: number;
  readonly pods: number;
  readonly pending: number;
}

const named = (
  kind: string,
  apiVersion: string,
  name: string,
  metadata: object = {},
  fields: object = {},
): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, uid: `uid-${kind}-${name}`, creationTimestamp: before(600), ...metadata },
  ...fields,
});

/** What a template says of its pods. */
interface Placed {
  readonly containers: readonly object[];
  readonly tolerations: readonly object[];
}

/** Every tenth node is cordoned; the others are full. */
const nodesOf = (count: number): readonly KubernetesObject[] =>
  Array.from({ length: count }, (_, index) => {
    const labels = { 'kubernetes.io/hostname': `node-${index}`, 'topology.kubernetes.io/zone': `zone-${index % 3}` };
    return named(
      'Node',
      'v1',
      `node-${index}`,
      { labels },
      {
        spec: index % 10 === 0 ? { unschedulable: true } : {},
        status: {
          allocatable: { cpu: '16', memory: '64Gi', pods: '180' },
          conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: before(600) }],
        },
      },
    );
  });

function workloadOf(index: number, { nodes, pods, pending }: Size): readonly KubernetesObject[] {
  const namespace = `ns-${Math.floor(index / workloadsPerNamespace)}`;
  const name = `web-${index}`;
  const waits = index * podsPerWorkload >= pods - pending;
  const labels = { app: name, 'pod-template-hash': '5c8f7d9b6' };
  const placed = {
    containers: [
      {
        name: 'app',
        image: `registry.example/web:${index}`,
        ports: [{ containerPort: 8080 }],
        resources: { requests: { cpu: '100m', memory: '300Mi' }, limits: { memory: '300Mi' } },
        readinessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 10 },
      },
    ],
    tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' }],
  };
  const owned = (kind: string, owner: string) => ({
    namespace,
    labels,
    ownerReferences: [{ apiVersion: 'apps/v1', kind, name: owner, uid: `uid-${kind}-${owner}`, controller: true }],
  });
  const spec = {
    replicas: podsPerWorkload,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels }, spec: placed },
  };
  const ready = waits ? 0 : podsPerWorkload;
  const status = { replicas: podsPerWorkload, readyReplicas: ready, availableReplicas: ready, observedGeneration: 1 };
  const available = [{ type: 'Available', status: waits ? 'False' : 'True', lastTransitionTime: before(30) }];
  const replicaSet = `${name}-5c8f7d9b6`;
  const conditioned = { ...status, conditions: available };
  const slice = { namespace, labels: { 'kubernetes.io/service-name': name } };
  const endpoints = waits ? [] : [{ addresses: ['10.0.0.1'], conditions: { ready: true } }];
  const ports = [{ port: 80, targetPort: 8080 }];
  return [
    named('Deployment', 'apps/v1', name, { namespace }, { spec, status: conditioned }),
    named('ReplicaSet', 'apps/v1', replicaSet, owned('Deployment', name), { spec, status }),
    ...Array.from({ length: podsPerWorkload }, (_, replica) => {
      const nodeName = `node-${(index * podsPerWorkload + replica) % nodes}`;
      const fields = waits ? waiting(placed, nodes) : running(placed, nodeName);
      return podOf(`${replicaSet}-${replica}`, owned('ReplicaSet', replicaSet), fields);
    }),
    named('Service', 'v1', name, { namespace }, { spec: { selector: { app: name }, ports } }),
    named('EndpointSlice', 'discovery.k8s.io/v1', `${name}-abcde`, slice, { endpoints }),
  ];
}

/** Field by field, as a parser makes objects: what is spread into one lies apart from it, and takes 70 bytes more. */
const podOf = (
  name: string,
  { namespace, labels, ownerReferences }: Pick<ObjectMeta, 'namespace' | 'labels' | 'ownerReferences'>,
  { spec, status }: { readonly spec: object; readonly status: object },
): KubernetesObject & { readonly spec: object; readonly status: object } => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, uid: `uid-Pod-${name}`, creationTimestamp: before(600), namespace, labels, ownerReferences },
  spec,
  status,
});

const running = ({ containers, tolerations }: Placed, nodeName: string) => ({
  spec: { containers, tolerations, nodeName },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: before(590) }],
    containerStatuses: [{ name: 'app', ready: true, restartCount: 0, state: { running: { startedAt: before(599) } } }],
  },
});

const waiting = (spec: Placed, nodes: number) => ({
  spec,
  status: {
    phase: 'Pending',
    conditions: [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        lastTransitionTime: before(30),
        message: `0/${nodes} nodes are available: ${nodes / 10} node(s) were unschedulable, ${nodes - nodes / 10} Insufficient cpu.`,
      },
    ],
  },
});

function clusterOf(size: Size): SnapshotData {
  const workloads = Array.from({ length: size.pods / podsPerWorkload }, (_, index) => workloadOf(index, size)).flat();
  const namespaces = new Set(workloads.flatMap(({ metadata }) => metadata.namespace ?? []));
  const objects = [
    ...nodesOf(size.nodes),
    ...[...namespaces].map((name) => named('Namespace', 'v1', name)),
    ...workloads,
  ];
  const kinds = [...new Set(objects.map(({ kind }) => kind)), 'Event', 'PersistentVolumeClaim', 'Ingress', 'Job'];
  return {
    takenAt: new Date(now).toISOString(),
    source: 'live',
    cluster: 'synthetic',
    scope: {},
    objects,
    heads: [],
    podRows: [],
    logs: [],
    reads: kinds.map((kind) => ({ read: { verb: 'list', kind, as: 'full' }, outcome: 'ok' })),
    cost: { requests: 0, bytes: 0, durationMs: 0 },
  };
}

/** Milliseconds of the processor. */
function timed(work: () => unknown): number {
  const { user: began } = process.cpuUsage();
  work();
  return (process.cpuUsage().user - began) / 1000;
}

/** The rules that take longest on their own, over indexes that are made already. */
function slowest(data: SnapshotData, count: number): string {
  const snapshot = indexSnapshot(data);
  const times = rules.map((rule) => ({ id: rule.id, took: timed(() => rule.check(snapshot, [])) }));
  const worst = times.toSorted((a, b) => b.took - a.took).slice(0, count);
  return worst.map(({ id, took }) => `${id} ${ms(took)}`).join(', ');
}

function measure(what: string, size: Size): Row {
  const data = clusterOf(size);
  const reading = timed(() => nextReads(data));
  const whole = timed(() => diagnose(data));
  if (process.argv.includes('--slowest')) console.error(`${what}: ${slowest(data, 12)}`);
  const peak = `${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`;
  return {
    what,
    measured: `${ms(whole)}, next reads ${ms(reading)}, peak of the process ${peak}`,
    limit: '5 s, 512 MiB',
    aim: '',
  };
}

const sizes: readonly Size[] = [
  { nodes: 500, pods: 75_000, pending: 0 },
  { nodes: 1_000, pods: 150_000, pending: 0 },
  { nodes: 500, pods: 75_000, pending: 10_000 },
  { nodes: 1_000, pods: 150_000, pending: 20_000 },
];

const count = (value: number): string => value.toLocaleString('en');
const chosen = sizes[Number(process.argv[2] ?? -1)];

if (chosen === undefined) {
  // A process each: the peak is of one size alone.
  const own = (index: number) => [import.meta.filename, String(index), ...process.argv.slice(2)];
  const run = (index: number) =>
    spawnSync(process.execPath, own(index), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  console.log(table([]));
  for (const index of sizes.keys()) process.stdout.write(run(index).stdout);
} else {
  const { pods, nodes, pending } = chosen;
  const what = `rules over ${count(pods)} pods on ${count(nodes)} nodes, ${count(pending)} pending`;
  console.log(
    table([measure(what, chosen)])
      .split('\n')
      .at(-1),
  );
}
