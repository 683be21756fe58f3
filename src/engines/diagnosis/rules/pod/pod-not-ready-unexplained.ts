import { formatDuration, minute, second, timeOf } from '../../../durations.ts';
import { keyOf, type Pod, refOf } from '../../../objects.ts';
import { controllerOf, workloadOf } from '../../../owners.ts';
import {
  containersOf,
  isBroken,
  isTerminating,
  podCondition,
  podStatusText,
  probeBudget,
  unreadyFor,
  unreadySince,
} from '../../../pods.ts';
import { histogramOf } from '../../../scheduling/histogram.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { isBlind } from '../../../snapshot-data.ts';
import { defineRule, type Evidence, type Finding, type RuleFinding } from '../../rule.ts';

/** A pod that has just been made, moved or restarted is not ready for a moment. */
const hold = minute;
/** The scheduler has judged, but a volume that is being made may still change its mind. */
const unschedulableHold = 15 * second;
/** States of a container that waits for something on its way to its first start. */
const starting = new Set(['ContainerCreating', 'PodInitializing']);
const shownEvents = 2;

export const podNotReadyUnexplained = defineRule({
  id: 'pod-not-ready-unexplained',
  title: 'A pod is not ready and no rule says why',
  area: 'pod',
  class: 'symptom',
  severity: 'medium',
  meaning: 'The pod does not serve. What it shows is quoted; no cause is claimed.',
  detection:
    'A pod is not ready for longer than a minute (15 s when it is unschedulable) and than its startup probe allows, or waits in a state that does not ' +
    'pass by itself, or failed for good without a controller; and no other rule found anything on it or its workload.',
  remedies: ['Do the next check that the finding names.', 'Report the state, so that it becomes a rule.'],
  avoid: ['guessing: restarting destroys what would tell'],
  last: true,

  check: (snapshot, found) => {
    const covered = new Set(found.filter(covers).map(({ subject }) => keyOf(subject)));
    return snapshot
      .all('Pod')
      .filter((pod) => needsExplanation(snapshot, pod))
      .filter((pod) => !covered.has(keyOf(refOf(pod))) && !covered.has(keyOf(workloadOf(snapshot, pod))))
      .map((pod) => findingOf(snapshot, pod));
  },
});

/** Symptoms of a workload do not explain its pods; what was found on the pod itself does, unless it is only a risk. */
function covers({ rule, class: kind = rule.class, subject }: RuleFinding): boolean {
  return kind === 'cause' || (kind === 'symptom' && subject.kind === 'Pod');
}

function needsExplanation(snapshot: Snapshot, pod: Pod): boolean {
  if (pod.status?.phase === 'Failed') return !isTerminating(pod) && controllerOf(pod) === undefined;
  if (pod.status?.phase === undefined || !isBroken(pod)) return false;
  const allowed = podCondition(pod, 'PodScheduled')?.reason === 'Unschedulable' ? unschedulableHold : hold;
  return isStuck(pod) || (unreadyFor(pod, snapshot.now) > allowed && !isStartingUp(snapshot, pod));
}

/** Whether a container waits in a state that does not pass by itself. */
const isStuck = (pod: Pod): boolean =>
  containersOf(pod).some(({ status }) => {
    const reason = status?.state?.waiting?.reason;
    return reason !== undefined && !starting.has(reason);
  });

/** Whether a container runs whose startup probe still gives it time, or whose readiness probe was not asked yet. */
const isStartingUp = (snapshot: Snapshot, pod: Pod): boolean =>
  containersOf(pod).some(({ spec, status }) => {
    const startedAt = timeOf(status?.state?.running?.startedAt);
    if (startedAt === undefined) return false;
    const delayed = startedAt + (spec.readinessProbe?.initialDelaySeconds ?? 0) * second > snapshot.now;
    if (spec.startupProbe === undefined || status?.started === true) return delayed && status?.ready !== true;
    return startedAt + probeBudget(spec.startupProbe) > snapshot.now;
  });

function findingOf(snapshot: Snapshot, pod: Pod): Finding {
  const subject = refOf(pod);
  const status = podStatusText(pod);
  const duration = formatDuration(unreadyFor(pod, snapshot.now));
  const state = `${status} for ${duration}${detailOf(pod)}`;
  return {
    subject,
    problem: `is not ready: ${status}${placementWords(pod)}`,
    certainty: 'correlated',
    evidence: [
      { object: subject, source: 'status', text: state, at: unreadySince(pod) },
      ...eventEvidence(snapshot, pod, state),
      { object: subject, source: 'recomputed', text: `checked without a result: ${checked(pod)}` },
    ],
    since: unreadySince(pod),
    fixes: [],
    missingEvidence: missing(snapshot, pod),
    nextCheck: nextCheckOf(pod),
  };
}

/** Why the scheduler ruled nodes out, without counts: these change while the pod waits. */
function placementWords(pod: Pod): string {
  const scheduled = podCondition(pod, 'PodScheduled');
  const reasons = scheduled?.status === 'False' ? histogramOf(scheduled.message ?? '').map(({ reason }) => reason) : [];
  return reasons.length === 0 ? '' : ` (${reasons.join(', ')})`;
}

/** What the conditions and containers say, in their own words. */
function detailOf(pod: Pod): string {
  const scheduled = podCondition(pod, 'PodScheduled');
  const ready = podCondition(pod, 'Ready');
  const words = [
    pod.status?.message,
    scheduled?.status === 'False' ? scheduled.message : undefined,
    ...containersOf(pod).map(({ status }) => status?.state?.waiting?.message ?? status?.state?.terminated?.message),
    ready?.status === 'False' ? ready.message : undefined,
  ].find((text) => text !== undefined && text !== '');
  return words === undefined ? '' : `: ${words}`;
}

/** Warnings about the pod, without what its status says already. */
const eventEvidence = (snapshot: Snapshot, pod: Pod, said: string): readonly Evidence[] =>
  snapshot
    .eventsAbout(pod)
    .filter(({ type, message }) => type === 'Warning' && !said.includes(message))
    .slice(-shownEvents)
    .map(({ reason, message, at }) => ({ object: refOf(pod), source: 'event', text: `${reason}: ${message}`, at }));

function checked(pod: Pod): string {
  if (!pod.spec?.nodeName) return 'node room, labels and taints, claims, scheduling gates';
  if (pod.status?.containerStatuses?.some(({ state }) => state?.running) === true)
    return 'probes, crashes, logs, its node';
  return 'image, configuration, volumes, network, its node';
}

function missing(snapshot: Snapshot, pod: Pod): readonly string[] {
  const { name } = pod.metadata;
  const events =
    snapshot.eventsAbout(pod).length === 0 ? ['events of the pod beyond its start (none, or older than an hour)'] : [];
  const failed = snapshot.data.reads
    .filter(({ outcome }) => isBlind(outcome))
    .flatMap(({ read }) =>
      read.verb === 'log' ? (read.pod === name ? [`the log of ${read.container}`] : []) : [`${read.kind} objects`],
    );
  const node = pod.spec?.nodeName;
  const unseen = node !== undefined && snapshot.find('Node', undefined, node) === undefined ? [`Node/${node}`] : [];
  return [...new Set([...events, ...failed, ...unseen])];
}

function nextCheckOf(pod: Pod): string {
  const { namespace, name } = pod.metadata;
  const running = containersOf(pod).find(({ status }) => status?.state?.running !== undefined && status.ready !== true);
  if (running !== undefined) return `kubectl logs -n ${namespace} ${name} -c ${running.name}`;
  const died = containersOf(pod).find(({ status }) => status?.lastState?.terminated !== undefined);
  if (died !== undefined) return `kubectl logs -n ${namespace} ${name} -c ${died.name} --previous`;
  return `kubectl describe pod -n ${namespace} ${name}`;
}
