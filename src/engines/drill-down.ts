import { creationFailures } from './admission.ts';
import { complaints } from './complaints.ts';
import { deathLogReads } from './death-log-reads.ts';
import { eventReads } from './event-reads.ts';
import { gatewayReads } from './gateway-reads.ts';
import { lifeReads } from './life-reads.ts';
import { listeningReads } from './listening-reads.ts';
import { networkReads } from './network/symptoms.ts';
import { keyOf, type Pod } from './objects.ts';
import { onSuspicion } from './on-suspicion.ts';
import { containersOf, isBroken, isFinished } from './pods.ts';
import { referencesOf } from './references.ts';
import { awaitedClass, certificatesOf, isClassless } from './routes.ts';
import type { Snapshot } from './snapshot.ts';
import type { PodRow, Read } from './snapshot-data.ts';
import { smallNamespace } from './triage.ts';
import { volumeReads } from './volumes/volume-reads.ts';

/** Suspects read by name in a larger namespace. */
const maximumSuspects = 40;
/** Nodes whose pods are read to recompute what is free on them. */
const maximumNodes = 10;
const maximumReferences = 60;
const maximumCertificates = 10;

/**
 * Whole pods, their events, what they refer to, their logs, and what they wait for: of whatever looks wrong.
 * @param namespaces those to understand; all of them when absent.
 */
export function drillDown(snapshot: Snapshot, namespaces: readonly string[] | undefined): readonly Read[] {
  const suspects = suspectPods(snapshot, namespaces);
  return [
    ...wholePods(snapshot),
    ...eventReads(snapshot, suspects),
    ...referencesOfPods(snapshot, [...suspects, ...complaints(snapshot).map(({ pod }) => pod)]),
    ...deathLogReads(snapshot, suspects),
    ...listeningReads(snapshot),
    ...placement(snapshot, suspects),
    ...claims(snapshot),
    ...volumeReads(snapshot, suspects),
    ...lifeReads(snapshot, suspects),
    ...ingressClasses(snapshot),
    ...certificates(snapshot),
    ...networkReads(snapshot),
    ...gatewayReads(snapshot),
    ...admission(snapshot),
    ...onSuspicion(snapshot),
    ...askedFor(snapshot),
  ];
}

/** Of an object that nobody looked at nothing can be said; the lists of the triage may hold it already. */
function askedFor(snapshot: Snapshot): readonly Read[] {
  const { object } = snapshot.scope;
  if (object === undefined || snapshot.data.reads.length === 0) return [];
  const { kind, namespace, name } = object;
  return snapshot.presence(kind, namespace, name) === 'unknown' ? [{ verb: 'get', kind, namespace, name }] : [];
}

/** Every pod gets it from the control plane. */
const injectedConfigMap = 'kube-root-ca.crt';

/** Whole pods of these namespaces that are broken, keep restarting, or failed for good as those of a Job do. */
export function suspectPods(snapshot: Snapshot, namespaces: readonly string[] | undefined): readonly Pod[] {
  const pods = namespaces === undefined ? snapshot.all('Pod') : namespaces.flatMap((each) => snapshot.all('Pod', each));
  return pods.filter((pod) => isBroken(pod) || hasRestarted(pod) || pod.status?.phase === 'Failed');
}

const finishedStatuses = new Set(['Completed', 'Succeeded']);

/** Whether a row of the pod table needs a closer look. */
export function isSuspect({ ready, containers, status, restarts }: PodRow): boolean {
  if (finishedStatuses.has(status)) return false;
  return ready < containers || status !== 'Running' || restarts >= 2;
}

function wholePods(snapshot: Snapshot): readonly Read[] {
  const byNamespace = Map.groupBy(snapshot.podRows, ({ namespace }) => namespace);
  return [...byNamespace].flatMap(([namespace, rows]): readonly Read[] => {
    const suspects = rows.filter(isSuspect);
    if (rows.length <= smallNamespace) {
      return suspects.length > 0 ? [{ verb: 'list', kind: 'Pod', namespace, as: 'full' }] : [];
    }
    const siblings = rows.filter((row) => !isSuspect(row) && suspects.some((suspect) => isSibling(row, suspect)));
    return [...oneOfEach(suspects).slice(0, maximumSuspects), ...oneOfEach(siblings).slice(0, maximumSuspects / 4)].map(
      ({ name }): Read => ({ verb: 'get', kind: 'Pod', namespace, name }),
    );
  });
}

/** The name without the parts that a ReplicaSet or a Job appends: enough to tell siblings in a table. */
const stem = (name: string): string => name.replace(/-[a-z0-9]{4,10}(-[a-z0-9]{5})?$/, '');
const isSibling = (a: PodRow, b: PodRow): boolean => stem(a.name) === stem(b.name);

/** Interleaves by stem, so that a cap cuts replicas before it cuts workloads. */
function oneOfEach(rows: readonly PodRow[]): readonly PodRow[] {
  const groups = [...Map.groupBy(rows, ({ name }) => stem(name)).values()];
  const longest = Math.max(0, ...groups.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => groups.flatMap((group) => group[index] ?? [])).flat();
}

const hasRestarted = (pod: Pod): boolean =>
  !isFinished(pod) && containersOf(pod).some(({ status }) => (status?.restartCount ?? 0) >= 2);

/** ConfigMaps and Secrets that pods in trouble consume, and the names of their neighbours when one does not exist. */
function referencesOfPods(snapshot: Snapshot, pods: readonly Pod[]): readonly Read[] {
  const wanted = pods.flatMap(({ metadata: { namespace }, spec }) =>
    referencesOf(spec)
      .filter(({ kind, name }) => (kind === 'ConfigMap' && name !== injectedConfigMap) || kind === 'Secret')
      .map(({ kind, name }) => ({ kind, namespace, name })),
  );
  const unique = [...new Map(wanted.map((ref) => [keyOf(ref), ref])).values()].slice(0, maximumReferences);
  return unique.flatMap(({ kind, namespace, name }): readonly Read[] => [
    { verb: 'get', kind, namespace, name },
    ...(snapshot.presence(kind, namespace, name) === 'absent'
      ? [{ verb: 'list' as const, kind, namespace, as: 'metadata' as const }, ...elsewhere(snapshot, kind, name)]
      : []),
  ]);
}

/** It may have been applied to another namespace. An archive holds all its objects anyway. */
const elsewhere = ({ data }: Snapshot, kind: string, name: string): readonly Read[] =>
  data.source === 'live' ? [{ verb: 'list', kind, fieldSelector: `metadata.name=${name}`, as: 'metadata' }] : [];

/** The nodes of broken pods; all of them, with the pods on the first few, when a pod found no node. */
function placement(snapshot: Snapshot, pods: readonly Pod[]): readonly Read[] {
  const unschedulable = pods.some(({ spec, status }) => spec?.nodeName === undefined && status?.phase === 'Pending');
  if (!unschedulable) {
    if (snapshot.scope.namespace === undefined) return [];
    return [...new Set(pods.flatMap(({ spec }) => spec?.nodeName ?? []))]
      .slice(0, maximumNodes)
      .map((name): Read => ({ verb: 'get', kind: 'Node', name }));
  }
  const open = snapshot
    .all('Node')
    .filter(
      ({ spec }) => spec?.unschedulable !== true && !spec?.taints?.some(({ effect }) => effect !== 'PreferNoSchedule'),
    );
  return [
    { verb: 'list', kind: 'Node', as: 'full' },
    ...open.slice(0, maximumNodes).map(
      ({ metadata }): Read => ({
        verb: 'list',
        kind: 'Pod',
        fieldSelector: `spec.nodeName=${metadata.name},status.phase!=Succeeded,status.phase!=Failed`,
        as: 'full',
      }),
    ),
  ];
}

function claims(snapshot: Snapshot): readonly Read[] {
  const pending = snapshot.all('PersistentVolumeClaim').some(({ status }) => status?.phase === 'Pending');
  return pending ? [{ verb: 'list', kind: 'StorageClass', as: 'full' }] : [];
}

function ingressClasses(snapshot: Snapshot): readonly Read[] {
  const { object } = snapshot.scope;
  const asked = object?.kind === 'Ingress' ? snapshot.find('Ingress', object.namespace, object.name) : undefined;
  const awaited =
    snapshot.all('Ingress').some((ingress) => awaitedClass(ingress) !== undefined) ||
    (asked !== undefined && isClassless(asked));
  return awaited ? [{ verb: 'list', kind: 'IngressClass', as: 'metadata' }] : [];
}

/** Secrets that Ingresses of the namespace in question take their certificates from. */
const certificates = (snapshot: Snapshot): readonly Read[] =>
  snapshot.scope.namespace === undefined
    ? []
    : snapshot
        .all('Ingress', snapshot.scope.namespace)
        .flatMap((ingress) => certificatesOf(ingress).map(({ secret }) => secret))
        .slice(0, maximumCertificates)
        .flatMap((name): readonly Read[] => secretReads(snapshot, name));

function secretReads(snapshot: Snapshot, name: string): readonly Read[] {
  const { namespace } = snapshot.scope;
  const absent = snapshot.presence('Secret', namespace, name) === 'absent';
  return [
    { verb: 'get', kind: 'Secret', namespace, name },
    ...(absent ? [{ verb: 'list' as const, kind: 'Secret', namespace, as: 'metadata' as const }] : []),
  ];
}

/** What a refused pod may lack: its ServiceAccount, its PriorityClass, room in a range. A quota says itself what is full. */
function admission(snapshot: Snapshot): readonly Read[] {
  const failures = creationFailures(snapshot).filter(({ reason }) => !/^exceeded quota/i.test(reason));
  const namespaces = new Set(failures.flatMap(({ owner }) => owner.namespace ?? []));
  return [
    ...[...namespaces].flatMap((namespace): readonly Read[] => [
      { verb: 'list', kind: 'ServiceAccount', namespace, as: 'metadata' },
      { verb: 'list', kind: 'LimitRange', namespace, as: 'full' },
    ]),
    ...(failures.length > 0
      ? (['PriorityClass', 'RuntimeClass'] as const).map((kind): Read => ({ verb: 'list', kind, as: 'metadata' }))
      : []),
  ];
}
