import { minute, timeOf } from './durations.ts';
import { keyOf, type Pod, refOf } from './objects.ts';
import { controllerOf } from './owners.ts';
import {
  containersOf,
  isBroken,
  isFinished,
  isReady,
  isTerminating,
  lastTermination,
  type PodContainer,
} from './pods.ts';

/** One log to read, and what stands beside it. */
export interface LogSource {
  readonly pod: Pod;
  readonly container: PodContainer;
  /** Whether the log of the instance before the last restart is meant. */
  readonly previous: boolean;
  /** When the instance that wrote it died, ms since the epoch; `undefined` for one that lives. */
  readonly died: number | undefined;
  /** Healthy pods of the same workload to compare it with. */
  readonly siblings: readonly Pod[];
}

export interface LogQuestion {
  /** All pods of the workload, or the one that is asked about with its siblings. */
  readonly pods: readonly Pod[];
  /** The pod that is asked about; absent when a workload is. */
  readonly only?: Pod | undefined;
  readonly container?: string | undefined;
  /** Forces it; by default the instance that tells. */
  readonly previous?: boolean | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Logs of one answer: what a person reads at once. */
export const maximumLogs = 4;
/** More would repeat themselves: replicas fail alike. */
const maximumPods = 2;
const maximumSiblings = 2;
/** An instance that runs for longer is what a question is about, not the one that died before it. */
const recently = 10 * minute;

/** Which logs to read: of broken pods first, of their containers those that are in trouble. */
export function logSources(question: LogQuestion): readonly LogSource[] {
  const { pods, only, now } = question;
  const present = pods.filter((pod) => !isTerminating(pod));
  const troubled = present.filter((pod) => isPodTroubled(pod, now));
  const newest = present.toSorted((a, b) => startOf(b) - startOf(a));
  const chosen = only === undefined ? (troubled.length > 0 ? troubled : newest).slice(0, maximumPods) : [only];
  return chosen.flatMap((pod) => sourcesOf(pod, question));
}

/** The same for pods of many workloads: one pod of each that is in trouble, none of the others. */
export function troubledSources(question: LogQuestion): readonly LogSource[] {
  const groups = Map.groupBy(question.pods, (pod) => keyOf(controllerOf(pod) ?? refOf(pod)));
  return [...groups.values()].flatMap((pods) => {
    const first = pods.find((pod) => !isTerminating(pod) && isPodTroubled(pod, question.now));
    return first === undefined ? [] : sourcesOf(first, { ...question, pods });
  });
}

function sourcesOf(pod: Pod, question: LogQuestion): readonly LogSource[] {
  const { container, now } = question;
  const all = containersOf(pod);
  const troubled = all.filter((each) => isTroubled(each, now));
  const running = all.filter(({ init, sidecar }) => !init || sidecar);
  const telling = troubled.length > 0 ? troubled : running;
  const wanted = container === undefined ? telling : all.filter(({ name }) => name === container);
  return wanted.map((each) => sourceOf(pod, each, question));
}

const isPodTroubled = (pod: Pod, now: number): boolean =>
  isBroken(pod) || pod.status?.phase === 'Failed' || containersOf(pod).some((each) => isTroubled(each, now));

const startOf = ({ metadata }: Pod): number => timeOf(metadata.creationTimestamp) ?? 0;

/** Whether it is dead, not ready, or died a short while ago; an init container that is done is none of these. */
function isTroubled({ init, sidecar, status }: PodContainer, now: number): boolean {
  if (status === undefined) return false;
  const ended = status.state?.terminated;
  if (ended !== undefined) return ended.exitCode !== 0 || (!init && status.restartCount !== 0);
  const died = timeOf(status.lastState?.terminated?.finishedAt);
  if (status.state?.running === undefined) return died !== undefined;
  const unready = (init && !sidecar) || status.ready !== true;
  return unready || (died !== undefined && now - died <= recently);
}

function sourceOf(pod: Pod, container: PodContainer, { pods, previous: forced, now }: LogQuestion): LogSource {
  const { status } = container;
  const running = status?.state?.running !== undefined;
  const diedAt = timeOf(status?.lastState?.terminated?.finishedAt);
  // A waiting container's log is that of the instance that died.
  const telling = running && diedAt !== undefined && (status?.ready !== true || now - diedAt <= recently);
  const previous = forced ?? telling;
  const died = previous ? diedAt : running ? undefined : timeOf(lastTermination(status)?.finishedAt);
  return { pod, container, previous, died, siblings: siblingsOf(pod, container, pods) };
}

const siblingsOf = (pod: Pod, { name }: PodContainer, pods: readonly Pod[]): readonly Pod[] =>
  pods
    .filter((other) => other.metadata.name !== pod.metadata.name && isReady(other) && !isFinished(other))
    .filter((other) => containersOf(other).some((each) => each.name === name && each.status?.ready === true))
    .slice(0, maximumSiblings);

/** `CrashLoopBackOff, ended with exit code 1 (Error), 6 restarts`: how a container is, in a few words. */
export function containerState({ status }: PodContainer): string {
  const ended = lastTermination(status);
  const { running, waiting } = status?.state ?? {};
  const restarts = status?.restartCount ?? 0;
  return [
    waiting?.reason ?? (running === undefined ? undefined : status?.ready === true ? 'running' : 'running, not ready'),
    ended && `ended with exit code ${ended.exitCode ?? '?'} (${ended.reason ?? 'no reason'})`,
    restarts > 0 ? `${restarts} restart${restarts === 1 ? '' : 's'}` : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}
