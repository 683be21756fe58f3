import { keyOf, type Node, type ObjectRef, type Pod } from '../objects.ts';
import { workloadOf } from '../owners.ts';
import { unassignedPods } from '../pod-groups.ts';
import { isFinished, podCondition } from '../pods.ts';
import { type LabelSelector, matchesSelector } from '../selectors.ts';
import type { Snapshot } from '../snapshot.ts';
import { histogramOf } from './histogram.ts';
import { fitsOf } from './node-fit.ts';
import { unplacedPods } from './placement.ts';

/** What a pod demands of the pods beside it, or they of it, as the scheduler's count names it (plugins InterPodAffinity, PodTopologySpread, NodePorts). */
export const neighbourDemands = ['anti-affinity', 'affinity', 'their-anti-affinity', 'spread', 'host-port'] as const;
export type NeighbourDemand = (typeof neighbourDemands)[number];

/** A pod that would fit some nodes, were it not for other pods. */
export interface Crowded {
  readonly pod: Pod;
  /** The scheduler's words. */
  readonly message: string;
  readonly since: string | undefined;
  readonly demands: ReadonlySet<NeighbourDemand>;
  /** Nodes that nothing else rules out. */
  readonly nodes: readonly Node[];
}

const cache = new WeakMap<Snapshot, readonly Crowded[]>();

/** Pods that the scheduler could not place because of other pods; those that no node could take anyway are left out. */
export function crowdedPods(snapshot: Snapshot): readonly Crowded[] {
  let crowded = cache.get(snapshot);
  if (crowded === undefined) {
    const unplaced = new Set(unplacedPods(snapshot).map(({ pod }) => pod));
    crowded = unassignedPods(snapshot)
      .filter((pod) => !unplaced.has(pod))
      .flatMap((pod) => crowdedPod(snapshot, pod) ?? []);
    cache.set(snapshot, crowded);
  }
  return crowded;
}

function crowdedPod(snapshot: Snapshot, pod: Pod): Crowded | undefined {
  const condition = podCondition(pod, 'PodScheduled');
  const { message = '' } = condition ?? {};
  if (condition?.status !== 'False' || condition.reason !== 'Unschedulable') return undefined;
  const demands = new Set(histogramOf(message).flatMap(({ reason }) => demandIn(reason) ?? []));
  if (demands.size === 0) return undefined;
  return {
    pod,
    message,
    since: condition.lastTransitionTime ?? pod.metadata.creationTimestamp,
    demands,
    nodes: fitsOf(snapshot, pod)
      .filter(({ obstacles }) => obstacles.size === 0)
      .map(({ node }) => node),
  };
}

function demandIn(reason: string): NeighbourDemand | undefined {
  if (/didn't match pod anti-affinity/i.test(reason)) return 'anti-affinity';
  if (/didn't match pod affinity/i.test(reason)) return 'affinity';
  if (/didn't satisfy existing pods anti-affinity/i.test(reason)) return 'their-anti-affinity';
  if (/didn't match pod topology spread/i.test(reason)) return 'spread';
  return /didn't have free ports/i.test(reason) ? 'host-port' : undefined;
}

/** One term of a required pod affinity or anti-affinity. */
export interface AffinityTerm {
  readonly topologyKey?: string | undefined;
  readonly labelSelector?: LabelSelector | undefined;
  readonly namespaces?: readonly string[] | undefined;
  readonly namespaceSelector?: LabelSelector | undefined;
}

/** Whether a term of `pod` means `other`; by default only pods of its own namespace are meant. */
export function termMeans(snapshot: Snapshot, pod: Pod, term: AffinityTerm, other: Pod): boolean {
  const { namespace } = other.metadata;
  const { namespaces = [], namespaceSelector } = term;
  const named = namespaces.length === 0 && namespaceSelector === undefined ? [pod.metadata.namespace] : namespaces;
  const selected =
    namespaceSelector !== undefined &&
    matchesSelector(namespaceSelector, snapshot.find('Namespace', undefined, namespace ?? '')?.metadata.labels);
  return (
    (named.some((each) => each === namespace) || selected) && matchesSelector(term.labelSelector, other.metadata.labels)
  );
}

/** Pods that hold a place on a node. */
export const placedPods = (snapshot: Snapshot): readonly Pod[] =>
  snapshot.all('Pod').filter((pod) => Boolean(pod.spec?.nodeName) && !isFinished(pod));

/** Values that a topology label has on these nodes. */
export const domainsOf = (nodes: readonly Node[], topologyKey: string): ReadonlySet<string> =>
  new Set(nodes.flatMap(({ metadata }) => metadata.labels?.[topologyKey] ?? []));

/** The workloads of pods, each once. */
export const workloadsOf = (snapshot: Snapshot, pods: readonly Pod[]): readonly ObjectRef[] => [
  ...new Map(pods.map((pod) => workloadOf(snapshot, pod)).map((ref) => [keyOf(ref), ref])).values(),
];
