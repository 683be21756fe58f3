import { nameOf, type ObjectRef, refOf, type Service } from '../objects.ts';
import { workloadOf } from '../owners.ts';
import { readyEndpoints } from '../routes.ts';
import type { Snapshot } from '../snapshot.ts';
import { isAddress } from './addresses.ts';
import { type FailedCall, failedCalls, isNameFailure, isUnanswered, silentCalls } from './calls.ts';
import { dnsServers, dnsServersOf } from './dns.ts';
import { type Endpoint, endpointOfPod, someone } from './endpoints.ts';
import { type Verdict, verdictOf } from './flows.ts';
import type { Direction, NetworkPolicy } from './policies.ts';
import { type Arrival, serviceWay } from './trace/service.ts';

type Denial = Extract<Verdict, { outcome: 'denied' }>;

/** A call that NetworkPolicies let nobody answer. */
export interface BlockedCall {
  readonly call: FailedCall;
  /** The workload that calls. */
  readonly client: ObjectRef;
  readonly server: ObjectRef | undefined;
  /** The cluster IP of that Service, when it has one. */
  readonly serverAddress: string | undefined;
  readonly arrival: Arrival;
  readonly direction: Direction;
  readonly denial: Denial;
  /** The policy that a person would change: the one whose rule is nearest, else the first that isolates. */
  readonly policy: NetworkPolicy;
}

/** Calls that got no answer and of which the policies of every pod behind the Service, or of the caller, say why. */
export const blockedCalls = (snapshot: Snapshot): readonly BlockedCall[] =>
  blockedOf(
    snapshot,
    failedCalls(snapshot).filter((call) => isUnanswered(call) && !isNameFailure(call)),
  );

/** The same for calls that nobody says fail, of the workload that is asked about. */
export const blockedSilently = (snapshot: Snapshot): readonly BlockedCall[] =>
  blockedOf(snapshot, silentCalls(snapshot));

const blockedOf = (snapshot: Snapshot, calls: readonly FailedCall[]): readonly BlockedCall[] =>
  calls.flatMap((call) => {
    const arrivals = arrivalsOf(snapshot, call);
    return (['egress', 'ingress'] as const).flatMap((direction) => blockedAt(snapshot, call, { direction, arrivals }));
  });

/** Names that were not resolved because policies keep the caller from the DNS of the cluster. */
export const blockedLookups = (snapshot: Snapshot): readonly BlockedCall[] =>
  failedCalls(snapshot)
    .filter((call) => isNameFailure(call) && dnsServersOf(call.pod.spec ?? {}) === 'cluster')
    .flatMap((call) => {
      const arrivals = dnsServers(snapshot).map(({ endpoint, port }) => ({ endpoint, port, protocol: 'UDP' }));
      return blockedAt(snapshot, call, { direction: 'egress', arrivals });
    });

/** Where a call would arrive: the pods behind its Service while some of them are ready, else an address outside. */
function arrivalsOf(snapshot: Snapshot, { dependency }: FailedCall): readonly Arrival[] {
  const { service: ref, endpoints = 0, host, port } = dependency;
  if (ref === undefined) {
    const endpoint: Endpoint = { addresses: isAddress(host) ? [host] : [], known: isAddress(host) };
    return [{ endpoint, port, protocol: 'TCP' }];
  }
  const service: Service | undefined = snapshot.find('Service', ref.namespace, ref.name);
  return service === undefined || endpoints === 0 ? [] : serviceWay(snapshot, service, port).arrivals;
}

interface Side {
  readonly direction: Direction;
  readonly arrivals: readonly Arrival[];
}

function blockedAt(snapshot: Snapshot, call: FailedCall, { direction, arrivals }: Side): readonly BlockedCall[] {
  const from = endpointOfPod(snapshot, call.pod);
  const verdicts = arrivals.map((arrival) => ({
    arrival,
    verdict: verdictOf(snapshot, direction, {
      from,
      to: arrival.endpoint,
      port: arrival.port,
      protocol: arrival.protocol,
    }),
  }));
  const [first] = verdicts;
  if (first?.verdict.outcome !== 'denied' || verdicts.some(({ verdict }) => verdict.outcome !== 'denied')) return [];
  const denial = first.verdict;
  const policy = denial.nearest?.rule.policy ?? policyOf(snapshot, denial.policies[0]);
  if (policy === undefined) return [];
  const client = workloadOf(snapshot, call.pod);
  const server = call.dependency.service;
  const service: Service | undefined = server && snapshot.find('Service', server.namespace, server.name);
  const address = service?.spec?.clusterIP;
  const serverAddress = address !== undefined && isAddress(address) ? address : undefined;
  return [{ call, client, server, serverAddress, arrival: first.arrival, direction, denial, policy }];
}

const policyOf = (snapshot: Snapshot, ref: ObjectRef | undefined): NetworkPolicy | undefined =>
  ref && snapshot.find('NetworkPolicy', ref.namespace, ref.name);

/** Blocked calls that one change of one policy would mend, with all that make them. */
export function byPolicy(blocked: readonly BlockedCall[]): readonly (readonly BlockedCall[])[] {
  const groups = Map.groupBy(blocked, ({ policy, server, call, arrival, direction }) =>
    JSON.stringify([refOf(policy), server ?? call.dependency.host, arrival.port, direction]),
  );
  return [...groups.values()];
}

/** `Deployment/web and Deployment/api`. */
export const clientNames = (blocked: readonly BlockedCall[]): string => {
  const names = [...new Set(blocked.map(({ client }) => nameOf(client)))];
  const shown = names.slice(0, 3);
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(' and ');
};

/** A port of a Service that the policies of its pods let nobody reach, whoever it is. */
export interface ClosedPort extends Pick<BlockedCall, 'arrival' | 'denial' | 'policy'> {
  readonly service: Service;
}

/** The closed ports of the Service that is asked about: whether somebody should reach them, only a person knows. */
export function closedPorts(snapshot: Snapshot): readonly ClosedPort[] {
  const { object } = snapshot.scope;
  if (object?.kind !== 'Service') return [];
  const service: Service | undefined = snapshot.find('Service', object.namespace, object.name);
  if (service === undefined || (readyEndpoints(snapshot, service) ?? []).length === 0) return [];
  return (service.spec?.ports ?? []).flatMap(({ port }) => {
    const { arrivals } = serviceWay(snapshot, service, port);
    const verdicts = arrivals.map((arrival) => ({
      arrival,
      verdict: verdictOf(snapshot, 'ingress', {
        from: someone,
        to: arrival.endpoint,
        port: arrival.port,
        protocol: arrival.protocol,
      }),
    }));
    const [first] = verdicts;
    if (first?.verdict.outcome !== 'denied' || verdicts.some(({ verdict }) => verdict.outcome !== 'denied')) return [];
    const policy = first.verdict.nearest?.rule.policy ?? policyOf(snapshot, first.verdict.policies[0]);
    return policy === undefined ? [] : [{ service, arrival: first.arrival, denial: first.verdict, policy }];
  });
}
