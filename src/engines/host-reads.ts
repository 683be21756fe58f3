import { complaints, isOfOthers } from './complaints.ts';
import { aliasedService } from './external-names.ts';
import { hostsOfEnv } from './hosts.ts';
import { type ObjectRef, refOf } from './objects.ts';
import type { Snapshot } from './snapshot.ts';
import type { Read } from './snapshot-data.ts';

/** Other namespaces that hosts may name. */
const maximumServices = 6;

/**
 * The Services that hosts may mean to a pod of a namespace, with their endpoints: all of its own namespace, and by name
 * those of other namespaces. `queue.data` may be any domain: a lookup tells.
 * @param allowed whether a namespace may be read.
 */
export function hostReads(
  hosts: readonly string[],
  home: string,
  allowed: (namespace: string) => boolean,
): readonly Read[] {
  const elsewhere = hosts
    .flatMap(servicesNamed)
    .filter(({ namespace }) => namespace !== home && allowed(namespace))
    .slice(0, maximumServices);
  return [
    { verb: 'list', kind: 'Service', namespace: home, as: 'full' },
    { verb: 'list', kind: 'EndpointSlice', namespace: home, as: 'full' },
    ...elsewhere.flatMap(({ certain, ...service }): readonly Read[] => [
      ...servedBy(service),
      // What the namespace has instead, when it can be nothing else than a Service of it.
      ...(certain
        ? [{ verb: 'list' as const, kind: 'Service', namespace: service.namespace, as: 'metadata' as const }]
        : []),
    ]),
  ];
}

/** What the Services of these hosts are only another name of (ExternalName). */
export const aliasReads = (
  snapshot: Snapshot,
  hosts: readonly string[],
  allowed: (namespace: string) => boolean,
): readonly Read[] =>
  snapshot
    .all('Service')
    .filter((service) => hosts.some((host) => host.split('.')[0] === refOf(service).name))
    .flatMap((service) => aliasedService(service) ?? [])
    .filter(({ namespace = '' }) => allowed(namespace))
    .slice(0, maximumServices)
    .flatMap(servedBy);

/**
 * The Services of other namespaces that ready containers are told to call which complain that nobody answers and do not
 * say who.
 */
export const farReads = (snapshot: Snapshot): readonly Read[] =>
  complaints(snapshot)
    .filter((complaint) => isOfOthers(complaint) && complaint.callees.length === 0)
    .flatMap(({ pod, container }) =>
      hostsOfEnv(container.spec)
        .flatMap(({ host }) => servicesNamed(host))
        .filter(({ namespace }) => namespace !== pod.metadata.namespace),
    )
    .filter(({ namespace, name }) => snapshot.presence('Service', namespace, name) === 'unknown')
    .slice(0, maximumServices)
    .flatMap(({ kind, namespace, name }) => servedBy({ kind, namespace, name }));

const servedBy = ({ namespace, name }: ObjectRef): readonly Read[] => [
  { verb: 'get', kind: 'Service', namespace, name },
  {
    verb: 'list',
    kind: 'EndpointSlice',
    namespace,
    labelSelector: `kubernetes.io/service-name=${name}`,
    as: 'full',
  },
];

interface Named {
  readonly kind: 'Service';
  readonly namespace: string;
  readonly name: string;
  /** Whether the host can mean nothing else. */
  readonly certain: boolean;
}

const isLabel = (text: string | undefined): text is string => /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(text ?? '');

/** `db.data`, `db.data.svc…`, and `db-0.db.data…` behind a headless Service. */
function servicesNamed(host: string): readonly Named[] {
  const labels = host.toLowerCase().replace(/\.$/, '').split('.');
  const svc = labels.indexOf('svc');
  const certain = svc >= 2;
  if (!certain && (svc !== -1 || labels.length < 2 || labels.length > 3)) return [];
  const [name, namespace] = certain ? labels.slice(svc - 2, svc) : labels.slice(-2);
  return isLabel(name) && isLabel(namespace) && !/^\d+$/.test(namespace)
    ? [{ kind: 'Service', namespace, name, certain }]
    : [];
}
