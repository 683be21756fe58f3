import type { Node, Pod } from '../objects.ts';
import { podsOn } from '../pod-groups.ts';
import { isFinished } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Read } from '../snapshot-data.ts';
import { amountsOf, plus, podRequests, type Resources } from './requests.ts';

/** What a node has and what is left of it. */
export interface NodeRoom {
  readonly node: Node;
  readonly allocatable: Resources;
  /** Requests of the pods of this node that the snapshot holds; `pods` counts them. */
  readonly requested: Resources;
  /** Whether these are all of its pods; otherwise less is free than {@link freeOf} says. */
  readonly complete: boolean;
  readonly pods: readonly Pod[];
}

const cache = new WeakMap<Snapshot, ReadonlyMap<string, NodeRoom>>();

/** The room on every node, by name. Nodes whose allocatable amounts are unknown are left out. */
export function nodeRooms(snapshot: Snapshot): ReadonlyMap<string, NodeRoom> {
  let rooms = cache.get(snapshot);
  if (rooms === undefined) {
    const covered = coveredNodes(snapshot);
    rooms = new Map(
      snapshot
        .all('Node')
        .filter(({ status }) => status?.allocatable !== undefined)
        .map((node) => {
          const { name } = node.metadata;
          const pods = podsOn(snapshot, name).filter((pod) => !isFinished(pod));
          return [
            name,
            {
              node,
              pods,
              allocatable: amountsOf(node.status?.allocatable),
              requested: pods.reduce<Resources>((sum, { spec }) => plus(sum, { ...podRequests(spec), pods: 1 }), {
                pods: 0,
              }),
              complete: covered === 'all' || covered.has(name),
            },
          ];
        }),
    );
    cache.set(snapshot, rooms);
  }
  return rooms;
}

/** Allocatable minus requested; an upper bound unless the room is complete. */
export const freeOf = ({ allocatable, requested }: NodeRoom, resource: string): number =>
  Math.max(0, (allocatable[resource] ?? 0) - (requested[resource] ?? 0));

/** Nodes of which every living pod was read whole: by a list of all pods, or by one of that node's. */
function coveredNodes(snapshot: Snapshot): ReadonlySet<string> | 'all' {
  const nodes = snapshot.data.reads
    .filter(({ outcome }) => outcome === 'ok')
    .map(({ read }) => coveredBy(read))
    .filter((covered) => covered !== undefined);
  return nodes.includes('') ? 'all' : new Set(nodes);
}

/** The node whose living pods a list holds; empty for all nodes. */
function coveredBy(read: Read): string | undefined {
  if (read.verb !== 'list' || read.kind !== 'Pod' || read.as !== 'full') return undefined;
  if (read.namespace !== undefined || read.labelSelector !== undefined) return undefined;
  const terms = (read.fieldSelector ?? '')
    .split(',')
    .filter((term) => !/^(?:status\.phase!=(?:Succeeded|Failed))?$/.test(term));
  if (terms.length === 0) return '';
  const node = /^spec\.nodeName==?(.+)$/.exec(terms[0] ?? '')?.[1];
  return terms.length === 1 ? node : undefined;
}
