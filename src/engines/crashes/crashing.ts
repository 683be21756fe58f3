import { minute, timeOf } from '../durations.ts';
import type { Pod } from '../objects.ts';
import { controllerOf, workloadOf } from '../owners.ts';
import {
  containersOf,
  isFinished,
  isReady,
  isTerminating,
  lastTermination,
  type PodContainer,
  unreadyFor,
} from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';

export type Termination = NonNullable<ReturnType<typeof lastTermination>>;

/** Reasons of a container that was never started; what the runtime said is in the message. */
export const startErrors: ReadonlySet<string> = new Set(['StartError', 'ContainerCannotRun']);

/** A restart is recent for this long; longer than the usual back-off, so that a crash between two back-offs is one. */
const recently = 10 * minute;
/** Restarts further apart than this, on the average, are hiccups. */
const rare = 360 * minute;

/** Times of the kubelet are whole seconds, so an instance may seem to have outlived another one that it has not. */
const rounding = 2_000;

/** Whether a container crashes now: in back-off, just dead, or alive between two crashes. */
export function isCrashing(pod: Pod, { init, sidecar, status }: PodContainer, now: number): boolean {
  const { state, restartCount: restarts = 0 } = status ?? {};
  const ended = lastTermination(status);
  if (ended === undefined) return false;
  if (state?.waiting !== undefined) {
    return state.waiting.reason === 'CrashLoopBackOff' || startErrors.has(ended.reason ?? '');
  }
  if (state?.terminated !== undefined) {
    if (init && !sidecar) return state.terminated.exitCode !== 0;
    const failed = state.terminated.exitCode !== 0;
    if (pod.spec?.restartPolicy === 'Never' || pod.status?.phase === 'Failed') return failed;
    return restarts > 0 && (failed || pod.spec?.restartPolicy !== 'OnFailure');
  }
  const started = timeOf(state?.running?.startedAt);
  const lived = lifetimeOf(ended);
  if (started === undefined || restarts < 2) return false;
  // The third instance may be the one that works, once it has outlived the second.
  if (isReady(pod) && restarts === 2 && now - started >= (lived ?? 0) + rounding) return false;
  const age = now - (timeOf(pod.metadata.creationTimestamp) ?? now);
  const often = (lived !== undefined && lived <= recently) || age / restarts <= rare;
  return often && now - started <= recently;
}

/**
 * Milliseconds for which a pod has not served: since it is not ready, or, of one that crashes, since it was made: its
 * readiness comes and goes with each instance. 0 when it is well or that is unknown.
 */
export function failingFor(pod: Pod, now: number): number {
  if (isTerminating(pod) || isFinished(pod)) return 0;
  const crashing = containersOf(pod).some((container) => isCrashing(pod, container, now));
  if (crashing) return now - (timeOf(pod.status?.startTime ?? pod.metadata.creationTimestamp) ?? now);
  return isReady(pod) ? 0 : unreadyFor(pod, now);
}

/** Milliseconds an instance lived; `undefined` for one that never ran, which carries the epoch. */
export function lifetimeOf({ startedAt, finishedAt }: Termination): number | undefined {
  const from = timeOf(startedAt);
  const to = timeOf(finishedAt);
  return !from || to === undefined || to < from ? undefined : to - from;
}

/** A bare pod's failure is news for this long. */
const failureIsNews = 60 * minute;

/**
 * Pods whose crashes matter: those that should run, and those that ended while somebody waits for their work: a Job
 * that failed, or failed twice, and was not completed since; bare ones for a while. Evicted pods have rules of their
 * own; leftovers of other controllers were replaced.
 */
export function isMissed(snapshot: Snapshot, pod: Pod): boolean {
  if (isTerminating(pod) || pod.status?.phase === 'Succeeded') return false;
  if (pod.status?.phase !== 'Failed') return true;
  if (pod.status.reason !== undefined) return false;
  const owner = controllerOf(pod);
  if (owner === undefined) return snapshot.now - endOf(pod) <= failureIsNews;
  const job = owner.kind === 'Job' ? snapshot.find('Job', owner.namespace, owner.name) : undefined;
  const holds = (condition: string): boolean =>
    job?.status?.conditions?.some(({ type, status }) => type === condition && status === 'True') ?? false;
  if (holds('Complete') || !(holds('Failed') || (job?.status?.failed ?? 0) >= 2)) return false;
  const workload = workloadOf(snapshot, pod);
  const success = timeOf(snapshot.find('CronJob', workload.namespace, workload.name)?.status?.lastSuccessfulTime);
  return workload.kind !== 'CronJob' || success === undefined || success < endOf(pod);
}

const endOf = (pod: Pod): number =>
  Math.max(0, ...containersOf(pod).map(({ status }) => timeOf(lastTermination(status)?.finishedAt) ?? 0));
