import { httpRoutes } from '../../gateway-api.ts';
import { serviceOfHost } from '../../hosts.ts';
import { nameOf, type ObjectRef, refOf, type Service } from '../../objects.ts';
import { indexSnapshot, type Snapshot } from '../../snapshot.ts';
import type { SnapshotData } from '../../snapshot-data.ts';
import { type HostName, hostName, resolve } from '../dns.ts';
import { endpointOfAddress } from '../endpoints.ts';
import { backendHops } from './backend.ts';
import { type Client, clientOf, dnsHops } from './client.ts';
import { gatewayWays } from './gateway.ts';
import { type Hop, okHop, unknownHop, type Way } from './hops.ts';
import { ingressWays, unroutedHop } from './ingress.ts';
import { policyHop } from './policies.ts';
import type { Destination, Question } from './question.ts';
import { foreignPolicies } from './reads.ts';
import { serviceWay } from './service.ts';

/** Ports of one Service that are followed when none is named. */
const maximumPorts = 5;

/** Follows every way that a question is about, hop by hop. Pure. */
export function trace(question: Question, data: SnapshotData): readonly Way[] {
  const snapshot = indexSnapshot(data);
  const ways =
    question.from === undefined ? outsideWays(snapshot, question) : insideWays(snapshot, question, question.from);
  const foreign = foreignHop(snapshot);
  return foreign === undefined ? ways : ways.map(({ name, hops }) => ({ name, hops: [...hops, foreign] }));
}

function outsideWays(snapshot: Snapshot, { namespace, to }: Question): readonly Way[] {
  if (to.kind === 'service') return serviceWays(snapshot, to.ref, to.port);
  if (to.kind === 'host') return [];
  const ingresses = snapshot
    .all('Ingress', namespace)
    .filter(({ metadata }) => to.kind === 'url' || (to.ref.kind === 'Ingress' && to.ref.name === metadata.name));
  const routes = httpRoutes(snapshot).filter(
    ({ metadata }) =>
      metadata.namespace === namespace &&
      (to.kind === 'url' || (to.ref.kind === 'HTTPRoute' && to.ref.name === metadata.name)),
  );
  const ways = [
    ...ingresses.flatMap((ingress) => ingressWays(snapshot, ingress, to)),
    ...routes.flatMap((route) => gatewayWays(snapshot, route, to)),
  ];
  if (ways.length > 0) return ways;
  if (to.kind === 'url') return [{ name: `${to.host}${to.path}`, hops: [unroutedOrUnread(snapshot, namespace, to)] }];
  return [{ name: nameOf(to.ref), hops: [unknownHop('route', to.ref, 'leads to no Service')] }];
}

function unroutedOrUnread(snapshot: Snapshot, namespace: string, to: Extract<Destination, { kind: 'url' }>): Hop {
  const unread = snapshot.presence('Ingress', namespace, '') === 'unknown';
  return unread
    ? unknownHop('route', undefined, `the Ingresses of namespace ${namespace} were not read`)
    : unroutedHop(snapshot.all('Ingress', namespace), to);
}

/** To a Service from outside, without a route in front: how it can be reached at all, and what is behind it. */
function serviceWays(snapshot: Snapshot, ref: ObjectRef, port: string | undefined): readonly Way[] {
  const service = snapshot.find('Service', ref.namespace, ref.name);
  if (service === undefined) return [{ name: nameOf(ref), hops: backendHops(snapshot, ref, port) }];
  return portsOf(service, port).map((each) => ({
    name: wayName(ref, each),
    hops: [exposureHop(service), ...backendHops(snapshot, ref, each)],
  }));
}

function exposureHop(service: Service): Hop {
  const { type = 'ClusterIP', ports = [] } = service.spec ?? {};
  const ref = refOf(service);
  if (type === 'LoadBalancer') {
    const addresses = (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip ?? hostname ?? []);
    return addresses.length > 0
      ? okHop('address', ref, `is reached from outside at ${addresses.join(', ')}`)
      : unknownHop('address', ref, 'is of type LoadBalancer and has no address yet');
  }
  const nodePorts = ports.flatMap(({ nodePort }) => nodePort ?? []);
  if (type === 'NodePort')
    return okHop('address', ref, `is reached from outside on every node at port ${nodePorts.join(', ')}`);
  return okHop('address', ref, `is of type ${type}: reached from inside of the cluster, or through a route`);
}

const portsOf = (service: Service, port: string | undefined): readonly (string | undefined)[] => {
  const numbers = (service.spec?.ports ?? []).flatMap((each) => (each.port === undefined ? [] : [String(each.port)]));
  return port !== undefined || numbers.length === 0 ? [port] : numbers.slice(0, maximumPorts);
};

const wayName = (ref: ObjectRef, port: string | undefined): string =>
  `${nameOf(ref)}${port === undefined ? '' : ` port ${port}`}`;

function insideWays(snapshot: Snapshot, { namespace, to }: Question, from: ObjectRef): readonly Way[] {
  const client = clientOf(snapshot, from);
  if (to.kind === 'service') {
    const host = `${to.ref.name}.${to.ref.namespace}.svc`;
    return hostWays(snapshot, client, { host, port: to.port, name: { candidates: [to.ref], internal: true } });
  }
  if (to.kind !== 'host') return [];
  const name = hostName(to.host, namespace);
  return name === undefined
    ? addressWays(snapshot, client, to)
    : hostWays(snapshot, client, { host: to.host, port: to.port, name });
}

interface Asked {
  readonly host: string;
  readonly port: string | undefined;
  readonly name: HostName;
}

function hostWays(snapshot: Snapshot, client: Client, { host, port, name }: Asked): readonly Way[] {
  const found = resolve(snapshot, name);
  const front = [...client.hops, ...dnsHops(snapshot, client, { host, name, found })];
  const { service } = found;
  if (service === undefined) return [{ name: port === undefined ? host : `${host}:${port}`, hops: front }];
  return portsOf(service, port).map((each) => ({
    name: `${client.name} → ${wayName(refOf(service), each)}`,
    hops: [...front, ...behind(snapshot, client, service, each)],
  }));
}

function behind(snapshot: Snapshot, client: Client, service: Service, port: string | undefined): readonly Hop[] {
  const { hops, arrivals } = serviceWay(snapshot, service, port);
  const to = nameOf(refOf(service));
  const policies = (['egress', 'ingress'] as const).flatMap(
    (direction) => policyHop(snapshot, direction, { from: client, arrivals, to }) ?? [],
  );
  return [...hops, ...policies];
}

/** To an IP address: that of a Service, or one outside. */
function addressWays(
  snapshot: Snapshot,
  client: Client,
  to: { host: string; port: string | undefined },
): readonly Way[] {
  const found = serviceOfHost(snapshot, to.host, client.namespace);
  if (found?.service !== undefined) {
    const { service } = found;
    return [
      { name: wayName(found.ref, to.port), hops: [...client.hops, ...behind(snapshot, client, service, to.port)] },
    ];
  }
  const port = to.port === undefined ? undefined : Number(to.port);
  const arrivals = [{ endpoint: endpointOfAddress(to.host), port, protocol: 'TCP' }];
  const egress = policyHop(snapshot, 'egress', { from: client, arrivals, to: to.host });
  const beyond = unknownHop('endpoints', undefined, `${to.host} is no known Service: what is there is not seen`);
  return [{ name: to.host, hops: [...client.hops, ...(egress === undefined ? [] : [egress]), beyond] }];
}

/** What else may decide, and is not evaluated. */
function foreignHop({ data }: Snapshot): Hop | undefined {
  const kinds: readonly string[] = foreignPolicies;
  const found = [...data.heads, ...data.objects].filter(({ kind }) => kinds.includes(kind));
  const [first] = found;
  if (first === undefined) return undefined;
  const more = found.length > 1 ? ` and ${found.length - 1} more` : '';
  return unknownHop(
    'other-policies',
    refOf(first),
    `is a policy of the network plugin that is not evaluated here${more}`,
  );
}
