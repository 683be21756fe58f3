import type { ClusterEvent } from './events.ts';
import { nodeCondition, podCountOn } from './node-health.ts';
import type { Node } from './objects.ts';
import { podsOn } from './pod-groups.ts';
import type { Snapshot } from './snapshot.ts';

/** A pressure that a kubelet reports, with what shows it. */
export interface Pressure {
  readonly node: Node;
  readonly type: string;
  readonly message: string;
  readonly since: string | undefined;
  /** Pods that the snapshot holds and that this node evicted. */
  readonly evicted: number;
  readonly pods: number;
  /** What the kubelet last said of reclaiming: `FreeDiskSpaceFailed: …`. */
  readonly events: readonly { readonly text: string; readonly at: string | undefined }[];
}

/** Nodes under one of these pressures, with the events whose reason matches. */
export function pressures(snapshot: Snapshot, types: readonly string[], reasons: RegExp): readonly Pressure[] {
  return snapshot.all('Node').flatMap((node) =>
    types.flatMap((type) => {
      const condition = nodeCondition(node, type);
      if (condition?.status !== 'True') return [];
      const { name } = node.metadata;
      return [
        {
          node,
          type,
          message: condition.message ?? '',
          since: condition.lastTransitionTime,
          evicted: podsOn(snapshot, name).filter(({ status }) => status?.reason === 'Evicted').length,
          pods: podCountOn(snapshot, name),
          events: nodeEvents(snapshot, node, reasons).slice(-2),
        },
      ];
    }),
  );
}

const byNode = new WeakMap<Snapshot, ReadonlyMap<string, readonly ClusterEvent[]>>();

/** Events about a node, by its name: kubelets file them with the name in place of the uid. Oldest first. */
export function nodeEvents(snapshot: Snapshot, node: Node, reasons: RegExp) {
  let index = byNode.get(snapshot);
  if (index === undefined) {
    index = Map.groupBy(
      snapshot.events.filter(({ about }) => about.kind === 'Node'),
      ({ about }) => about.name,
    );
    byNode.set(snapshot, index);
  }
  return (index.get(node.metadata.name) ?? [])
    .filter(({ reason }) => reasons.test(reason))
    .map(({ reason, message, at, last }) => ({ text: `${reason}: ${message}`, at, last }));
}
