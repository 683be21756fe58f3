import { creationFailures } from './admission.ts';
import { suspectPods } from './drill-down.ts';
import { hostsOfEnv } from './hosts.ts';
import { hostsIn } from './logs/failed-hosts.ts';
import { keyOf, type ObjectRef } from './objects.ts';
import type { Snapshot } from './snapshot.ts';
import type { Read } from './snapshot-data.ts';
import { failedCallIn } from './webhooks.ts';

/** Services of other namespaces that are looked up, and other namespaces that are read to explain one. */
const maximumServices = 6;
const maximumNamespaces = 3;

/** A name with a namespace: `queue.shop-data`, `queue.shop-data.svc.cluster.local`. Other domains look alike; a lookup tells. */
const qualifiedName = /^([a-z][-a-z0-9]{0,62})\.([a-z0-9][-a-z0-9]{0,62})(\.svc(\..*)?)?$/;

/** The Services of other namespaces that broken pods name in their environment, arguments and last words, that guard the creation of pods, or that serve an API which does not answer. */
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
  const apis = snapshot
    .all('APIService')
    .filter(({ status }) => status?.conditions?.some((each) => each.type === 'Available' && each.status === 'False'))
    .flatMap(({ spec }): readonly ObjectRef[] => {
      const { namespace, name } = spec?.service ?? {};
      return name === undefined ? [] : [{ kind: 'Service', namespace, name }];
    });
  const named = hosts.flatMap(({ host }) => {
    const [, name, namespace] = qualifiedName.exec(host) ?? [];
    return name === undefined || namespace === undefined ? [] : [{ kind: 'Service', namespace, name }];
  });
  return [...new Map([...guards, ...apis, ...named].map((service) => [keyOf(service), service])).values()]
    .filter(({ namespace }) => namespace !== asked)
    .map(({ kind, namespace, name }): Read => ({ verb: 'get', kind, namespace, name }))
    .slice(0, maximumServices);
}

/** Namespaces of the Services that were found so: the cause may lie there. */
export function namespacesElsewhere(snapshot: Snapshot): readonly string[] {
  const found = snapshot.all('Service').flatMap(({ metadata: { namespace } }) => namespace ?? []);
  return [...new Set(found)].filter((namespace) => namespace !== snapshot.scope.namespace).slice(0, maximumNamespaces);
}
