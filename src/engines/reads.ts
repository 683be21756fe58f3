import { drillDown } from './drill-down.ts';
import { namespacesElsewhere, servicesElsewhere } from './elsewhere.ts';
import { indexSnapshot, type Snapshot } from './snapshot.ts';
import type { Read, SnapshotData } from './snapshot-data.ts';

/**
 * What to read next, given what was read so far: first a triage whose cost does not grow with healthy pods, then
 * whole objects, events and logs of what looks wrong, and what those refer to. Wants nothing more when nothing new
 * came to light.
 */
export function nextReads(soFar: SnapshotData): readonly Read[] {
  const done = new Set(soFar.reads.map(({ read }) => readKey(read)));
  const snapshot = indexSnapshot(soFar);
  const { namespace } = snapshot.scope;
  const namespaces = namespace === undefined ? undefined : [namespace, ...namespacesElsewhere(snapshot)];
  const wanted = [
    ...(namespaces === undefined ? clusterTriage(snapshot) : namespaces.flatMap(triage)),
    ...servicesElsewhere(snapshot),
    ...drillDown(snapshot, namespaces),
  ];
  return [...new Map(wanted.map((read) => [readKey(read), read])).values()].filter((read) => !done.has(readKey(read)));
}

const readKey = (read: Read): string => JSON.stringify(Object.entries(read).toSorted(([a], [b]) => a.localeCompare(b)));

const workloadKinds = ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'];
const networkKinds = ['Service', 'EndpointSlice', 'Ingress'];
const boundKinds = ['PersistentVolumeClaim', 'ResourceQuota', 'HorizontalPodAutoscaler'];

const listsIn = (namespace: string | undefined): readonly Read[] =>
  [...workloadKinds, ...networkKinds, ...boundKinds].map((kind) => ({ verb: 'list', kind, namespace, as: 'full' }));

/** Controllers and small kinds of a namespace in full, its events, and its pods as a table. */
const triage = (namespace: string): readonly Read[] => [
  { verb: 'get', kind: 'Namespace', name: namespace },
  { verb: 'list', kind: 'Pod', namespace, as: 'table' },
  { verb: 'list', kind: 'Event', namespace, as: 'full' },
  ...listsIn(namespace),
];

/** The same for the whole cluster; of the events only warnings, and a table of pods per namespace. */
const clusterTriage = (snapshot: Snapshot): readonly Read[] => [
  { verb: 'list', kind: 'Namespace', as: 'full' },
  { verb: 'list', kind: 'Node', as: 'full' },
  { verb: 'list', kind: 'Event', fieldSelector: 'type=Warning', as: 'full' },
  ...listsIn(undefined),
  ...snapshot
    .all('Namespace')
    .map(({ metadata }): Read => ({ verb: 'list', kind: 'Pod', namespace: metadata.name, as: 'table' })),
];
