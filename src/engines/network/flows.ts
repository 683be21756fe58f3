import { type ObjectRef, refOf } from '../objects.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Endpoint } from './endpoints.ts';
import {
  type Direction,
  every,
  isolates,
  type Match,
  matchesPeers,
  matchesPorts,
  type NetworkPolicy,
  type PolicyRule,
  rulesOf,
  selects,
  type Target,
} from './policies.ts';

/** A connection from one end to another; `port` and `protocol` are those of the pod where it ends. */
export interface Flow extends Target {
  readonly from: Endpoint;
  readonly to: Endpoint;
}

/** What the NetworkPolicies of one end say of a connection. */
export type Verdict =
  /** No policy isolates this end in this direction. */
  | { readonly outcome: 'open' }
  | { readonly outcome: 'allowed'; readonly rule: PolicyRule }
  /** These policies isolate this end, and no rule of them matches. */
  | { readonly outcome: 'denied'; readonly policies: readonly ObjectRef[]; readonly nearest: NearRule | undefined }
  | { readonly outcome: 'unknown'; readonly why: string; readonly policies: readonly ObjectRef[] };

/** A rule that matches in one half: the other half is what a person would mend. */
export interface NearRule {
  readonly rule: PolicyRule;
  readonly lacks: 'port' | 'peer';
}

/**
 * What decides at one end: egress where the connection begins, ingress where it ends. Both have to agree, and each is
 * the union of all policies that select its pod (networking.k8s.io/v1).
 */
export function verdictOf(snapshot: Snapshot, direction: Direction, flow: Flow): Verdict {
  const [own, other] = direction === 'egress' ? [flow.from, flow.to] : [flow.to, flow.from];
  const { pod } = own;
  // Policies are about pods; what uses the node's network, and a pod that talks to itself, are not held back by them.
  if (pod === undefined || pod.hostNetwork || isSame(own, other)) return { outcome: 'open' };
  const policies = isolatingPolicies(snapshot, direction, own);
  const unread = snapshot.presence('NetworkPolicy', pod.namespace, '') === 'unknown';
  const judged = policies
    .flatMap((policy) => rulesOf(policy, direction))
    .map((rule) => {
      const peer = matchesPeers(rule, other);
      const port = matchesPorts(rule, flow, flow.to);
      return { rule, peer, port, match: every([peer, port]) };
    });
  const allowing = judged.find(({ match }) => match === 'yes');
  if (allowing !== undefined) return { outcome: 'allowed', rule: allowing.rule };
  const refs = policies.map((policy) => refOf(policy));
  if (unread) {
    return {
      outcome: 'unknown',
      why: `the NetworkPolicies of namespace ${pod.namespace} were not read`,
      policies: refs,
    };
  }
  if (policies.length === 0) return { outcome: 'open' };
  const open = judged.find(({ match }) => match === 'unknown');
  if (open !== undefined) return { outcome: 'unknown', why: whyUnknown(open, other), policies: refs };
  return { outcome: 'denied', policies: refs, nearest: nearestOf(judged, flow) };
}

interface Judged {
  readonly rule: PolicyRule;
  readonly peer: Match;
  readonly port: Match;
}

const dnsPort = 53;

/**
 * The rule that was meant for the connection: one for this very peer, else one for this very port, else one of either
 * that says less. A rule about DNS is meant for nothing else: to widen it would open what it does not speak of.
 */
function nearestOf(judged: readonly Judged[], flow: Flow): NearRule | undefined {
  const isAboutDns = ({ ports }: PolicyRule): boolean =>
    flow.port !== dnsPort && ports.length > 0 && ports.every(({ port }) => Number(port) === dnsPort);
  return judged
    .filter(({ rule }) => !isAboutDns(rule))
    .flatMap(({ rule, peer, port }): readonly (NearRule & { readonly rank: number })[] => {
      if (peer === 'yes') return [{ rule, lacks: 'port', rank: rule.peers.length > 0 ? 0 : 2 }];
      return port === 'yes' ? [{ rule, lacks: 'peer', rank: rule.ports.length > 0 ? 1 : 3 }] : [];
    })
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ rule, lacks }) => ({ rule, lacks }))[0];
}

/** The policies that isolate a pod in a direction, as far as they were read. */
export function isolatingPolicies(
  snapshot: Snapshot,
  direction: Direction,
  { pod }: Endpoint,
): readonly NetworkPolicy[] {
  if (pod === undefined) return [];
  return snapshot
    .all('NetworkPolicy', pod.namespace)
    .filter((policy) => isolates(policy, direction) && selects(policy, pod.labels));
}

const isSame = (own: Endpoint, other: Endpoint): boolean =>
  own.pod !== undefined &&
  other.pod !== undefined &&
  own.pod.ref.name === other.pod.ref.name &&
  own.pod.namespace === other.pod.namespace;

function whyUnknown(
  { rule, peer }: { readonly rule: PolicyRule; readonly peer: string },
  { pod, known, addresses }: Endpoint,
): string {
  const name = `${rule.field} of NetworkPolicy/${rule.policy.metadata.name}`;
  if (peer !== 'unknown') return `${name} names a port that could not be resolved`;
  if (!known) return `${name} decides, and it is not known who connects`;
  if (pod?.hostNetwork === true) return `${name} decides, and the other pod uses the network of its node`;
  if (pod?.namespaceKnown === false)
    return `${name} decides, and the labels of namespace ${pod.namespace} were not read`;
  return addresses.length === 0 ? `${name} decides, and the other address is not known` : `${name} could not be judged`;
}
