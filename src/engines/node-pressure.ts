import { nodeCondition, podCountOn } from './node-health.ts';
import { type Node, refOf } from './objects.ts';
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
          evicted: snapshot
            .all('Pod')
            .filter(({ spec, status }) => spec?.nodeName === name && status?.reason === 'Evicted').length,
          pods: podCountOn(snapshot, name),
          events: nodeEvents(snapshot, node, reasons).slice(-2),
        },
      ];
    }),
  );
}

/** Events about a node; kubelets file them under its name as uid, controllers under its real one. */
export function nodeEvents(snapshot: Snapshot, node: Node, reasons: RegExp) {
  const { name } = refOf(node);
  return snapshot.events
    .filter(({ about, reason }) => about.kind === 'Node' && about.name === name && reasons.test(reason))
    .map(({ reason, message, at, last }) => ({ text: `${reason}: ${message}`, reason, message, at, last }));
}
