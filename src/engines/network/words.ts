import { nameOf } from '../objects.ts';
import { selectorText } from '../selectors.ts';
import type { Verdict } from './flows.ts';
import type { Direction, PolicyPeer, PolicyPort, PolicyRule } from './policies.ts';

const shownParts = 3;

/** `from pods app=web of this namespace`, `to everyone`: whom a rule lets through. */
export function peersText({ peers }: PolicyRule, direction: Direction): string {
  const word = direction === 'ingress' ? 'from' : 'to';
  return peers.length === 0 ? `${word} everyone` : `${word} ${listed(peers.map(peerText), 'or')}`;
}

function peerText({ podSelector, namespaceSelector, ipBlock }: PolicyPeer): string {
  if (ipBlock !== undefined) {
    const except = ipBlock.except ?? [];
    return `addresses in ${ipBlock.cidr}${except.length === 0 ? '' : ` except ${listed(except, 'and')}`}`;
  }
  const pods = podSelector === undefined || isEmpty(podSelector) ? 'any pod' : `pods with ${selectorText(podSelector)}`;
  if (namespaceSelector === undefined) return `${pods} of its own namespace`;
  return isEmpty(namespaceSelector)
    ? `${pods} of any namespace`
    : `${pods} of namespaces with ${selectorText(namespaceSelector)}`;
}

const isEmpty = ({ matchLabels = {}, matchExpressions = [] }: NonNullable<PolicyPeer['podSelector']>): boolean =>
  Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;

/** `TCP 8080`, `any port`, `UDP 53 and TCP 53`. */
export const portsText = ({ ports }: PolicyRule): string =>
  ports.length === 0 ? 'any port' : listed(ports.map(portText), 'and');

function portText({ protocol = 'TCP', port, endPort }: PolicyPort): string {
  const wanted: unknown = port;
  if (typeof wanted !== 'number' && typeof wanted !== 'string') return `any ${protocol} port`;
  return `${protocol} ${wanted}${endPort === undefined ? '' : `–${endPort}`}`;
}

/**
 * The rest of a sentence about one end: `is let through by spec.ingress[0] of NetworkPolicy/web`, `is isolated by
 * NetworkPolicy/deny-all, and no rule lets TCP 8080 from shop/web-1 through`.
 * @param what the connection: `TCP 8080 from shop/web`.
 */
export function verdictText(verdict: Verdict, direction: Direction, what: string): string {
  switch (verdict.outcome) {
    case 'open':
      return `no NetworkPolicy holds back ${what}`;
    case 'allowed':
      return `${ruleName(verdict.rule)} lets ${what} through`;
    case 'unknown':
      return `${what}: ${verdict.why}`;
    default: {
      const { policies, nearest } = verdict;
      const names = listed(policies.map(nameOf), 'and');
      const isolate = `${names} ${policies.length === 1 ? 'isolates' : 'isolate'} the pod for ${direction}`;
      return `${isolate}, and no rule lets ${what} through${nearest === undefined ? '' : ` (${nearText(nearest, direction)})`}`;
    }
  }
}

type Near = NonNullable<Extract<Verdict, { outcome: 'denied' }>['nearest']>;

/** What the nearest rule allows instead. */
export const nearText = ({ rule, lacks }: Near, direction: Direction): string =>
  lacks === 'port'
    ? `${ruleName(rule)} allows only ${portsText(rule)}`
    : `${ruleName(rule)} allows it only ${peersText(rule, direction)}`;

export const ruleName = ({ field, policy }: PolicyRule): string => `${field} of NetworkPolicy/${policy.metadata.name}`;

export function listed(parts: readonly string[], word: 'and' | 'or'): string {
  const shown = parts.slice(0, shownParts);
  const more = parts.length - shown.length;
  if (more > 0) return `${shown.join(', ')} ${word} ${more} more`;
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} ${word} ${last}`;
}
