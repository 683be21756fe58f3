import { isSuspect } from './drill-down.ts';
import type { Of, Service } from './objects.ts';
import { matchesMap } from './selectors.ts';
import { declaredPorts } from './service-ports.ts';
import type { Snapshot } from './snapshot.ts';
import type { Read } from './snapshot-data.ts';

/**
 * Kinds of which a large cluster has as many objects as pods or old rollouts, for the namespaces where they matter:
 * ReplicaSets where a rollout or a pod is not as it should be, EndpointSlices where a Service may lead nowhere.
 */
export function closerReads(snapshot: Snapshot): readonly Read[] {
  const unsettled = snapshot.all('Deployment').filter((deployment) => !isSettled(deployment));
  const doubtful = snapshot.all('Service').filter((service) => !isServed(snapshot, service));
  const suspect = snapshot.podRows.filter(isSuspect).map(({ namespace }) => namespace);
  return [
    ...listsIn('ReplicaSet', [...namespacesOf(unsettled), ...suspect]),
    ...listsIn('EndpointSlice', namespacesOf(doubtful)),
  ];
}

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

/** Whether a Service surely has a ready endpoint: a workload that it selects has ready pods, and has the ports it names. */
function isServed(snapshot: Snapshot, service: Service): boolean {
  const { selector, type, ports = [], internalTrafficPolicy, externalTrafficPolicy } = service.spec ?? {};
  if (type === 'ExternalName' || Object.keys(selector ?? {}).length === 0) return true;
  if (internalTrafficPolicy === 'Local' || externalTrafficPolicy === 'Local') return false;
  return templatesWithReadyPods(snapshot, service.metadata.namespace).some((template) => {
    const names = new Set(declaredPorts(template.spec ?? {}).map(({ name }) => name));
    return (
      matchesMap(selector, template.metadata?.labels) &&
      ports.every(({ targetPort }) => typeof targetPort !== 'string' || names.has(targetPort))
    );
  });
}

const templatesWithReadyPods = (snapshot: Snapshot, namespace: string | undefined) =>
  [
    ...snapshot.all('Deployment', namespace).map(({ spec, status }) => ({ spec, ready: status?.readyReplicas })),
    ...snapshot.all('StatefulSet', namespace).map(({ spec, status }) => ({ spec, ready: status?.readyReplicas })),
    ...snapshot.all('DaemonSet', namespace).map(({ spec, status }) => ({ spec, ready: status?.numberReady })),
  ].flatMap(({ spec, ready = 0 }) => (ready > 0 && spec?.template ? [spec.template] : []));
