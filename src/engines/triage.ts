import type { Snapshot } from './snapshot.ts';
import type { Read, Scope } from './snapshot-data.ts';

/**
 * What every diagnosis begins with, small enough to be asked for before the rest of the engines is loaded: its cost does
 * not grow with healthy pods.
 */
export const firstReads = ({ namespace }: Scope): readonly Read[] =>
  namespace === undefined ? clusterTriage : namespaceTriage(namespace);

/** Up to this many pods a namespace is read whole: cheaper than a table first and a request per suspect. */
export const smallNamespace = 200;

/** Where objects are as many as pods, or as old rollouts: of a whole cluster only where something calls for them. */
const manyKinds = ['ReplicaSet', 'EndpointSlice'];
const fewKinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'Service', 'PersistentVolumeClaim', 'ResourceQuota'];
const servingKinds = [...fewKinds, ...manyKinds];
const otherKinds = ['Job', 'CronJob', 'Ingress', 'HorizontalPodAutoscaler'];

/** Kinds whose changes may change a verdict: what triage reads. */
export const watchedKinds: readonly string[] = ['Pod', 'Event', 'Node', ...servingKinds, ...otherKinds];

/** Without what happens to every pod that starts, which is half of all events and tells nothing that the pod does not. */
const tellingEvents = ['Scheduled', 'Created', 'Started', 'SuccessfulCreate']
  .map((reason) => `reason!=${reason}`)
  .join();

const listsOf = (kinds: readonly string[], namespace?: string): readonly Read[] =>
  kinds.map((kind) => ({ verb: 'list', kind, namespace, as: 'full' }));

const namespaceTriage = (namespace: string): readonly Read[] => [
  ...servingTriage(namespace),
  ...listsOf(otherKinds, namespace),
];

/**
 * What stands behind a Service, and what may keep it from starting: all that matters of another namespace. Controllers
 * and small kinds in full, events, and the pods where they are few.
 */
export const servingTriage = (namespace: string): readonly Read[] => [
  { verb: 'get', kind: 'Namespace', name: namespace },
  { verb: 'list', kind: 'Pod', namespace, as: 'full', atMost: smallNamespace },
  { verb: 'list', kind: 'Event', namespace, fieldSelector: tellingEvents, as: 'full' },
  ...listsOf(servingKinds, namespace),
];

/** The same for the whole cluster: of the events only warnings, and less of what is well. */
const clusterTriage: readonly Read[] = [
  { verb: 'list', kind: 'Namespace', as: 'full' },
  { verb: 'list', kind: 'Node', as: 'full' },
  { verb: 'list', kind: 'Event', fieldSelector: 'type=Warning', as: 'full' },
  ...listsOf([...fewKinds, ...otherKinds]),
];

/** Pods as tables: of namespaces that have many, and of all when the question is about the whole cluster. */
export function podTables(snapshot: Snapshot): readonly Read[] {
  const namespaces =
    snapshot.scope.namespace === undefined
      ? snapshot.all('Namespace').map(({ metadata }) => metadata.name)
      : snapshot.data.reads.flatMap(({ read, outcome }) =>
          outcome === 'exceeded' && read.verb === 'list' && read.kind === 'Pod' ? (read.namespace ?? []) : [],
        );
  return namespaces.map((namespace): Read => ({ verb: 'list', kind: 'Pod', namespace, as: 'table' }));
}
