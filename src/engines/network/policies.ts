import type * as client from '@kubernetes/client-node';
import type { Of, Raw } from '../objects.ts';
import { type LabelSelector, type Labels, matchesSelector } from '../selectors.ts';
import { inBlock, isEverything } from './addresses.ts';
import type { Endpoint } from './endpoints.ts';

export type NetworkPolicy = Of<'NetworkPolicy'>;
export type Direction = 'ingress' | 'egress';
export type PolicyPeer = Raw<client.V1NetworkPolicyPeer>;
export type PolicyPort = Raw<client.V1NetworkPolicyPort>;

/** What a rule says of a connection; `unknown` when the snapshot lacks what decides. */
export type Match = 'yes' | 'no' | 'unknown';

/** One rule of a policy in one direction, the fields `from` and `to` under one name. */
export interface PolicyRule {
  readonly policy: NetworkPolicy;
  /** As it stands in the object: `spec.egress[0]`. */
  readonly field: string;
  /** Empty: everyone. */
  readonly peers: readonly PolicyPeer[];
  /** Empty: every port of every protocol. */
  readonly ports: readonly PolicyPort[];
}

/** A destination port as a policy sees it: behind the Service, on the pod. */
export interface Target {
  /** `undefined` when it is not known. */
  readonly port: number | undefined;
  readonly protocol: string;
}

/**
 * Whether a policy isolates the pods that it selects in a direction. Without `policyTypes` it is Ingress, and Egress
 * when there are egress rules (networking.k8s.io/v1 `SetDefaults_NetworkPolicy`).
 */
export function isolates({ spec }: NetworkPolicy, direction: Direction): boolean {
  if (spec === undefined) return false;
  const types = spec.policyTypes ?? [];
  if (types.length > 0) return types.some((type) => type.toLowerCase() === direction);
  return direction === 'ingress' || (spec.egress ?? []).length > 0;
}

/** Whether a policy is about the pods with these labels in its own namespace. No selector is the empty one: all. */
export const selects = ({ spec }: NetworkPolicy, labels: Labels): boolean =>
  spec !== undefined && matchesSelector(spec.podSelector ?? {}, labels);

export function rulesOf(policy: NetworkPolicy, direction: Direction): readonly PolicyRule[] {
  const { ingress = [], egress = [] } = policy.spec ?? {};
  const rule = (peers: PolicyRule['peers'] = [], ports: PolicyRule['ports'] = [], index: number): PolicyRule => ({
    policy,
    field: `spec.${direction}[${index}]`,
    peers,
    ports,
  });
  return direction === 'ingress'
    ? ingress.map(({ from, ports }, index) => rule(from, ports, index))
    : egress.map(({ to, ports }, index) => rule(to, ports, index));
}

/** Whether one of the rule's peers is this end of the connection. */
export const matchesPeers = ({ policy, peers }: PolicyRule, other: Endpoint): Match =>
  peers.length === 0 ? 'yes' : any(peers.map((peer) => matchesPeer(peer, other, policy.metadata.namespace ?? '')));

/** Whether one of the rule's ports is the target; names are those of the pod where the connection ends. */
export const matchesPorts = ({ ports }: PolicyRule, target: Target, destination: Endpoint): Match =>
  ports.length === 0 ? 'yes' : any(ports.map((port) => matchesPort(port, target, destination)));

function matchesPeer({ podSelector, namespaceSelector, ipBlock }: PolicyPeer, other: Endpoint, home: string): Match {
  if (ipBlock !== undefined) return matchesBlock(ipBlock, other);
  if (podSelector === undefined && namespaceSelector === undefined) return 'no';
  const { pod } = other;
  if (pod === undefined) return other.known ? 'no' : 'unknown';
  const namespace =
    namespaceSelector === undefined
      ? yesOrNo(pod.namespace === home)
      : matchesKnown(namespaceSelector, pod.namespaceLabels, pod.namespaceKnown);
  const labels = podSelector === undefined ? 'yes' : yesOrNo(matchesSelector(podSelector, pod.labels));
  const both = every([namespace, labels]);
  // What comes from a node's address is a pod to some network plugins only.
  return both === 'yes' && pod.hostNetwork ? 'unknown' : both;
}

function matchesBlock({ cidr = '', except = [] }: Raw<client.V1IPBlock>, { addresses }: Endpoint): Match {
  if (addresses.length === 0) return isEverything(cidr) && except.length === 0 ? 'yes' : 'unknown';
  return any(
    addresses.map((address) => {
      const inside = inBlock(address, cidr);
      if (inside === undefined) return 'unknown';
      return yesOrNo(inside && !except.some((hole) => inBlock(address, hole) === true));
    }),
  );
}

function matchesPort({ protocol = 'TCP', port, endPort }: PolicyPort, target: Target, { pod, known }: Endpoint): Match {
  if (protocol !== target.protocol) return 'no';
  const wanted: unknown = port;
  if (wanted === undefined) return 'yes';
  if (target.port === undefined) return 'unknown';
  if (typeof wanted === 'number') return yesOrNo(target.port >= wanted && target.port <= (endPort ?? wanted));
  if (typeof wanted !== 'string') return 'no';
  if (pod?.ports === undefined) return known && pod === undefined ? 'no' : 'unknown';
  return yesOrNo(
    pod.ports.some((each) => each.name === wanted && each.protocol === protocol && each.port === target.port),
  );
}

/** A selector against labels of which some may not be known: what is not among them then decides nothing. */
function matchesKnown(selector: LabelSelector, labels: Labels, complete: boolean): Match {
  if (complete) return yesOrNo(matchesSelector(selector, labels));
  const requirements: readonly { readonly key: string; readonly selector: LabelSelector }[] = [
    ...Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({
      key,
      selector: { matchLabels: { [key]: value } },
    })),
    ...(selector.matchExpressions ?? []).map((each) => ({
      key: each.key ?? '',
      selector: { matchExpressions: [each] },
    })),
  ];
  return every(
    requirements.map(({ key, selector: one }) =>
      labels[key] === undefined ? 'unknown' : yesOrNo(matchesSelector(one, labels)),
    ),
  );
}

const yesOrNo = (holds: boolean): Match => (holds ? 'yes' : 'no');

export const any = (matches: readonly Match[]): Match =>
  matches.includes('yes') ? 'yes' : matches.includes('unknown') ? 'unknown' : 'no';

export const every = (matches: readonly Match[]): Match =>
  matches.includes('no') ? 'no' : matches.includes('unknown') ? 'unknown' : 'yes';
