import { nameOf, type ObjectRef } from '../../objects.ts';

/** What a hop is about, in the order in which a connection meets them. */
export const hopKinds = [
  'client',
  'dns-policy',
  'dns-name',
  'dns-egress',
  'gateway',
  'class',
  'route',
  'address',
  'tls',
  'backend',
  'port',
  'selector',
  'endpoints',
  'target-port',
  'egress',
  'ingress',
  'other-policies',
] as const;
export type HopKind = (typeof hopKinds)[number];

export const hopStates = ['ok', 'broken', 'unknown'] as const;
export type HopState = (typeof hopStates)[number];

/** One step of the way of a connection. */
export interface Hop {
  readonly hop: HopKind;
  readonly state: HopState;
  /** What it is about; absent for a name that means no object. */
  readonly object?: ObjectRef | undefined;
  /** A sentence without the object's name and a full stop. */
  readonly text: string;
  /** What to do, when it is broken. */
  readonly fix?: string | undefined;
}

/** One way from a client to a port of a Service. */
export interface Way {
  /** `shop.example/cart`, `Service/db port 5432`. */
  readonly name: string;
  readonly hops: readonly Hop[];
}

/** `open` only when every hop is known to be. */
export const verdicts = ['open', 'broken', 'unknown'] as const;
export type WayVerdict = (typeof verdicts)[number];

export function verdictOfWay({ hops }: Way): WayVerdict {
  if (hops.some(({ state }) => state === 'broken')) return 'broken';
  return hops.some(({ state }) => state === 'unknown') ? 'unknown' : 'open';
}

export const firstBroken = ({ hops }: Way): Hop | undefined => hops.find(({ state }) => state === 'broken');

type About = ObjectRef | undefined;

export const okHop = (hop: HopKind, object: About, text: string): Hop => ({ hop, state: 'ok', object, text });

export const unknownHop = (hop: HopKind, object: About, text: string): Hop => ({ hop, state: 'unknown', object, text });

export const brokenHop = (hop: HopKind, object: About, { text, fix }: { text: string; fix: string }): Hop => ({
  hop,
  state: 'broken',
  object,
  text,
  fix,
});

/** Hops whose sentence begins with the policy that decides, not with the object it is about. */
const ofPolicies: ReadonlySet<HopKind> = new Set(['dns-egress', 'egress', 'ingress']);

/** `Service/db has 1 of 1 endpoints ready`, `Pod/web-1: no NetworkPolicy holds back TCP 5432 to Service/db`. */
export function sentenceOf({ hop, object, text }: Pick<Hop, 'hop' | 'object' | 'text'>): string {
  if (object === undefined) return text;
  return `${nameOf(object)}${ofPolicies.has(hop) ? ':' : ''} ${text}`;
}

/** What holds for all ways and stands in no object. */
export function notesOf(ways: readonly Way[]): readonly string[] {
  const denied = ways.some(({ hops }) => hops.some(({ hop, state }) => state === 'broken' && ofPolicies.has(hop)));
  return denied
    ? ['whether the network plugin enforces NetworkPolicies does not show in the API: one without support ignores them']
    : [];
}
