import { formatDuration, timeOf } from '../durations.ts';
import { keyOf, type ObjectRef, type Pod, refOf } from '../objects.ts';
import { workloadOf } from '../owners.ts';
import { containersOf, type PodContainer } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';
import { isoOf, type TimelineEntry } from './entry.ts';

interface Death {
  readonly workload: ObjectRef;
  readonly pod: Pod;
  readonly container: PodContainer;
  readonly time: number;
  readonly ending: string;
  readonly lived: string;
}

/**
 * How containers ended: of each instance that a status still holds, which are two at most. Equal endings of one
 * container in the replicas of a workload are one entry; init containers that did their work are none.
 */
export function deathsOf(snapshot: Snapshot, pods: readonly Pod[]): readonly TimelineEntry[] {
  const deaths = pods.flatMap((pod) => containersOf(pod).flatMap((container) => deathsIn(snapshot, pod, container)));
  const groups = Map.groupBy(
    deaths,
    ({ workload, container, ending }) => `${keyOf(workload)}/${container.name}/${ending}`,
  );
  return [...groups.values()].flatMap(entryOf);
}

function deathsIn(snapshot: Snapshot, pod: Pod, container: PodContainer): readonly Death[] {
  const { status, init } = container;
  return [status?.state?.terminated, status?.lastState?.terminated].flatMap((termination) => {
    const time = timeOf(termination?.finishedAt);
    if (termination === undefined || time === undefined || (init && termination.exitCode === 0)) return [];
    const { exitCode, reason, startedAt } = termination;
    const started = timeOf(startedAt);
    return [
      {
        workload: workloadOf(snapshot, pod),
        pod,
        container,
        time,
        ending: `ended with code ${exitCode ?? '?'}${reason === undefined ? '' : ` (${reason})`}`,
        // A container that never ran has the beginning of all time as its start.
        lived: started === undefined || started <= 0 ? '' : ` after ${formatDuration(time - started)}`,
      },
    ];
  });
}

function entryOf(deaths: readonly Death[]): readonly TimelineEntry[] {
  const sorted = deaths.toSorted((a, b) => b.time - a.time);
  const [last] = sorted;
  const first = sorted.at(-1);
  if (last === undefined || first === undefined) return [];
  const pods = new Set(sorted.map(({ pod }) => pod.metadata.name)).size;
  const restarts = sorted.reduce(
    (sum, { pod, container }, index) =>
      sorted.findIndex((other) => other.pod === pod) === index ? sum + (container.status?.restartCount ?? 0) : sum,
    0,
  );
  const where = pods > 1 ? ` in ${pods} pods` : '';
  const again = restarts > 0 ? `; restarts so far: ${restarts}` : '';
  return [
    {
      at: isoOf(last.time),
      kind: 'container',
      object: pods > 1 ? last.workload : refOf(last.pod),
      what: `container ${last.container.name} ${last.ending}${last.lived}${where}${again}`,
      ...(sorted.length > 1 && { first: isoOf(first.time), count: sorted.length }),
    },
  ];
}

/** Pods that were made in that time and still are, by workload. */
export function birthsOf(snapshot: Snapshot, pods: readonly Pod[], since: number): readonly TimelineEntry[] {
  const born = pods.filter(({ metadata }) => (timeOf(metadata.creationTimestamp) ?? 0) >= since);
  const groups = Map.groupBy(born, (pod) => keyOf(workloadOf(snapshot, pod)));
  return [...groups.values()].flatMap((group) => {
    const times = group.flatMap(({ metadata }) => timeOf(metadata.creationTimestamp) ?? []).toSorted((a, b) => a - b);
    const [pod] = group;
    const [first] = times;
    const last = times.at(-1);
    if (pod === undefined || first === undefined || last === undefined) return [];
    return [
      {
        at: isoOf(last),
        kind: 'pods' as const,
        object: workloadOf(snapshot, pod),
        what: group.length === 1 ? `pod ${pod.metadata.name} created` : `${group.length} pods created`,
        ...(group.length > 1 && { first: isoOf(first), count: group.length }),
      },
    ];
  });
}
