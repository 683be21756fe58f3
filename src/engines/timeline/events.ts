import { type ClusterEvent } from '../events.ts';
import { maskIds } from '../logs/masking.ts';
import { keyOf, type ObjectRef } from '../objects.ts';
import type { Snapshot } from '../snapshot.ts';
import { isoOf, type TimelineEntry } from './entry.ts';
import { subjectOf } from './subjects.ts';

/** What happens to every pod and every node that starts: it says nothing of what changed. */
const routine = new Set(
  'Scheduled Pulling Pulled Created Started SuccessfulCreate NoPods NodeHasSufficientMemory NodeHasNoDiskPressure NodeHasSufficientPID NodeAllocatableEnforced RegisteredNode'.split(
    ' ',
  ),
);
const scaling = new Set(['ScalingReplicaSet', 'SuccessfulRescale']);

const shownMessage = 200;

export interface EventEntries {
  readonly entries: readonly TimelineEntry[];
  /** Events of starting pods that are not shown. */
  readonly routine: number;
}

/** Events by workload and what they say; equal ones of several replicas are one entry with their sum. */
export function reportedIn(
  snapshot: Snapshot,
  events: readonly ClusterEvent[],
  { everything }: { readonly everything: boolean },
): EventEntries {
  const telling = everything ? events : events.filter((event) => !isRoutine(event));
  const groups = Map.groupBy(telling, (event) => {
    const subject = everything ? event.about : subjectOf(snapshot, event.about);
    return JSON.stringify([keyOf(subject), event.reason, normalised(event)]);
  });
  return {
    entries: [...groups.values()].flatMap((group) => entryOf(snapshot, group)),
    routine: events.length - telling.length,
  };
}

const isRoutine = ({ type, reason }: ClusterEvent): boolean => type === 'Normal' && routine.has(reason);

/** Without what differs between replicas: their names, ids and addresses. */
const normalised = ({ about, message }: ClusterEvent): string => maskIds(message).replaceAll(about.name, '<name>');

function entryOf(snapshot: Snapshot, group: readonly ClusterEvent[]): readonly TimelineEntry[] {
  const newest = group.toSorted((a, b) => (b.last ?? 0) - (a.last ?? 0))[0];
  if (newest?.last === undefined) return [];
  const first = Math.min(...group.map((event) => event.first ?? event.last ?? Infinity));
  const count = group.reduce((sum, event) => sum + event.count, 0);
  return [
    {
      at: isoOf(newest.last),
      kind: newest.about.kind === 'Node' ? 'node' : scaling.has(newest.reason) ? 'scaling' : 'event',
      object: objectOf(snapshot, group, newest),
      what: [newest.reason, shortened(newest.message)].filter((part) => part !== '').join(': '),
      ...(count > 1 && { count }),
      ...(first < newest.last && { first: isoOf(first) }),
    },
  ];
}

/** A pod's namespace and uid behind its name say nothing here. */
const shortened = (message: string): string =>
  message
    .replaceAll(/_[-a-z0-9]+\([-0-9a-f]{36}\)/g, '')
    .slice(0, shownMessage)
    .toWellFormed();

/** One pod by its own name; replicas, and what a workload is made of, by that of the workload. */
function objectOf(snapshot: Snapshot, group: readonly ClusterEvent[], { about }: ClusterEvent): ObjectRef {
  const alone = group.every((event) => keyOf(event.about) === keyOf(about));
  return alone && about.kind === 'Pod' ? about : subjectOf(snapshot, about);
}
