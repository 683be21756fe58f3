import type { Node, Pod, Taint } from '../objects.ts';
import { perSnapshot } from '../per-snapshot.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Obstacle } from './histogram.ts';
import { meetsAffinity } from './node-affinity.ts';
import { freeOf, type NodeRoom, nodeRooms } from './node-room.ts';
import { podRequests, type Resources } from './requests.ts';
import { cordonTaint, isControlPlaneTaint, isSystemTaint, tolerates, untolerated } from './taints.ts';

/** One resource of which a node has too little for a pod. Amounts are in base units. */
export interface Shortage {
  readonly resource: string;
  readonly request: number;
  readonly allocatable: number;
  readonly free: number;
  /** Not even an empty node of this size would do; a maximum of pods is reached, never too small. */
  readonly never: boolean;
}

/** What keeps one pod off one node, by the filters that are recomputed here. */
export interface NodeFit {
  readonly node: Node;
  readonly obstacles: ReadonlySet<Obstacle>;
  /** Taints that the pod does not tolerate, without the cordon. */
  readonly taints: readonly Taint[];
  readonly shortages: readonly Shortage[];
  /** Absent when the node says nothing of what it has. */
  readonly room: NodeRoom | undefined;
  /** Reserved for the control plane, and this pod is not meant for it. */
  readonly reserved: boolean;
}

const knownFits = perSnapshot(() => new Map<string, readonly NodeFit[]>());

/**
 * How a pod fits every node of the snapshot, as kube-scheduler would judge it (NodeUnschedulable, TaintToleration,
 * NodeAffinity, NodeResourcesFit). Judged once for all pods that demand the same.
 */
export function fitsOf(snapshot: Snapshot, pod: Pod): readonly NodeFit[] {
  const known = knownFits(snapshot);
  const key = demandsOf(pod);
  const fits = known.get(key) ?? judged(snapshot, pod);
  known.set(key, fits);
  return fits;
}

/** All of a pod that the judgement depends on: equal texts, equal fits. */
export const demandsOf = ({ spec }: Pod): string =>
  JSON.stringify([spec?.nodeSelector, spec?.affinity?.nodeAffinity, spec?.tolerations, podRequests(spec)]);

function judged(snapshot: Snapshot, pod: Pod): readonly NodeFit[] {
  const requests: Resources = { pods: 1, ...podRequests(pod.spec) };
  const rooms = nodeRooms(snapshot);
  return snapshot.all('Node').map((node) => {
    const taints = untolerated(node, pod.spec?.tolerations);
    const room = rooms.get(node.metadata.name);
    const shortages = room === undefined ? [] : shortagesOf(room, requests);
    const cordoned =
      node.spec?.unschedulable === true &&
      !pod.spec?.tolerations?.some((toleration) => tolerates(toleration, cordonTaint));
    const found: readonly (readonly [Obstacle, boolean])[] = [
      ['affinity', !meetsAffinity(node, pod.spec)],
      ['cordon', cordoned],
      ['system-taint', taints.some(isSystemTaint)],
      ['taint', taints.some((taint) => !isSystemTaint(taint))],
      ['capacity', shortages.length > 0],
    ];
    return {
      node,
      taints,
      shortages,
      room,
      obstacles: new Set(found.filter(([, holds]) => holds).map(([obstacle]) => obstacle)),
      reserved: taints.some(isControlPlaneTaint),
    };
  });
}

function shortagesOf(room: NodeRoom, requests: Resources): readonly Shortage[] {
  return Object.entries(requests)
    .filter(([, request]) => request > 0)
    .map(([resource, request]) => {
      const allocatable = room.allocatable[resource] ?? 0;
      return {
        resource,
        request,
        allocatable,
        free: freeOf(room, resource),
        never: resource !== 'pods' && request > allocatable,
      };
    })
    .filter(({ request, free }) => request > free);
}
