import { isPodAskedAbout } from '../../../asked-about.ts';
import { formatDuration, minute, second, timeOf } from '../../../durations.ts';
import { keyOf, type Pod, type Probe, refOf } from '../../../objects.ts';
import { brokenPods } from '../../../pod-groups.ts';
import { containersOf, type PodContainer, probeBudget, unreadyFor, unreadySince } from '../../../pods.ts';
import { describeProbe } from '../../../probes/outcomes.ts';
import { probeFailures } from '../../../probes/probes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { inContainer } from '../../crash-finding.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** Shorter starts are nothing to speak of. */
const hold = minute;
/** Whoever asks why a pod is not ready gets a long delay as the answer. */
const longDelay = 2 * minute;

export const probeNotYetDue = defineRule({
  id: 'probe-not-yet-due',
  title: 'A pod waits for a probe that has time left',
  area: 'pod',
  class: 'risk',
  severity: 'low',
  meaning: 'The pod is not ready, and nothing is known to be wrong: its probe was not asked yet, or may still fail.',
  detection:
    'A container runs and is not ready for more than a minute, and the initialDelaySeconds of its readiness probe are not ' +
    'over, or its startup probe has periods left. A delay of more than two minutes is the cause for whoever asks about ' +
    'that very pod or workload.',
  remedies: [
    'Wait, or use a startupProbe instead of a long initialDelaySeconds: it ends as soon as the app has started.',
  ],
  avoid: ['restarting: the time begins anew'],

  check: (snapshot) => {
    // What is known to fail is no mere wait.
    const failing = new Set(
      probeFailures(snapshot).map(({ pod, container }) => `${keyOf(refOf(pod))} ${container.name}`),
    );
    return brokenPods(snapshot)
      .filter((pod) => unreadyFor(pod, snapshot.now) > hold || isPodAskedAbout(snapshot, pod))
      .flatMap((pod) =>
        containersOf(pod)
          .filter(({ name }) => !failing.has(`${keyOf(refOf(pod))} ${name}`))
          .flatMap((container) => findingsOf(snapshot, pod, container)),
      );
  },
});

function findingsOf(snapshot: Snapshot, pod: Pod, container: PodContainer): readonly Finding[] {
  const { spec, status } = container;
  const started = timeOf(status?.state?.running?.startedAt);
  if (started === undefined || status?.ready === true || (status?.restartCount ?? 0) > 0) return [];
  const { startupProbe, readinessProbe } = spec;
  if (startupProbe !== undefined && status?.started !== true) {
    const left = started + probeBudget(startupProbe) - snapshot.now;
    const isNews = unreadyFor(pod, snapshot.now) > hold;
    return left <= 0 || !isNews
      ? []
      : [waiting(snapshot, pod, container, { probe: startupProbe, kind: 'startup', left })];
  }
  const delay = (readinessProbe?.initialDelaySeconds ?? 0) * second;
  const left = started + delay - snapshot.now;
  const isNews = delay > longDelay || unreadyFor(pod, snapshot.now) > hold;
  return readinessProbe === undefined || left <= 0 || !isNews
    ? []
    : [waiting(snapshot, pod, container, { probe: readinessProbe, kind: 'readiness', left })];
}

interface Wait {
  readonly probe: Probe;
  readonly kind: 'startup' | 'readiness';
  /** Milliseconds. */
  readonly left: number;
}

function waiting(snapshot: Snapshot, pod: Pod, container: PodContainer, { probe, kind, left }: Wait): Finding {
  const subject = refOf(pod);
  const { initialDelaySeconds = 0 } = probe;
  const isAsked = isPodAskedAbout(snapshot, pod);
  const isDelayed = kind === 'readiness';
  const name = `${kind} probe ${describeProbe(probe, container.spec)}`;
  return {
    subject,
    container: container.name,
    problem: isDelayed
      ? `is not ready yet${inContainer(pod, container)}: its ${name} is first asked ${initialDelaySeconds} s after the start (initialDelaySeconds)`
      : `is still starting${inContainer(pod, container)}: its ${name} allows ${formatDuration(probeBudget(probe))}`,
    ...(isDelayed && isAsked && initialDelaySeconds * second > longDelay && { class: 'cause' as const }),
    certainty: 'declared',
    evidence: [
      {
        object: subject,
        source: 'recomputed',
        text: `container ${container.name} has ${formatDuration(left)} left`,
        at: container.status?.state?.running?.startedAt,
      },
    ],
    since: unreadySince(pod),
    fixes: [
      isDelayed
        ? {
            advice: `lower initialDelaySeconds of the readinessProbe of container ${container.name}; for a slow start use a startupProbe`,
            reason: 'the pod takes no traffic before that time, however soon the app has started',
          }
        : { advice: 'wait, and read its log meanwhile', reason: 'its probe has not failed yet' },
    ],
  };
}
