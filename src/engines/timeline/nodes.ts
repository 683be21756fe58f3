import { minute, timeOf } from '../durations.ts';
import { type Node, refOf } from '../objects.ts';
import type { TimelineEntry } from './entry.ts';

const shownMessage = 120;
/** So long a node that joins settles: its conditions change then, and mean nothing more. */
const settling = minute;

/** When conditions of nodes changed, when taints came (a cordon is one), and when nodes joined. */
export const transitionsOf = (nodes: readonly Node[]): readonly TimelineEntry[] =>
  nodes.flatMap((node) => [...joiningOf(node), ...conditionsOf(node), ...taintsOf(node)]);

function joiningOf(node: Node): readonly TimelineEntry[] {
  const { creationTimestamp: at } = node.metadata;
  return at === undefined ? [] : [{ at, kind: 'node', object: refOf(node), what: 'joined the cluster' }];
}

const conditionsOf = (node: Node): readonly TimelineEntry[] =>
  (node.status?.conditions ?? []).flatMap(({ type, status, reason, message, lastTransitionTime: at }) =>
    at === undefined || (timeOf(at) ?? 0) - (timeOf(node.metadata.creationTimestamp) ?? 0) < settling
      ? []
      : [
          {
            at,
            kind: 'node' as const,
            object: refOf(node),
            what: `${type} became ${status}${reason ? `, ${reason}` : ''}${message ? `: ${message.slice(0, shownMessage)}` : ''}`,
          },
        ],
  );

const taintsOf = (node: Node): readonly TimelineEntry[] =>
  (node.spec?.taints ?? []).flatMap(({ key, effect, timeAdded: at }) =>
    at === undefined ? [] : [{ at, kind: 'node' as const, object: refOf(node), what: `tainted ${key}:${effect}` }],
  );
