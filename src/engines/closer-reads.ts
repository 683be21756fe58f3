import { isSuspect } from './drill-down.ts';
import type { Of } from './objects.ts';
import { isServed } from './served.ts';
import type { Snapshot } from './snapshot.ts';
import type { Read } from './snapshot-data.ts';

/**
 * Kinds of which a large cluster has as many objects as pods or old rollouts, for the namespaces where they matter:
 * ReplicaSets where a rollout or a pod is not as it should be, EndpointSlices where a Service may lead nowhere.
 */
export function closerReads(snapshot: Snapshot): readonly Read[] {
  const unsettled = snapshot.all('Deployment').filter((deployment) => !isSettled(deployment));
  // Services may be answered before the workloads that serve them.
  const known = (['Deployment', 'StatefulSet', 'DaemonSet'] as const).every((kind) => isAnswered(snapshot, kind));
  const doubtful = known ? snapshot.all('Service').filter((service) => !isServed(snapshot, service)) : [];
  const suspect = snapshot.podRows.filter(isSuspect).map(({ namespace }) => namespace);
  return [
    ...listsIn('ReplicaSet', [...namespacesOf(unsettled), ...suspect]),
    ...listsIn('EndpointSlice', namespacesOf(doubtful)),
  ];
}

const isAnswered = ({ data }: Snapshot, kind: string): boolean =>
  data.reads.some(({ read }) => read.verb === 'list' && read.kind === kind);

const namespacesOf = (objects: readonly { readonly metadata: { readonly namespace?: string | undefined } }[]) =>
  objects.flatMap(({ metadata: { namespace } }) => namespace ?? []);

const listsIn = (kind: string, namespaces: readonly string[]): readonly Read[] =>
  [...new Set(namespaces)].map((namespace): Read => ({ verb: 'list', kind, namespace, as: 'full' }));

/** Whether a Deployment has what it wants, of its newest revision. */
function isSettled({ metadata, spec, status }: Of<'Deployment'>): boolean {
  const wanted = spec?.replicas ?? 1;
  return (
    (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0) &&
    (status?.updatedReplicas ?? 0) === wanted &&
    (status?.readyReplicas ?? 0) === wanted &&
    (status?.replicas ?? 0) === wanted &&
    (status?.conditions ?? []).every(({ type, status: is }) =>
      type === 'ReplicaFailure' ? is !== 'True' : is !== 'False',
    )
  );
}
