import type { Kind, KubernetesObject, Of, Pod } from '../../src/engines/objects.ts';
import { indexSnapshot, type Snapshot } from '../../src/engines/snapshot.ts';
import type { PodRow, Read, ReadOutcome, SnapshotData } from '../../src/engines/snapshot-data.ts';

/** The clock of every built snapshot. */
export const now = '2026-11-23T12:00:00Z';

/** ISO time some minutes before {@link now}. */
export const minutesAgo = (minutes: number): string => new Date(Date.parse(now) - minutes * 60_000).toISOString();

type Loose<T> = T extends (infer Item)[]
  ? readonly Loose<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]?: Loose<T[Key]> | undefined }
    : T;
type Fields = { readonly metadata?: Loose<KubernetesObject['metadata']>; readonly [field: string]: unknown };

const apiVersions: Readonly<Partial<Record<string, string>>> = {
  Deployment: 'apps/v1',
  ReplicaSet: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  Job: 'batch/v1',
  CronJob: 'batch/v1',
  EndpointSlice: 'discovery.k8s.io/v1',
  Ingress: 'networking.k8s.io/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  StorageClass: 'storage.k8s.io/v1',
  CSIDriver: 'storage.k8s.io/v1',
  CSINode: 'storage.k8s.io/v1',
  VolumeAttachment: 'storage.k8s.io/v1',
};

const clusterScoped = new Set([
  'APIService',
  'Node',
  'Namespace',
  'PersistentVolume',
  'StorageClass',
  'PriorityClass',
  'RuntimeClass',
  'CSIDriver',
  'CSINode',
  'VolumeAttachment',
]);

/** Any object with identity: namespace `shop` unless it is cluster-scoped or says otherwise, a uid, an age of an hour. */
export function anObject<K extends Kind>(kind: K, name: string, fields: Fields = {}): Of<K> {
  const namespace = clusterScoped.has(kind) ? {} : { namespace: 'shop' };
  const { metadata, ...rest } = fields;
  return {
    apiVersion: apiVersions[kind] ?? 'v1',
    kind,
    metadata: { name, ...namespace, uid: `uid-${kind}-${name}`, creationTimestamp: minutesAgo(60), ...metadata },
    ...rest,
  } as unknown as Of<K>;
}

/** An owner reference of the controller. */
export const ownedBy = (owner: KubernetesObject) => ({
  ownerReferences: [
    {
      apiVersion: owner.apiVersion,
      kind: owner.kind,
      name: owner.metadata.name,
      uid: owner.metadata.uid ?? '',
      controller: true,
    },
  ],
});

interface ContainerFields {
  readonly [specField: string]: unknown;
  /** Merged into the container's status. */
  readonly status?: Readonly<Record<string, unknown>>;
  readonly init?: boolean;
}

/** A container with its status; running and ready unless the status says otherwise. */
export function aContainer(name = 'app', { status, init = false, ...spec }: ContainerFields = {}) {
  const waitingOrDead = status?.['state'] !== undefined && !('running' in (status['state'] as object));
  return {
    init,
    spec: { name, image: `registry.example/${name}:1.0`, ...spec },
    status: {
      name,
      image: `registry.example/${name}:1.0`,
      ready: !waitingOrDead,
      restartCount: 0,
      state: { running: { startedAt: minutesAgo(55) } },
      ...status,
    },
  };
}

/** Container status fields: waiting with a reason and message. */
export const waiting = (reason: string, message = '', more: Readonly<Record<string, unknown>> = {}) => ({
  status: { ready: false, state: { waiting: { reason, message } }, ...more },
});

/** Container status fields: in CrashLoopBackOff after this termination. */
export const crashed = (terminated: Readonly<Record<string, unknown>>, restartCount = 6) => ({
  status: {
    ready: false,
    restartCount,
    state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } },
    lastState: { terminated: { startedAt: minutesAgo(3), finishedAt: minutesAgo(2), ...terminated } },
  },
});

interface PodFields extends Fields {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
  readonly containers?: readonly ReturnType<typeof aContainer>[];
}

/** A pod on `node-1`, Running; Ready exactly when all of its containers are. */
export function aPod(name: string, { spec, status, containers = [aContainer()], ...fields }: PodFields = {}): Pod {
  const main = containers.filter(({ init }) => !init);
  const ready = main.every((container) => container.status.ready);
  const condition = { status: ready ? 'True' : 'False', lastTransitionTime: minutesAgo(30) };
  return anObject('Pod', name, {
    ...fields,
    spec: {
      nodeName: 'node-1',
      initContainers: containers.filter(({ init }) => init).map((container) => container.spec),
      containers: main.map((container) => container.spec),
      ...spec,
    },
    status: {
      phase: 'Running',
      conditions: [
        { type: 'Ready', ...condition },
        { type: 'ContainersReady', ...condition },
        { type: 'PodScheduled', status: 'True' },
      ],
      initContainerStatuses: containers.filter(({ init }) => init).map((container) => container.status),
      containerStatuses: main.map((container) => container.status),
      ...status,
    },
  });
}

/** A pod that the scheduler could not place. */
export const aPendingPod = (name: string, message: string, { spec, ...fields }: PodFields = {}): Pod =>
  aPod(name, {
    ...fields,
    spec: { nodeName: undefined, ...spec },
    status: {
      phase: 'Pending',
      conditions: [
        { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime: minutesAgo(10) },
      ],
      containerStatuses: [],
      initContainerStatuses: [],
    },
  });

/** A Deployment with its current ReplicaSet and that many pods, all made alike. */
export function aDeployment(
  name: string,
  { replicas = 1, pod = {}, spec = {}, ...fields }: Fields & { replicas?: number; pod?: PodFields; spec?: object } = {},
) {
  const labels = { app: name };
  const pods = Array.from({ length: replicas }, (_, index) => aPod(`${name}-5d8f-${index}`, pod));
  const template = { metadata: { labels, ...(pod.metadata as object) }, spec: pods[0]?.spec };
  const deployment = anObject('Deployment', name, {
    ...fields,
    spec: { replicas, selector: { matchLabels: labels }, template, ...spec },
  });
  const replicaSet = anObject('ReplicaSet', `${name}-5d8f`, {
    metadata: { ...ownedBy(deployment), annotations: { 'deployment.kubernetes.io/revision': '1' }, labels },
    spec: { replicas, selector: { matchLabels: labels }, template },
  });
  const owned = pods.map((each): Pod => ({ ...each, metadata: { labels, ...each.metadata, ...ownedBy(replicaSet) } }));
  return { deployment, replicaSet, pods: owned, all: [deployment, replicaSet, ...owned] };
}

/** An event about an object; Warning, seen a minute ago. */
export function anEvent(
  about: KubernetesObject,
  reason: string,
  message: string,
  more: Readonly<Record<string, unknown>> = {},
) {
  const { name, namespace, uid } = about.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${reason}.${message.length}`, namespace: namespace ?? 'default' },
    involvedObject: { kind: about.kind, namespace, name, uid },
    type: 'Warning',
    reason,
    message,
    count: 1,
    firstTimestamp: minutesAgo(20),
    lastTimestamp: minutesAgo(1),
    ...more,
  };
}

/** The same object with other fields. */
export const withFields = <T extends object>(object: T, fields: Readonly<Record<string, unknown>>): T => ({
  ...object,
  ...fields,
});

interface SnapshotFields extends Partial<Omit<SnapshotData, 'reads'>> {
  /** Kinds that were read completely in every namespace: what is not in `objects` does not exist. */
  readonly complete?: readonly string[];
  readonly reads?: readonly { readonly read: Read; readonly outcome: ReadOutcome }[];
}

/** Plain data of a snapshot, empty unless told. */
export const someData = ({ complete = [], reads = [], ...fields }: SnapshotFields = {}): SnapshotData => ({
  takenAt: now,
  source: 'live',
  cluster: 'test',
  scope: {},
  objects: [],
  heads: [],
  podRows: [] as readonly PodRow[],
  logs: [],
  cost: { requests: 0, bytes: 0, durationMs: 0 },
  ...fields,
  reads: [
    ...reads,
    ...complete.map((kind) => ({ read: { verb: 'list' as const, kind, as: 'full' as const }, outcome: 'ok' as const })),
  ],
});

/** A snapshot of these objects, frozen, so that a rule that changes one fails. */
export const aSnapshot = (fields: SnapshotFields = {}): Snapshot => indexSnapshot(frozen(someData(fields)));

/** A log of a container of a pod in `shop`. */
export const aLog = (pod: string, lines: readonly string[], { container = 'app', previous = false } = {}) => ({
  namespace: 'shop',
  pod,
  container,
  previous,
  lines: lines.map((text) => ({ text })),
});

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}
