import type { BlindSpot } from '../diagnosis/explanation.ts';
import { keyOf, type Node, nameOf, type ObjectRef, type Pod, refOf } from '../objects.ts';
import { ownerChain } from '../owners.ts';
import { indexSnapshot, type Snapshot } from '../snapshot.ts';
import type { Read, ReadResult, Scope, SnapshotData } from '../snapshot-data.ts';
import { type NodeUsage, nodeUsages } from './nodes.ts';
import { type PodUsage, podUsages } from './pods.ts';

export interface Usage {
  readonly pods: readonly PodUsage[];
  readonly nodes: readonly NodeUsage[];
  /** ISO 8601: when the newest of it was measured; absent when nothing was. */
  readonly measuredAt?: string | undefined;
  readonly blindSpots: readonly BlindSpot[];
}

export const metricsVersion = 'metrics.k8s.io/v1beta1';
const alive = 'status.phase!=Succeeded,status.phase!=Failed';
/** Whose pods are found through an owner between them. */
const between: Readonly<Record<string, string>> = { Deployment: 'ReplicaSet', CronJob: 'Job' };

/** Pods, nodes and what was measured of both. On one node, its pods of all namespaces. */
export function usageReads({ namespace, object }: Scope): readonly Read[] {
  const selector = object?.kind === 'Node' ? `spec.nodeName=${object.name},${alive}` : alive;
  const owners = between[object?.kind ?? ''];
  return [
    { verb: 'list', kind: 'Pod', namespace, fieldSelector: selector, as: 'full' },
    { verb: 'list', kind: 'Node', as: 'full' },
    { verb: 'list', kind: 'PodMetrics', apiVersion: metricsVersion, namespace, as: 'full' },
    { verb: 'list', kind: 'NodeMetrics', apiVersion: metricsVersion, as: 'full' },
    ...(owners === undefined ? [] : [{ verb: 'list' as const, kind: owners, namespace, as: 'metadata' as const }]),
  ];
}

/** What pods and nodes of a scope use, and what of that is not known. */
export function usageOf(data: SnapshotData, scope: Scope): Usage {
  const snapshot = indexSnapshot(data);
  const chosen = podsIn(snapshot, scope);
  const pods = podUsages(snapshot, chosen);
  const nodes = nodeUsages(snapshot, nodesIn(snapshot, scope, chosen));
  const measuredAt = [...snapshot.all('PodMetrics', scope.namespace), ...snapshot.all('NodeMetrics')]
    .flatMap(({ timestamp }) => timestamp ?? [])
    .toSorted()
    .at(-1);
  return {
    pods,
    nodes,
    ...(measuredAt !== undefined && { measuredAt }),
    blindSpots: [...readingGaps(data.reads), ...measuringGaps(pods, measuredAt), ...throttlingGap(pods)],
  };
}

function podsIn(snapshot: Snapshot, { namespace, object }: Scope): readonly Pod[] {
  const pods = snapshot.all('Pod', namespace);
  if (object === undefined) return pods;
  if (object.kind === 'Node') return pods.filter(({ spec }) => spec?.nodeName === object.name);
  const key = keyOf(object);
  return pods.filter((pod) => ownerChain(snapshot, pod).some((owner) => keyOf(owner) === key));
}

/** All nodes when the whole cluster is asked about, else those on which the pods run. */
function nodesIn(snapshot: Snapshot, { namespace, object }: Scope, pods: readonly Pod[]): readonly Node[] {
  const nodes = snapshot.all('Node');
  if (namespace === undefined && object === undefined) return nodes;
  const names = new Set(object?.kind === 'Node' ? [object.name] : pods.map(({ spec }) => spec?.nodeName));
  return nodes.filter(({ metadata }) => names.has(metadata.name));
}

const consequences: Readonly<Record<string, string>> = {
  Pod: 'pods are missing here',
  Node: 'what nodes can give is not known',
  PodMetrics: 'of pods only requests and limits are shown',
  NodeMetrics: 'what nodes use is not known',
};

function readingGaps(reads: readonly ReadResult[]): readonly BlindSpot[] {
  const isMetrics = ({ read }: ReadResult) => read.verb !== 'log' && read.kind.endsWith('Metrics');
  if (reads.some(isMetrics) && reads.filter(isMetrics).every(({ outcome }) => outcome === 'absent')) {
    return [
      ...readingGaps(reads.filter((each) => !isMetrics(each))),
      {
        what: 'Usage',
        why: 'the cluster serves no metrics API (metrics.k8s.io); metrics-server would',
        consequence: 'only requests, limits and allocatable amounts are shown',
      },
    ];
  }
  return reads.flatMap(({ read, outcome, message }) => {
    if (read.verb === 'log' || outcome === 'ok' || outcome === 'exceeded') return [];
    if (outcome === 'absent' && !isMetrics({ read, outcome })) return [];
    const consequence = consequences[read.kind] ?? 'which pods belong to it is not known';
    return [
      { what: read.kind, why: message ?? (outcome === 'denied' ? 'reading is forbidden' : outcome), consequence },
    ];
  });
}

const namedPods = 3;

/** metrics-server knows a pod a quarter of a minute after it has started, and none that does not run. */
function measuringGaps(pods: readonly PodUsage[], measuredAt: string | undefined): readonly BlindSpot[] {
  const missing = measuredAt === undefined ? [] : pods.filter(({ cpu }) => cpu.used === undefined);
  if (missing.length === 0) return [];
  return [
    {
      what: `Usage of ${named(missing.map(({ pod }) => refOf(pod)))}`,
      why: 'nothing was measured: not running, or not for long',
      consequence: 'of these only requests and limits are shown',
    },
  ];
}

const nearLimit = 0.9;

function throttlingGap(pods: readonly PodUsage[]): readonly BlindSpot[] {
  const near = pods.filter(
    ({ nearest, cpu }) =>
      (nearest?.resource === 'cpu' && nearest.of === 'limit' && nearest.share >= nearLimit) ||
      (cpu.limit !== undefined && (cpu.used ?? 0) >= nearLimit * cpu.limit),
  );
  if (near.length === 0) return [];
  return [
    {
      what: `CPU throttling of ${named(near.map(({ pod }) => refOf(pod)))}`,
      why: 'the metrics API does not tell it',
      consequence:
        'so near to a CPU limit it is likely: container_cpu_cfs_throttled_periods_total of the kubelet tells',
    },
  ];
}

const named = (refs: readonly ObjectRef[]): string => {
  const shown = refs.slice(0, namedPods).map(nameOf).join(', ');
  return refs.length > namedPods ? `${shown} and ${refs.length - namedPods} more` : shown;
};
