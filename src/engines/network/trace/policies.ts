import { nameOf, type ObjectRef } from '../../objects.ts';
import type { Snapshot } from '../../snapshot.ts';
import type { Endpoint } from '../endpoints.ts';
import { type Verdict, verdictOf } from '../flows.ts';
import type { Direction } from '../policies.ts';
import { verdictText } from '../words.ts';
import { brokenHop, type Hop, okHop, unknownHop } from './hops.ts';
import type { Arrival } from './service.ts';

/** A side of a connection and what it is called. */
export interface Side {
  readonly endpoints: readonly Endpoint[];
  /** `shop/web`, `outside`. */
  readonly name: string;
}

/** Ends that are compared on either side; replicas have the same labels. */
const maximumEnds = 4;

interface Connection {
  readonly from: Side;
  readonly arrivals: readonly Arrival[];
  readonly to: string;
  /** What to do when it is denied, where that is known better than from the nearest rule. */
  readonly remedy?: ((policies: string) => string) | undefined;
}

/** What the NetworkPolicies of one end say of the connection, of all pairs of pods the worst. */
export function policyHop(
  snapshot: Snapshot,
  direction: Direction,
  { from, arrivals, to, remedy }: Connection,
): Hop | undefined {
  const ends = from.endpoints.slice(0, maximumEnds);
  const pairs = arrivals.slice(0, maximumEnds).flatMap((arrival) => ends.map((end) => ({ arrival, end })));
  const judged = pairs.map(({ arrival, end }) => ({
    arrival,
    object: objectOf(direction === 'egress' ? end : arrival.endpoint),
    verdict: verdictOf(snapshot, direction, {
      from: end,
      to: arrival.endpoint,
      port: arrival.port,
      protocol: arrival.protocol,
    }),
  }));
  const worst = judged.toSorted((a, b) => weightOf(b.verdict) - weightOf(a.verdict))[0];
  if (worst === undefined) return undefined;
  const { object, arrival } = worst;
  const verdict = remedy === undefined ? worst.verdict : withoutNearest(worst.verdict);
  const denied = judged.filter((each) => each.verdict.outcome === 'denied').length;
  const what = `${arrival.protocol} ${arrival.port ?? 'to it'} ${direction === 'egress' ? `to ${to}` : `from ${from.name}`}`;
  const some = denied > 0 && denied < judged.length ? ` (${denied} of ${judged.length} pairs of pods)` : '';
  const text = `${verdictText(verdict, direction, what)}${some}`;
  if (verdict.outcome === 'denied') {
    const told = remedy?.(verdict.policies.map(nameOf).join(' or '));
    return brokenHop(direction, object, { text, fix: told ?? fixFor(verdict, direction, { what, object }) });
  }
  return verdict.outcome === 'unknown' ? unknownHop(direction, object, text) : okHop(direction, object, text);
}

const objectOf = ({ pod }: Endpoint): ObjectRef | undefined => pod?.ref;

const withoutNearest = (verdict: Verdict): Verdict =>
  verdict.outcome === 'denied' ? { ...verdict, nearest: undefined } : verdict;

/** The worst first: what is denied, then what is not known, then what a rule allows, then what nothing holds back. */
const weightOf = ({ outcome }: Verdict): number => ['open', 'allowed', 'unknown', 'denied'].indexOf(outcome);

function fixFor(
  { policies, nearest }: Extract<Verdict, { outcome: 'denied' }>,
  direction: Direction,
  { what, object }: { readonly what: string; readonly object: ObjectRef | undefined },
): string {
  if (nearest !== undefined) {
    const { field, policy } = nearest.rule;
    const part = nearest.lacks === 'port' ? 'ports' : direction === 'ingress' ? 'from' : 'to';
    return `extend ${field}.${part} of NetworkPolicy/${policy.metadata.name} by ${what}, or correct it`;
  }
  return `add a NetworkPolicy that allows ${direction} of ${what}${object === undefined ? '' : ` for the pods of ${nameOf(object)}`}; leave ${policies.map(nameOf).join(', ')} in place`;
}
