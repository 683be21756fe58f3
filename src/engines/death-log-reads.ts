import { tellsOf } from './crashes/death-log.ts';
import { keyOf, type Pod } from './objects.ts';
import { workloadOf } from './owners.ts';
import { containersOf } from './pods.ts';
import type { Snapshot } from './snapshot.ts';
import type { Read } from './snapshot-data.ts';

/** Replicas of one workload whose logs are read, and logs altogether. */
const logExemplars = 2;
const maximumLogs = 30;
const logLines = 100;

/** The log of the instance that died, and of the one that runs without being ready. */
export function deathLogReads(snapshot: Snapshot, pods: readonly Pod[]): readonly Read[] {
  const groups = Map.groupBy(pods, (pod) => keyOf(workloadOf(snapshot, pod)));
  const exemplars = [...groups.values()].flatMap((group) => group.slice(0, logExemplars));
  return exemplars
    .flatMap((pod) =>
      containersOf(pod).flatMap(({ name, status }) => {
        const running = status?.state?.running !== undefined;
        const read = (previous: boolean): Read => ({
          verb: 'log',
          namespace: pod.metadata.namespace ?? '',
          pod: pod.metadata.name,
          container: name,
          previous,
          tailLines: logLines,
        });
        // Of an instance that ended, the current log is the one that tells.
        const ended = status?.state?.terminated !== undefined;
        const restarted = status?.lastState?.terminated !== undefined;
        // It may have started again before its log came.
        const replaced =
          ended &&
          snapshot.data.logs.some(
            (log) =>
              log.pod === pod.metadata.name &&
              log.namespace === pod.metadata.namespace &&
              log.container === name &&
              !log.previous &&
              !tellsOf(log, status.state?.terminated),
          );
        // It may have been removed before its log came: the same instance has another address then.
        const gone = (previous: boolean): boolean =>
          snapshot.data.reads.some(
            ({ read: asked, outcome }) =>
              outcome === 'absent' &&
              asked.verb === 'log' &&
              asked.previous === previous &&
              asked.pod === pod.metadata.name &&
              asked.namespace === pod.metadata.namespace &&
              asked.container === name,
          );
        return [
          // The log of the instance before is gone for a moment when the next one dies.
          ...(ended || (running && (restarted || status?.ready !== true)) ? [read(false)] : []),
          ...((restarted && !ended) || replaced || (ended && gone(false)) ? [read(true)] : []),
          ...(restarted && !ended && !running && gone(true) ? [read(false)] : []),
        ];
      }),
    )
    .slice(0, maximumLogs);
}
