import type { Pod } from '../objects.ts';
import { perSnapshot } from '../per-snapshot.ts';
import { unassignedPods } from '../pod-groups.ts';
import { podCondition } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';
import { conflictsWithVolume, histogramOf, insufficientIn, type Obstacle, obstacleOf } from './histogram.ts';
import { demandsOf, fitsOf, type NodeFit } from './node-fit.ts';

/** What keeps a pod from every node: an obstacle, or a request that no eligible node could meet even when empty. */
export type PlacementCause = Obstacle | 'oversized';

/** A pod that the scheduler could not place, with the obstacle whose removal would place it. */
export interface Unplaced {
  readonly pod: Pod;
  /** The scheduler's words. */
  readonly message: string;
  readonly since: string | undefined;
  readonly cause: PlacementCause;
  /** The nodes that would do if the cause were removed, the roomiest first; without nodes, empty. */
  readonly nodes: readonly NodeFit[];
  /** Every node. */
  readonly fits: readonly NodeFit[];
  /** False when only the scheduler's words say so. */
  readonly recomputed: boolean;
}

/**
 * Pods that the scheduler could not place for one of the obstacles that are recomputed here. Pods that wait for
 * something else (a claim, where its volume is, a port, spreading, a device that no node has) are left out.
 */
export const unplacedPods = perSnapshot((snapshot): readonly Unplaced[] => {
  const verdicts = new Map<string, Verdict | undefined>();
  return unassignedPods(snapshot).flatMap((pod) => {
    const condition = podCondition(pod, 'PodScheduled');
    if (condition?.status !== 'False' || condition.reason !== 'Unschedulable') return [];
    const { message = '', lastTransitionTime } = condition;
    // Replicas demand the same and are told the same.
    const key = `${message}\n${demandsOf(pod)}`;
    if (!verdicts.has(key)) verdicts.set(key, verdictOn(snapshot, pod, message));
    const verdict = verdicts.get(key);
    if (verdict === undefined) return [];
    return [{ ...verdict, pod, message, since: lastTransitionTime ?? pod.metadata.creationTimestamp }];
  });
});

const byPod = perSnapshot((snapshot) => new Map(unplacedPods(snapshot).map((unplaced) => [unplaced.pod, unplaced])));

/** The same of one pod; `undefined` when it is not among them. */
export const unplacedPod = (snapshot: Snapshot, pod: Pod): Unplaced | undefined => byPod(snapshot).get(pod);

type Verdict = Omit<Unplaced, 'pod' | 'message' | 'since'>;

function verdictOn(snapshot: Snapshot, pod: Pod, message: string): Verdict | undefined {
  const counts = histogramOf(message);
  const said = new Set(counts.flatMap((count) => obstacleOf(count) ?? []));
  if (said.size === 0 || counts.some(conflictsWithVolume)) return undefined;
  const short = counts.flatMap((count) => insufficientIn(count) ?? []);
  const fits = fitsOf(snapshot, pod).map((fit) => believed(fit, short));
  if (fits.length > 0 && fits.every(({ obstacles: found }) => found.size > 0)) {
    const { cause, nodes } = causeOf(fits);
    return lacksDevice(cause, nodes, fits) ? undefined : { fits, cause, nodes, recomputed: true };
  }
  // A node seems free: something else rules it out, or the snapshot and the scheduler looked at different times.
  if (counts.some((count) => obstacleOf(count) === undefined)) return undefined;
  const cause = (['capacity', 'taint', 'cordon', 'affinity'] as const).find((obstacle) => said.has(obstacle));
  return cause === undefined ? undefined : { fits, cause, nodes: [], recomputed: false };
}

/** Where not all pods of a node are known, the scheduler is believed that it is full. */
function believed(fit: NodeFit, short: readonly string[]): NodeFit {
  if (fit.obstacles.size > 0 || fit.room?.complete === true || short.length === 0) return fit;
  return { ...fit, obstacles: new Set<Obstacle>(['capacity']) };
}

/**
 * The obstacle whose removal would place the pod, with the nodes where it would. A pod's own demands come first: only
 * nodes that meet them count, and control-plane nodes only when there are no others. A node out of rotation comes
 * before full ones, and full ones before nodes kept for others.
 */
function causeOf(fits: readonly NodeFit[]): { readonly cause: PlacementCause; readonly nodes: readonly NodeFit[] } {
  const wanted = fits.filter(({ obstacles: found }) => !found.has('affinity'));
  if (wanted.length === 0) return { cause: 'affinity', nodes: byRoom(fits) };
  const open = wanted.filter(({ reserved }) => !reserved);
  const eligible = open.length > 0 ? open : wanted;
  const only = (obstacle: Obstacle) =>
    byRoom(eligible.filter(({ obstacles: found }) => found.size === 1 && found.has(obstacle)));
  for (const obstacle of ['cordon', 'system-taint', 'capacity', 'taint'] as const) {
    const nodes = only(obstacle);
    if (obstacle === 'capacity') {
      const full = nodes.filter((fit) => !isTooSmall(fit));
      if (full.length > 0) return { cause: 'capacity', nodes: full };
      if (nodes.length > 0) return { cause: 'oversized', nodes };
    } else if (nodes.length > 0) {
      return { cause: obstacle, nodes };
    }
  }
  return mostCommon(eligible);
}

export const isTooSmall = ({ shortages }: NodeFit): boolean => shortages.some(({ never }) => never);

/** When every node is ruled out twice, the obstacle of most nodes; what a person must change comes before what passes. */
function mostCommon(fits: readonly NodeFit[]): { readonly cause: PlacementCause; readonly nodes: readonly NodeFit[] } {
  if (fits.every(isTooSmall)) return { cause: 'oversized', nodes: byRoom(fits) };
  const order = ['taint', 'cordon', 'capacity', 'system-taint'] as const;
  const withObstacle = (obstacle: Obstacle) => fits.filter(({ obstacles: found }) => found.has(obstacle));
  const [cause = 'capacity'] = order.toSorted((a, b) => withObstacle(b).length - withObstacle(a).length);
  return { cause, nodes: byRoom(withObstacle(cause)) };
}

/** Whether the pod lacks a device that no node has at all: that is no matter of room. */
function lacksDevice(cause: PlacementCause, nodes: readonly NodeFit[], fits: readonly NodeFit[]): boolean {
  if (cause !== 'capacity' && cause !== 'oversized') return false;
  const lacking = new Set(nodes.flatMap(({ shortages }) => shortages.map(({ resource }) => resource)));
  return [...lacking].some(
    (resource) => resource.includes('/') && fits.every(({ room }) => (room?.allocatable[resource] ?? 0) === 0),
  );
}

/** The node with the most left of what the pod asks for comes first. */
function byRoom(fits: readonly NodeFit[]): readonly NodeFit[] {
  const missing = ({ shortages }: NodeFit): number =>
    Math.max(0, ...shortages.map(({ request, free }) => (request - free) / request));
  return fits.toSorted((a, b) => missing(a) - missing(b) || a.node.metadata.name.localeCompare(b.node.metadata.name));
}
