import { creationFailures } from './admission.ts';
import { suspectPods } from './drill-down.ts';
import { hostsOfEnv } from './hosts.ts';
import { hostsIn } from './logs/failed-hosts.ts';
import { isAddress } from './network/addresses.ts';
import { failedCalls } from './network/calls.ts';
import { keyOf, type ObjectRef, refOf } from './objects.ts';
import { aliasOf, routesTo } from './routes.ts';
import type { Snapshot } from './snapshot.ts';
import type { Read } from './snapshot-data.ts';
import { failedCallIn } from './webhooks.ts';

/** Services of other namespaces that are looked up, and other namespaces that are read to explain one. */
const maximumServices = 6;
const maximumNamespaces = 3;

/** A name with a namespace: `queue.shop-data`, `queue.shop-data.svc.cluster.local`. Other domains look alike; a lookup tells. */
const qualifiedName = /^([a-z][-a-z0-9]{0,62})\.([a-z0-9][-a-z0-9]{0,62})(\.svc(\..*)?)?$/;

/** The Services of other namespaces that broken pods name in their environment, arguments and last words, or that guard the creation of pods. */
export function servicesElsewhere(snapshot: Snapshot): readonly Read[] {
  const { namespace: asked } = snapshot.scope;
  if (asked === undefined) return [];
  const suspects = suspectPods(snapshot, [asked]);
  const hosts = [
    ...suspects
      .flatMap(({ spec }) => [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])])
      .flatMap(hostsOfEnv),
    ...snapshot.data.logs
      .filter(({ namespace }) => namespace === asked)
      .flatMap(({ lines }) => lines.flatMap(({ text }) => hostsIn(text))),
  ];
  const guards = creationFailures(snapshot).flatMap(({ reason }) => failedCallIn(reason)?.service ?? []);
  const named = hosts.flatMap(({ host }) => {
    const [, name, namespace] = qualifiedName.exec(host) ?? [];
    return name === undefined || namespace === undefined ? [] : [{ kind: 'Service', namespace, name }];
  });
  return [
    ...new Map(
      [...guards, ...named, ...aliases(snapshot, asked), ...apiServer(snapshot)].map((service) => [
        keyOf(service),
        service,
      ]),
    ).values(),
  ]
    .filter(({ namespace }) => namespace !== asked)
    .map(({ kind, namespace, name }): Read => ({ verb: 'get', kind, namespace, name }))
    .slice(0, maximumServices);
}

/** What ExternalName Services are other names of: those that are asked about, that a route leads to, or that broken pods call. */
function aliases(snapshot: Snapshot, asked: string): readonly ObjectRef[] {
  const called = failedCalls(snapshot).flatMap(({ dependency }) => dependency.service ?? []);
  const needed = new Set(
    [...called, ...(snapshot.scope.object === undefined ? [] : [snapshot.scope.object])].map(keyOf),
  );
  return snapshot
    .all('Service', asked)
    .filter((service) => needed.has(keyOf(refOf(service))) || routesTo(snapshot, refOf(service)).length > 0)
    .flatMap((service) => aliasOf(service) ?? []);
}

/** The Service of the API server, when a pod fails to reach a port of HTTPS at an address that no Service is known to have. */
function apiServer(snapshot: Snapshot): readonly ObjectRef[] {
  const isMissed = failedCalls(snapshot).some(
    ({ dependency: { host, port, service } }) => service === undefined && port === 443 && isAddress(host),
  );
  return isMissed ? [{ kind: 'Service', namespace: 'default', name: 'kubernetes' }] : [];
}

/** Namespaces of the Services that were found so: the cause may lie there. */
export function namespacesElsewhere(snapshot: Snapshot): readonly string[] {
  const found = snapshot.all('Service').flatMap(({ metadata: { namespace } }) => namespace ?? []);
  return [...new Set(found)].filter((namespace) => namespace !== snapshot.scope.namespace).slice(0, maximumNamespaces);
}
