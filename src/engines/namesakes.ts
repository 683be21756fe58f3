import { failedCalls, isNameDenied } from './network/calls.ts';
import type { ObjectRef } from './objects.ts';
import { pathsOf, selectedPods, selectedWorkloads } from './routes.ts';
import type { Snapshot } from './snapshot.ts';
import type { Read } from './snapshot-data.ts';

/** Namespaces that have a Service of this name, of those that were read. */
export const namesakes = (snapshot: Snapshot, name: string): readonly string[] =>
  [...snapshot.all('Service'), ...snapshot.data.heads.filter(({ kind }) => kind === 'Service')]
    .filter(({ metadata }) => metadata.name === name)
    .flatMap(({ metadata }) => metadata.namespace ?? []);

const maximumSearches = 3;
const selectable = ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet'];

/** The pods of all namespaces that a Service would select which selects none here: it may be in the wrong namespace. */
export function strayPodReads(snapshot: Snapshot): readonly Read[] {
  const { namespace } = snapshot.scope;
  // A Service may be answered before what it selects.
  if (namespace === undefined || selectable.some((kind) => snapshot.presence(kind, namespace, '') === 'unknown'))
    return [];
  return snapshot
    .all('Service', namespace)
    .filter(({ spec }) => spec?.type !== 'ExternalName' && Object.keys(spec?.selector ?? {}).length > 0)
    .filter(
      (service) => selectedPods(snapshot, service).length === 0 && selectedWorkloads(snapshot, service).length === 0,
    )
    .slice(0, maximumSearches)
    .map(({ spec }) => ({
      verb: 'list',
      kind: 'Pod',
      labelSelector: Object.entries(spec?.selector ?? {})
        .map(([key, value]) => `${key}=${value}`)
        .join(','),
      as: 'metadata',
    }));
}

/** What `db.shop` may mean: a Service in a namespace, or any domain. */
export function likelyService(host: string): ObjectRef | undefined {
  const [name, namespace, ...more] = host.toLowerCase().replace(/\.$/, '').split('.');
  return name && namespace && more.length === 0 && /^[a-z]/.test(name)
    ? { kind: 'Service', namespace, name }
    : undefined;
}

/** The names of the Services of all namespaces, when one is missing that a container or an Ingress asks for: it may lie elsewhere. */
export function namesakeReads(snapshot: Snapshot): readonly Read[] {
  const asked = failedCalls(snapshot)
    .filter(isNameDenied)
    .flatMap(({ dependency }) => dependency.service ?? []);
  const routed = snapshot
    .all('Ingress', snapshot.scope.namespace)
    .flatMap(pathsOf)
    .map(({ ingress, service }) => ({ namespace: ingress.metadata.namespace, name: service }));
  const unqualified = failedCalls(snapshot).some(
    (call) => isNameDenied(call) && call.dependency.service === undefined && likelyService(call.dependency.host),
  );
  const isMissing =
    unqualified ||
    [...asked, ...routed].some(({ namespace, name }) => snapshot.presence('Service', namespace, name) === 'absent');
  return isMissing && snapshot.scope.namespace !== undefined ? [{ verb: 'list', kind: 'Service', as: 'metadata' }] : [];
}
