import { second, timeOf } from '../durations.ts';
import { lastEntry } from '../logs/telling.ts';
import { keyOf, type Pod, refOf } from '../objects.ts';
import { controllerOf, podsOf, workloadOf } from '../owners.ts';
import { containersOf, lastTermination, type PodContainer } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';
import type { LogExcerpt } from '../snapshot-data.ts';
import { lifetimeOf, startErrors } from './crashing.ts';

/**
 * The log of the instance that died. Logs are read of a few replicas only: the others are told by one of the same
 * template that died with the same code.
 */
export const deathLog = (snapshot: Snapshot, pod: Pod, container: PodContainer): LogExcerpt | undefined =>
  ownLog(snapshot, pod, container) ?? siblingLog(snapshot, pod, container);

/** In whichever way the API server files it: a waiting container's last instance is the current one and the previous one. */
function ownLog(snapshot: Snapshot, pod: Pod, { name, status }: PodContainer): LogExcerpt | undefined {
  // What an instance says that runs and is ready is not how the one before it died, unless all die at once: the log
  // of the one before may be gone by then.
  const lived = lifetimeOf(lastTermination(status) ?? {});
  const diesAtOnce = lived !== undefined && lived <= shortLife;
  const living = status?.ready === true && !diesAtOnce ? [true] : [true, false];
  const order = status?.state?.running === undefined ? [false, true] : living;
  const logs = order.flatMap((previous) => snapshot.log(refOf(pod), name, previous) ?? []);
  const read =
    logs.find((log) => tellsOf(log, lastTermination(status))) ??
    (diesAtOnce && (status?.restartCount ?? 0) >= oftenDied
      ? logs.find((log) => lastEntry(log) !== undefined)
      : undefined);
  return read ?? terminationMessage(pod, name, lastTermination(status));
}

/** Whoever lives no longer than this says the same in each of its lives. */
const shortLife = 10 * second;
/** Deaths after which the next instance is believed to end like those before it. */
const oftenDied = 3;

/** A line is stamped when it is read from the container, a status in whole seconds. */
const clockGrain = 1000;

/** Whether a log has lines of the instance that ended: the container may have started again while the log was asked for. */
export function tellsOf(log: LogExcerpt, termination: ReturnType<typeof lastTermination>): boolean {
  const first = timeOf(log.lines[0]?.at);
  const ended = timeOf(termination?.finishedAt);
  // A previous log of a later instance is as good: that one died too.
  const later = !log.previous && first !== undefined && ended !== undefined && first > ended + clockGrain;
  return lastEntry(log) !== undefined && !later;
}

/** With `terminationMessagePolicy: FallbackToLogsOnError` the kubelet keeps the end of the log; an app may write it too. */
function terminationMessage(
  pod: Pod,
  container: string,
  termination: ReturnType<typeof lastTermination>,
): LogExcerpt | undefined {
  if (!termination?.message || startErrors.has(termination.reason ?? '')) return undefined;
  const lines = termination.message.split('\n').map((text) => ({ text }));
  return { namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name, container, previous: true, lines };
}

function siblingLog(snapshot: Snapshot, pod: Pod, container: PodContainer): LogExcerpt | undefined {
  const owner = controllerOf(pod);
  if (owner === undefined) return undefined;
  const code = lastTermination(container.status)?.exitCode;
  return podsOf(snapshot, workloadOf(snapshot, pod))
    .filter((sibling) => sibling !== pod && keyOf(controllerOf(sibling) ?? refOf(sibling)) === keyOf(owner))
    .flatMap((sibling) => {
      const same = containersOf(sibling).find(({ name }) => name === container.name);
      const alike = same !== undefined && lastTermination(same.status)?.exitCode === code;
      return alike ? (ownLog(snapshot, sibling, same) ?? []) : [];
    })[0];
}
