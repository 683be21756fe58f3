import { isPodAskedAbout } from '../../../asked-about.ts';
import { formatDuration, minute, second, timeOf } from '../../../durations.ts';
import type { ClusterEvent } from '../../../events.ts';
import { type Pod, type Probe, refOf } from '../../../objects.ts';
import { containersOf, isReady, isTerminating, type PodContainer, specPath } from '../../../pods.ts';
import { describeProbe, probeOutcome, probeOutput } from '../../../probes/outcomes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { inContainer } from '../../crash-finding.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** Fewer in a row are an app that was busy for a moment. */
const leastFailures = 4;
/** The kubelet tells of 25 failures at once, then of one in five minutes. */
const untold = { after: 20, for: 6 * minute };

export const livenessNotYetKilling = defineRule({
  id: 'liveness-not-yet-killing',
  title: 'A liveness probe fails every time and has not killed yet',
  area: 'pod',
  class: 'risk',
  severity: 'medium',
  meaning:
    'The container runs and is ready, but its liveness probe always fails: it is killed when that is allowed no more. Or ' +
    'the probe cannot be run at all, so that it would not be killed when it hangs.',
  detection:
    'The kubelet told of as many failures in a row of the liveness probe of a ready container as its period allows, up ' +
    'to now, and failureThreshold is not reached yet. Failures with pauses between them are none: the probe was met there. ' +
    'Or its command is not in the container: what the kubelet could not ask it ignores, and kills nobody.',
  remedies: [
    'Correct what the probe asks or runs.',
    'Find out in the log what the app misses, when the probe is right.',
  ],
  avoid: ['raising failureThreshold: it only postpones the kill'],

  check: (snapshot) =>
    snapshot
      .all('Pod')
      .filter((pod) => isReady(pod) && !isTerminating(pod))
      .flatMap((pod) => containersOf(pod).flatMap((container) => findingOf(snapshot, pod, container))),
});

function findingOf(snapshot: Snapshot, pod: Pod, container: PodContainer): readonly Finding[] {
  const { livenessProbe: probe } = container.spec;
  const started = timeOf(container.status?.state?.running?.startedAt);
  if (probe === undefined || started === undefined) return [];
  const unasked = neverAsked(snapshot, pod, container, probe);
  if (unasked !== undefined) return [unasked];
  const { periodSeconds = 10, failureThreshold = 3 } = probe;
  const period = periodSeconds * second;
  const event = snapshot
    .eventsAbout(pod)
    .findLast(
      ({ reason, container: about, message }) =>
        reason === 'Unhealthy' && about === container.name && /^Liveness probe (?:failed|errored)/.test(message),
    );
  if (event === undefined || !isInARow(event, { started, period, now: snapshot.now })) return [];
  if (event.count >= failureThreshold) return [];
  const subject = refOf(pod);
  const left = formatDuration((failureThreshold - event.count) * period);
  return [
    {
      subject,
      container: container.name,
      problem: `is ready${inContainer(pod, container)}, but its liveness probe ${describeProbe(probe, container.spec)} fails every time: it is killed after ${failureThreshold} failures`,
      ...(isPodAskedAbout(snapshot, pod) && { class: 'cause' as const }),
      certainty: 'message',
      evidence: [
        { object: subject, source: 'event', text: `${event.message.trim()} (${event.count} times)`, at: event.at },
        { object: subject, source: 'recomputed', text: `at most ${left} until it is killed` },
      ],
      since: event.first === undefined ? undefined : new Date(event.first).toISOString(),
      fixes: [
        {
          advice: `correct ${specPath(container)}.livenessProbe, or what it looks for in the app`,
          reason: 'it has not been met since it fails',
        },
      ],
    },
  ];
}

/** The kubelet throws away what it could not ask: such a probe kills nobody, and sees nothing. */
function neverAsked(snapshot: Snapshot, pod: Pod, container: PodContainer, probe: Probe): Finding | undefined {
  const event = snapshot
    .eventsAbout(pod)
    .findLast(
      ({ reason, container: about, message }) =>
        reason === 'Unhealthy' &&
        about === container.name &&
        /^(?:\(combined from similar events\): )?Liveness probe errored/.test(message) &&
        probeOutcome(message, probe) === 'no-such-command',
    );
  if (event?.last === undefined || snapshot.now - event.last > untold.for) return undefined;
  const subject = refOf(pod);
  return {
    subject,
    container: container.name,
    problem: `is ready${inContainer(pod, container)}, but its liveness probe ${describeProbe(probe, container.spec)} cannot be run: the container has no such program, so nothing would notice that it hangs`,
    ...(isPodAskedAbout(snapshot, pod) && { class: 'cause' as const }),
    certainty: 'message',
    evidence: [
      { object: subject, source: 'event', text: probeOutput(event.message).slice(-maximumQuote), at: event.at },
    ],
    since: event.first === undefined ? undefined : new Date(event.first).toISOString(),
    fixes: [
      {
        advice: `change ${specPath(container)}.livenessProbe.exec.command to a program that is in the image, or ask by httpGet or tcpSocket`,
        reason: 'the kubelet ignores what it could not ask',
      },
    ],
  };
}

const maximumQuote = 200;

/** Whether a probe failed each time that it was asked from the first failure that was told to now. */
function isInARow(
  { count, first, last }: ClusterEvent,
  { started, period, now }: { readonly started: number; readonly period: number; readonly now: number },
): boolean {
  if (first === undefined || last === undefined || first < started || count < leastFailures) return false;
  const silent = now - last;
  const asked = (last - first) / period + 1;
  return count >= 0.8 * asked && silent <= (count >= untold.after ? untold.for : 2 * period + 10 * second);
}
