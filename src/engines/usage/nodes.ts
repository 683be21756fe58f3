import type { Node } from '../objects.ts';
import { quantity } from '../quantity.ts';
import { nodeRooms } from '../scheduling/node-room.ts';
import { amountsOf } from '../scheduling/requests.ts';
import type { Snapshot } from '../snapshot.ts';
import { type UsedResource, usedResources } from './pods.ts';

/** Cores or bytes; what is not known is absent. */
export interface NodeAmounts {
  readonly used?: number | undefined;
  /** By all pods on the node; known only when all of them were read. */
  readonly requested?: number | undefined;
  readonly allocatable?: number | undefined;
}

export interface NodeUsage {
  readonly node: Node;
  readonly cpu: NodeAmounts;
  readonly memory: NodeAmounts;
  /** What is nearest to what the node can give; 1 is all of it. */
  readonly nearest?: { readonly resource: UsedResource; readonly of: 'used' | 'requested'; readonly share: number };
}

/** What nodes use of what they can give; the fullest first. */
export const nodeUsages = (snapshot: Snapshot, nodes: readonly Node[]): readonly NodeUsage[] =>
  nodes.map((node) => usageOf(snapshot, node)).toSorted((a, b) => (b.nearest?.share ?? 0) - (a.nearest?.share ?? 0));

function usageOf(snapshot: Snapshot, node: Node): NodeUsage {
  const { name } = node.metadata;
  const measured = snapshot.find('NodeMetrics', undefined, name);
  const room = nodeRooms(snapshot).get(name);
  const allocatable = amountsOf(node.status?.allocatable);
  const amounts = (resource: UsedResource): NodeAmounts => ({
    used: quantity(measured?.usage?.[resource]),
    requested: room?.complete === true ? (room.requested[resource] ?? 0) : undefined,
    allocatable: allocatable[resource],
  });
  const [cpu, memory] = [amounts('cpu'), amounts('memory')];
  const nearest = usedResources
    .flatMap((resource) => sharesOf(resource, { cpu, memory }[resource]))
    .toSorted((a, b) => b.share - a.share)[0];
  return { node, cpu, memory, ...(nearest !== undefined && { nearest }) };
}

const sharesOf = (resource: UsedResource, { allocatable = 0, ...amounts }: NodeAmounts) =>
  (['used', 'requested'] as const).flatMap((of) => {
    const amount = amounts[of];
    return amount === undefined || allocatable <= 0 ? [] : [{ resource, of, share: amount / allocatable }];
  });
