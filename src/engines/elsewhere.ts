import { creationFailures } from './admission.ts';
import { complaints } from './complaints.ts';
import { suspectPods } from './drill-down.ts';
import { aliasedService } from './external-names.ts';
import { hostsOfEnv } from './hosts.ts';
import { hostsIn } from './logs/failed-hosts.ts';
import { isAddress } from './network/addresses.ts';
import { failedCalls } from './network/calls.ts';
import { keyOf, type ObjectRef, refOf } from './objects.ts';
import { perSnapshot } from './per-snapshot.ts';
import type { Snapshot } from './snapshot.ts';
import type { Read } from './snapshot-data.ts';
import { failedCallIn } from './webhooks.ts';

/** Services of other namespaces that are looked up, and other namespaces that are read to explain one. */
const maximumServices = 6;
const maximumNamespaces = 3;

/** A name with a namespace: `queue.shop-data`, `queue.shop-data.svc.cluster.local`. Other domains look alike; a lookup tells. */
const qualifiedName = /^([a-z][-a-z0-9]{0,62})\.([a-z0-9][-a-z0-9]{0,62})(\.svc(\..*)?)?$/;

/**
 * The Services of other namespaces that broken pods name in their environment, arguments and last words, that others keep
 * complaining of, that guard the creation of pods, that serve an API which does not answer, or that a Service is another name of.
 */
export function servicesElsewhere(snapshot: Snapshot): readonly Read[] {
  const { namespace: asked } = snapshot.scope;
  if (asked === undefined) return [];
  const aliases = aliasesOf(snapshot, asked);
  return [...new Map([...neededServices(snapshot), ...aliases].map((each) => [keyOf(each), each])).values()]
    .filter(({ namespace }) => namespace !== asked)
    .slice(0, maximumServices)
    .flatMap((each): readonly Read[] => [
      { verb: 'get', ...each },
      ...(aliases.includes(each) && snapshot.presence('Service', each.namespace, each.name) === 'absent'
        ? meantInstead(each)
        : []),
    ]);
}

/** Whether the namespace of a name that leads nowhere exists, and what it has. */
const meantInstead = ({ namespace }: ObjectRef): readonly Read[] =>
  namespace === undefined
    ? []
    : [
        { verb: 'get', kind: 'Namespace', name: namespace },
        { verb: 'list', kind: 'Service', namespace, as: 'metadata' },
      ];

/** Namespaces of the Services that were found so: the cause may lie there. Not of another name that nothing broken asks for. */
export function namespacesElsewhere(snapshot: Snapshot): readonly string[] {
  const { namespace: asked } = snapshot.scope;
  if (asked === undefined) return [];
  const needed = new Set(neededServices(snapshot).map(keyOf));
  const idle = new Set(
    aliasesOf(snapshot, asked)
      .map(keyOf)
      .filter((key) => !needed.has(key)),
  );
  const found = snapshot
    .all('Service')
    .filter((service) => !idle.has(keyOf(refOf(service))))
    .flatMap(({ metadata: { namespace } }) => namespace ?? []);
  return [...new Set(found)].filter((namespace) => namespace !== asked).slice(0, maximumNamespaces);
}

const aliasesOf = (snapshot: Snapshot, namespace: string): readonly ObjectRef[] =>
  snapshot.all('Service', namespace).flatMap((service) => aliasedService(service) ?? []);

/** What suspects name: qualified names of other namespaces, and what a Service of their own is another name of. */
const neededServices = perSnapshot((snapshot): readonly ObjectRef[] => {
  const { namespace: asked } = snapshot.scope;
  if (asked === undefined) return [];
  const suspects = suspectPods(snapshot, [asked]);
  const names = new Set(suspects.map(({ metadata }) => metadata.name));
  const hosts = [
    ...suspects
      .flatMap(({ spec }) => [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])])
      .flatMap(hostsOfEnv),
    ...snapshot.data.logs
      .filter(({ namespace, pod }) => namespace === asked && names.has(pod))
      .flatMap(({ lines }) => lines.flatMap(({ text }) => hostsIn(text))),
    ...complaints(snapshot)
      .filter(({ pod }) => pod.metadata.namespace === asked)
      .flatMap(({ callees }) => callees.map(({ dependency }) => dependency)),
  ];
  const guards = creationFailures(snapshot).flatMap(({ reason }) => failedCallIn(reason)?.service ?? []);
  const apis = snapshot
    .all('APIService')
    .filter(({ status }) => status?.conditions?.some((each) => each.type === 'Available' && each.status === 'False'))
    .flatMap(({ spec }): readonly ObjectRef[] => {
      const { namespace, name } = spec?.service ?? {};
      return name === undefined ? [] : [{ kind: 'Service', namespace, name }];
    });
  const named = [...new Set(hosts.map(({ host }) => host))].flatMap((host): readonly ObjectRef[] => {
    const own = snapshot.find('Service', asked, host);
    const alias = own && aliasedService(own);
    if (alias !== undefined) return [alias];
    const [, name, namespace] = qualifiedName.exec(host) ?? [];
    return name === undefined || namespace === undefined ? [] : [{ kind: 'Service', namespace, name }];
  });
  return [...guards, ...apis, ...named, ...apiServer(snapshot)];
});

/** The Service of the API server, when a pod fails to reach a port of HTTPS at an address that no Service is known to have. */
function apiServer(snapshot: Snapshot): readonly ObjectRef[] {
  const isMissed = failedCalls(snapshot).some(
    ({ dependency: { host, port, service } }) => service === undefined && port === 443 && isAddress(host),
  );
  return isMissed ? [{ kind: 'Service', namespace: 'default', name: 'kubernetes' }] : [];
}
