import { lifetimeOf } from '../crashes/crashing.ts';
import { minute, second, timeOf } from '../durations.ts';
import type { ClusterEvent } from '../events.ts';
import type { Pod } from '../objects.ts';
import { lastTermination, type PodContainer, probeBudget } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';

/** The kubelet's kill of a container whose liveness or startup probe failed. */
export interface ProbeKill {
  readonly kind: 'liveness' | 'startup';
  /** Absent when the events have expired and only the time fits. */
  readonly event: ClusterEvent | undefined;
}

/** How a process ends that is told to stop: cleanly, by the signal, or by force at the end of its grace. */
const stoppedCodes = new Set([0, 137, 143]);
/** After 25 events about one object the kubelet writes one per 5 min (client-go's spam filter), whatever they say. */
const eventDelay = 15 * minute;
const clockTolerance = 15 * second;

/**
 * Who killed a container's last instance, if a probe did: the kubelet says so at that time; or it said so once, and
 * the instance was stopped just when the probe had failed often enough. Events that are not there prove nothing.
 */
export function probeKillOf(snapshot: Snapshot, pod: Pod, container: PodContainer): ProbeKill | undefined {
  const ended = lastTermination(container.status);
  if (ended === undefined) return undefined;
  const stopped = stoppedCodes.has(ended.exitCode ?? -1);
  const inTime = stopped ? killInTime(pod, container) : undefined;
  const event = snapshot
    .eventsAbout(pod)
    .findLast(
      ({ reason, message, container: about }) =>
        reason === 'Killing' && about === container.name && /failed (?:liveness|startup) probe/i.test(message),
    );
  if (event === undefined) return inTime?.patient === true ? { kind: inTime.kind, event } : undefined;
  const kind = /startup/i.test(event.message) ? 'startup' : 'liveness';
  const delay = stopped ? eventDelay : graceOf(pod) + clockTolerance;
  const isNear = (event.last ?? 0) >= (timeOf(ended.finishedAt) ?? snapshot.now) - delay;
  return isNear || inTime?.kind === kind ? { kind, event } : undefined;
}

/** The probe that would have stopped an instance at the age at which it was stopped; `patient` when that is no accident. */
function killInTime(
  pod: Pod,
  { spec, status }: PodContainer,
): { readonly kind: ProbeKill['kind']; readonly patient: boolean } | undefined {
  const lived = lifetimeOf(lastTermination(status) ?? {});
  if (lived === undefined || (status?.restartCount ?? 0) < 2) return undefined;
  for (const kind of ['startup', 'liveness'] as const) {
    const probe = kind === 'startup' ? spec.startupProbe : spec.livenessProbe;
    if (probe === undefined) continue;
    const earliest = probeBudget(probe) - (probe.timeoutSeconds ?? 1) * second;
    const latest = probeBudget(probe) + (probe.periodSeconds ?? 10) * second + graceOf(pod);
    // Times of containers have whole seconds.
    if (lived >= earliest - second && lived <= latest + second) return { kind, patient: earliest >= 5 * second };
  }
  return undefined;
}

const graceOf = (pod: Pod): number => (pod.spec?.terminationGracePeriodSeconds ?? 30) * second;

/** The kubelet's words when a container's postStart hook failed and it was killed for it. */
export function hookFailureOf(
  snapshot: Snapshot,
  pod: Pod,
  { name, status, spec }: PodContainer,
): { readonly text: string; readonly at: string | undefined } | undefined {
  if (spec.lifecycle?.postStart === undefined) return undefined;
  const waiting = status?.state?.waiting;
  const finished = timeOf(lastTermination(status)?.finishedAt) ?? snapshot.now;
  const event = snapshot
    .eventsAbout(pod)
    .findLast(
      ({ reason, container, last = 0 }) =>
        reason === 'FailedPostStartHook' && container === name && last >= finished - eventDelay,
    );
  if (waiting?.reason === 'PostStartHookError' && waiting.message) return { text: waiting.message, at: event?.at };
  return event === undefined ? undefined : { text: event.message, at: event.at };
}
