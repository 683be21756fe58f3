import { closerReads } from './closer-reads.ts';
import { drillDown, smallNamespace } from './drill-down.ts';
import { namespacesElsewhere, servicesElsewhere } from './elsewhere.ts';
import { agentNamespaces } from './node-health.ts';
import { indexSnapshot, type Snapshot } from './snapshot.ts';
import type { Read, SnapshotData } from './snapshot-data.ts';

/**
 * What a diagnosis needs to read, given what was read so far: first a triage whose cost does not grow with healthy
 * pods, then whole objects, events and logs of what looks wrong, and what those refer to. May name what was read
 * already; whoever reads asks for each thing once, and is done when this names nothing new.
 */
export function nextReads(soFar: SnapshotData): readonly Read[] {
  const snapshot = indexSnapshot(soFar);
  const { namespace } = snapshot.scope;
  if (namespace === undefined) return [...clusterTriage(snapshot), ...drillDown(snapshot, undefined)];
  const elsewhere = namespacesElsewhere(snapshot);
  return [
    ...triage(snapshot, namespace, [...servingKinds, ...otherKinds]),
    ...servicesElsewhere(snapshot),
    ...elsewhere.flatMap((each) => triage(snapshot, each, servingKinds)),
    // Pods of agents are there only when something on their node called for them.
    ...drillDown(snapshot, [...new Set([namespace, ...elsewhere, ...agentNamespaces])]),
  ];
}

/** Where objects are as many as pods, or as old rollouts: of a whole cluster only where something calls for them. */
const manyKinds = ['ReplicaSet', 'EndpointSlice'];
const fewKinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'Service', 'PersistentVolumeClaim', 'ResourceQuota'];
/** What stands behind a Service, and what may keep it from starting: all that matters of another namespace. */
const servingKinds = [...fewKinds, ...manyKinds];
const otherKinds = ['Job', 'CronJob', 'Ingress', 'HorizontalPodAutoscaler'];

/** Kinds whose changes may change a verdict: what triage reads. */
export const watchedKinds: readonly string[] = ['Pod', 'Event', 'Node', ...servingKinds, ...otherKinds];

const listsOf = (kinds: readonly string[], namespace?: string): readonly Read[] =>
  kinds.map((kind) => ({ verb: 'list', kind, namespace, as: 'full' }));

/** Controllers and small kinds of a namespace in full, its events, and its pods: as a table where there are many. */
function triage(snapshot: Snapshot, namespace: string, kinds: readonly string[]): readonly Read[] {
  const many = snapshot.data.reads.some(
    ({ read, outcome }) => outcome === 'exceeded' && read.verb === 'list' && read.namespace === namespace,
  );
  return [
    { verb: 'get', kind: 'Namespace', name: namespace },
    { verb: 'list', kind: 'Pod', namespace, as: 'full', atMost: smallNamespace },
    ...(many ? [{ verb: 'list' as const, kind: 'Pod', namespace, as: 'table' as const }] : []),
    { verb: 'list', kind: 'Event', namespace, as: 'full' },
    ...listsOf(kinds, namespace),
  ];
}

/** The same for the whole cluster: of the events only warnings, a table of pods per namespace, and less of what is well. */
const clusterTriage = (snapshot: Snapshot): readonly Read[] => [
  { verb: 'list', kind: 'Namespace', as: 'full' },
  { verb: 'list', kind: 'Node', as: 'full' },
  { verb: 'list', kind: 'Event', fieldSelector: 'type=Warning', as: 'full' },
  ...listsOf([...fewKinds, ...otherKinds]),
  ...closerReads(snapshot),
  ...snapshot
    .all('Namespace')
    .map(({ metadata }): Read => ({ verb: 'list', kind: 'Pod', namespace: metadata.name, as: 'table' })),
];
