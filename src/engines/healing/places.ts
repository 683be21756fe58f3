import { type Node, nameOf, type Pod, refOf } from '../objects.ts';
import { perSnapshot } from '../per-snapshot.ts';
import { type AffinityTerm, placedPods, termMeans } from '../scheduling/neighbours.ts';
import { fitsOf, type NodeFit } from '../scheduling/node-fit.ts';
import { freeOf, type NodeRoom } from '../scheduling/node-room.ts';
import { podRequests, type Resources } from '../scheduling/requests.ts';
import type { Snapshot } from '../snapshot.ts';
import { claimsOf, type PersistentVolume } from '../volumes/claims.ts';
import { isReachableFrom, placeText } from '../volumes/places.ts';

/** Whether the successor of a pod finds a node. */
export interface Place {
  /** `unsure`: only nodes would do of which not every pod was read. */
  readonly found: 'yes' | 'unsure' | 'no';
  /** What keeps it from the nodes, a clause for each of the first few: `Node/node-1 is cordoned`. */
  readonly why: string;
}

const namedNodes = 3;

/**
 * Where the successor of a pod may start once the pod is gone, as kube-scheduler would judge it from what was read: its
 * own node counts, as the eviction frees its place there.
 */
export function placeAfterwards(snapshot: Snapshot, pod: Pod): Place {
  const fits = fitsOf(snapshot, pod).map((fit) => (isOwn(fit, pod) ? freed(fit, pod) : fit));
  return placeAmong(fits, snapshot, pod);
}

/** What finds no other node when all of these leave one, each with the reason. */
export function homelessPods(snapshot: Snapshot, pods: readonly Pod[], left: Node): readonly (Place & { pod: Pod })[] {
  const taken = new Map<string, Resources>();
  return pods.flatMap((pod) => {
    const others = fitsOf(snapshot, pod)
      .filter(({ node }) => node.metadata.name !== left.metadata.name)
      .map((fit) => withoutTaken(fit, pod, taken));
    const hindranceOf = hindrances(snapshot, pod);
    const chosen = others.find((fit) => hindranceOf(fit) === undefined);
    if (chosen === undefined) return [{ ...placeAmong(others, snapshot, pod), pod }];
    take(taken, chosen.node.metadata.name, pod);
    return [];
  });
}

function placeAmong(fits: readonly NodeFit[], snapshot: Snapshot, pod: Pod): Place {
  const hindranceOf = hindrances(snapshot, pod);
  const judged = fits.map((fit) => ({ fit, hindrance: hindranceOf(fit) }));
  const free = judged.filter(({ hindrance }) => hindrance === undefined);
  const told = judged.flatMap(({ fit, hindrance }) =>
    hindrance === undefined ? [] : [`${nameOf(refOf(fit.node))} ${hindrance}`],
  );
  const more = told.length - namedNodes;
  const why = `${told.slice(0, namedNodes).join(', ') || 'there is no other node'}${more > 0 ? `, and ${more} more` : ''}`;
  if (free.length === 0) return { found: 'no', why };
  const sure = free.some(({ fit }) => isOwn(fit, pod) || fit.room?.complete === true);
  return { found: sure ? 'yes' : 'unsure', why };
}

const isOwn = ({ node }: NodeFit, { spec }: Pod): boolean => node.metadata.name === spec?.nodeName;

/** The pod itself is what fills its node, unless the node has shrunk since. */
function freed(fit: NodeFit, pod: Pod): NodeFit {
  const { room } = fit;
  if (room === undefined || !fit.obstacles.has('capacity')) return fit;
  const shrunk = Object.keys(demanded(pod)).some(
    (resource) => (room.requested[resource] ?? 0) > (room.allocatable[resource] ?? 0),
  );
  return shrunk ? fit : { ...fit, obstacles: new Set([...fit.obstacles].filter((each) => each !== 'capacity')) };
}

/** What those that left before it have taken is gone. */
function withoutTaken(fit: NodeFit, pod: Pod, taken: ReadonlyMap<string, Resources>): NodeFit {
  const { room } = fit;
  const gone = taken.get(fit.node.metadata.name);
  if (room === undefined || gone === undefined || hasRoom(room, gone, pod)) return fit;
  return { ...fit, obstacles: new Set([...fit.obstacles, 'capacity' as const]) };
}

const hasRoom = (room: NodeRoom, gone: Resources, pod: Pod): boolean =>
  Object.entries(demanded(pod)).every(
    ([resource, request]) => request === 0 || freeOf(room, resource) - (gone[resource] ?? 0) >= request,
  );

function take(taken: Map<string, Resources>, node: string, pod: Pod): void {
  const before = taken.get(node) ?? {};
  const more = Object.entries(demanded(pod)).map(([resource, request]) => [
    resource,
    (before[resource] ?? 0) + request,
  ]);
  taken.set(node, { ...before, ...Object.fromEntries(more) });
}

const demanded = ({ spec }: Pod): Resources => ({ pods: 1, ...podRequests(spec) });

/** What keeps the pod from a node, as the rest of a sentence; `undefined` when it may start there. */
function hindrances(snapshot: Snapshot, pod: Pod): (fit: NodeFit) => string | undefined {
  const volumes = volumesOf(snapshot, pod);
  const isRepelled = repulsion(snapshot, pod);
  return ({ node, obstacles, taints, shortages }) => {
    if (obstacles.has('affinity')) return 'does not have the labels that it asks for';
    if (obstacles.has('cordon')) return 'is cordoned';
    if (obstacles.has('system-taint') || obstacles.has('taint'))
      return `has a taint that it does not tolerate (${taints.map(({ key }) => key).join(', ')})`;
    const away = volumes.find((volume) => !isReachableFrom(node, volume));
    if (away !== undefined) return `does not reach ${nameOf(refOf(away))}, which is at ${placeText(away)}`;
    if (obstacles.has('capacity')) {
      const short = shortages.map(({ resource }) => resource).join(' and ');
      return short === '' ? 'has no room left by then' : `has too little ${short} left`;
    }
    return isRepelled(node) ? 'has a pod that it must not be beside' : undefined;
  };
}

/** The volumes of its claims that were read. */
const volumesOf = (snapshot: Snapshot, pod: Pod): readonly PersistentVolume[] =>
  claimsOf(snapshot, pod).flatMap(
    ({ spec }) => snapshot.find('PersistentVolume', undefined, spec?.volumeName ?? '') ?? [],
  );

/** Whether on a node, or in the same part of the cluster, there is a pod that this one must not be beside. */
function repulsion(snapshot: Snapshot, pod: Pod): (node: Node) => boolean {
  const terms: readonly AffinityTerm[] =
    pod.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const own = snapshot.find('Node', undefined, pod.spec?.nodeName ?? '');
  const rules = terms.map((term) => ({
    term,
    counts: rivalsOf(snapshot, pod, term),
    // The pod itself is gone by then.
    self: termMeans(snapshot, pod, term, pod) ? domainOf(own, term) : undefined,
  }));
  return (node) =>
    rules.some(({ term, counts, self }) => {
      const domain = domainOf(node, term);
      return domain !== undefined && (counts.get(domain) ?? 0) > (domain === self ? 1 : 0);
    });
}

const knownRivals = perSnapshot(() => new Map<string, ReadonlyMap<string, number>>());

/** How many pods a term means, by domain; counted once for all pods of a namespace that have the same term. */
function rivalsOf(snapshot: Snapshot, pod: Pod, term: AffinityTerm): ReadonlyMap<string, number> {
  const known = knownRivals(snapshot);
  const key = JSON.stringify([pod.metadata.namespace, term]);
  const counts = known.get(key) ?? countedRivals(snapshot, pod, term);
  known.set(key, counts);
  return counts;
}

function countedRivals(snapshot: Snapshot, pod: Pod, term: AffinityTerm): ReadonlyMap<string, number> {
  const nodes = new Map(snapshot.all('Node').map((each) => [each.metadata.name, each]));
  const domains = placedPods(snapshot).flatMap((other) => {
    const domain = domainOf(nodes.get(other.spec?.nodeName ?? ''), term);
    return domain !== undefined && termMeans(snapshot, pod, term, other) ? [domain] : [];
  });
  return new Map([...Map.groupBy(domains, (domain) => domain)].map(([domain, all]) => [domain, all.length]));
}

const domainOf = (node: Node | undefined, { topologyKey = '' }: AffinityTerm): string | undefined =>
  node?.metadata.labels?.[topologyKey];
