import { type Crash, crashesBy, usualLifetime } from '../../../crashes/crashes.ts';
import { isCrashing, isMissed, startErrors } from '../../../crashes/crashing.ts';
import { isOutOfMemory, memoryLimitOf, startOutOfMemory, tinyLimits } from '../../../crashes/memory.ts';
import { formatDuration, hour, minute, timeOf } from '../../../durations.ts';
import { heapLimitIn } from '../../../heap-limits.ts';
import { nameOf, type Pod, refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { unsettledPods } from '../../../pod-groups.ts';
import { containersOf, isBroken, lastTermination, type PodContainer } from '../../../pods.ts';
import { formatQuantity, quantity } from '../../../quantity.ts';
import { templateOf } from '../../../references.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { crashFinding, kubectlName, whenClause } from '../../crash-finding.ts';
import { resizeFix } from '../../heal-fixes.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

/** One kill is worth a word for this long. */
const killIsNews = hour;
/** Whoever dies within this time needs more to start; whoever lives longer grows. */
const fast = 2 * minute;

export const oomContainerLimit = defineRule({
  id: 'oom-container-limit',
  title: 'A container needs more memory than its limit',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'The kernel kills the process as soon as the container uses more memory than its limit allows.',
  detection:
    'The last termination has the reason OOMKilled, with any exit code (when only a child was killed the main process ' +
    'ends in its own way), or the start itself was killed ("init was OOM-killed"), and the container or its pod has a ' +
    'memory limit. A heap limit given to the runtime is compared with it, and the time between start and kill says ' +
    'whether the limit is too small or memory grows. A single kill within the hour is a risk. A limit below 1 MiB ' +
    'without a unit is named when not even the token of the pod fits ("no space left on device"). What is used before the ' +
    'first kill is not read: get_usage tells it.',
  remedies: [
    'Raise the limit one bounded step, if the node and the quota have room.',
    'When memory grows slowly until the kill, look for the leak; a higher limit only delays it.',
  ],
  avoid: ['removing the limit', 'doubling it again and again', 'raising it without checking what the node has left'],

  check: (snapshot) => [
    ...crashesBy(snapshot, 'oom-container-limit').map((crash) => killed(snapshot, crash)),
    ...unsettledPods(snapshot).flatMap((pod) => [...onceKilled(snapshot, pod), ...neverStarted(snapshot, pod)]),
  ],
});

function killed(snapshot: Snapshot, crash: Crash): Finding {
  const { pod, container, termination } = crash;
  const base = crashFinding(snapshot, crash);
  const limit = memoryLimitOf(pod, container);
  const heap = heapLimitIn(container.spec);
  const tooLarge = heap !== undefined && heap.bytes >= (quantity(limit) ?? Number.POSITIVE_INFINITY);
  const atStart = startErrors.has(termination.reason ?? '');
  const range = givingRange(snapshot, crash);
  return {
    ...base,
    problem: `runs out of memory: container ${container.name} is killed ${atStart ? 'at its very start' : whenClause(snapshot, crash)} at its limit of ${limit}${range === undefined ? '' : `, the default of ${range}`}${tooLarge ? `, and ${heap.text} allows more than that` : ''}${memoryVolumeClause(crash)}`,
    certainty: 'declared',
    evidence: [
      ...base.evidence,
      {
        object: base.subject,
        source: 'spec',
        text: `container ${container.name} has a memory limit of ${limit}${heap === undefined ? '' : ` and ${heap.text}`}${originClause(snapshot, crash)}`,
      },
    ],
    fixes: [...(tooLarge ? [heapFix(container, heap.text, limit)] : []), ...limitFix(snapshot, crash, limit)].slice(
      0,
      3,
    ),
    missingEvidence: ['memory usage over time'],
    nextCheck: `kubectl top pod -n ${pod.metadata.namespace} ${pod.metadata.name} --containers`,
  };
}

/** Files of an emptyDir in memory are memory of the container, and stay when it starts again. */
function memoryVolumeClause({ pod, container }: Crash): string {
  const volume = (pod.spec?.volumes ?? []).find(
    ({ name, emptyDir }) =>
      emptyDir?.medium === 'Memory' && container.spec.volumeMounts?.some((mount) => mount.name === name),
  );
  return volume === undefined
    ? ''
    : `; the files in its emptyDir ${volume.name} (medium Memory) count, and outlive a restart`;
}

/** Who set the limit, when it was not the template of the workload. */
function originClause(snapshot: Snapshot, crash: Crash): string {
  if (!isGiven(snapshot, crash)) return '';
  const range = givingRange(snapshot, crash);
  if (range !== undefined) return `, which its template does not set: it is the default of ${range}`;
  const marked = crash.pod.metadata.annotations?.['kubernetes.io/limit-ranger'] !== undefined;
  return `, which its template does not set: ${marked ? 'a LimitRange' : 'a LimitRange or a webhook'} did`;
}

/** Whether the container has a limit that the template of its workload does not name. */
function isGiven(snapshot: Snapshot, { pod, container }: Crash): boolean {
  const template = templateOf(snapshot.head(workloadOf(snapshot, pod)))?.spec;
  const same = [...(template?.initContainers ?? []), ...(template?.containers ?? [])].find(
    ({ name }) => name === container.name,
  );
  const own = container.spec.resources?.limits?.['memory'];
  return same !== undefined && own !== undefined && same.resources?.limits?.['memory'] === undefined;
}

/** The LimitRange whose default the limit of a container is. */
function givingRange(snapshot: Snapshot, crash: Crash): string | undefined {
  if (!isGiven(snapshot, crash)) return undefined;
  const limit = quantity(crash.container.spec.resources?.limits?.['memory']);
  const range = snapshot
    .all('LimitRange', crash.pod.metadata.namespace)
    .find(({ spec }) => spec?.limits?.some(({ default: given }) => quantity(given?.['memory']) === limit));
  return range && nameOf(refOf(range));
}

const heapFix = ({ name }: PodContainer, heap: string, limit: string | undefined): Fix => ({
  advice: `lower ${heap} of container ${name} to about three quarters of ${limit}, or raise the limit above it`,
  reason: 'the runtime believes that it may use more than the kernel allows',
});

function limitFix(snapshot: Snapshot, crash: Crash, limit: string | undefined): readonly Fix[] {
  const bytes = quantity(limit);
  if (bytes === undefined) return [];
  const lived = usualLifetime(snapshot, crash);
  const quick = lived === undefined || lived <= fast;
  const workload = workloadOf(snapshot, crash.pod);
  const settable = workload.kind !== 'Pod' && workload.kind !== 'Job';
  const step = formatQuantity('memory', bytes * (quick ? 2 : 1.5));
  return [
    ...(resizable.has(workload.kind) && !isGiven(snapshot, crash)
      ? [resizeFix(workload, { container: crash.container.name, memory_limit: oneStep(bytes) }, 'one step, watched')]
      : []),
    {
      advice: settable
        ? `kubectl set resources ${kubectlName(workload)} -c ${crash.container.name} --limits=memory=${step}`
        : `raise the memory limit of container ${crash.container.name} to ${step}`,
      reason: quick
        ? 'it dies soon after start, so the limit does not hold what it needs to run'
        : `it lives ${formatDuration(lived)}: a step buys time, but memory that grows needs its leak found`,
    },
  ];
}

/** Workloads whose pods are replaced when their template changes. */
const resizable = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

const mebibyte = 2 ** 20;

/** Half as much again, which is the most that an action may add at once (healing guard G23). */
const oneStep = (bytes: number): string => `${Math.max(1, Math.floor((bytes * 1.5) / mebibyte))}Mi`;

/** A container that was killed once and runs again. */
function onceKilled(snapshot: Snapshot, pod: Pod): readonly Finding[] {
  if (!isMissed(snapshot, pod)) return [];
  return containersOf(pod).flatMap((container) => {
    const ended = lastTermination(container.status);
    const limit = memoryLimitOf(pod, container);
    if (
      ended === undefined ||
      limit === undefined ||
      !isOutOfMemory(ended) ||
      container.status?.state?.running === undefined
    )
      return [];
    const ago = snapshot.now - (timeOf(ended.finishedAt) ?? 0);
    if (ago > killIsNews || isCrashing(pod, container, snapshot.now)) return [];
    return [
      {
        subject: refOf(pod),
        container: container.name,
        class: 'risk',
        severity: 'medium',
        problem: `ran out of memory within the last hour: container ${container.name} was killed at its limit of ${limit} and runs again`,
        certainty: 'declared',
        evidence: [
          {
            object: refOf(pod),
            source: 'status',
            text: `container ${container.name} was OOMKilled ${formatDuration(ago)} ago, ${container.status.restartCount ?? 0} restarts`,
            at: ended.finishedAt,
          },
        ],
        since: ended.finishedAt,
        fixes: [
          {
            advice: `watch the memory of container ${container.name} and raise its limit one step if it comes near again`,
            reason: `its limit is ${limit}`,
          },
        ],
      },
    ];
  });
}

/** A limit so low that not even the pod's sandbox starts in it, or the files of its token do not fit. */
function neverStarted(snapshot: Snapshot, pod: Pod): readonly Finding[] {
  if (!isBroken(pod) || containersOf(pod).some(({ status }) => status?.state?.running !== undefined)) return [];
  const slips = tinyLimits(pod);
  const event = snapshot
    .eventsAbout(pod)
    .findLast(
      ({ reason, message }) =>
        (reason === 'FailedCreatePodSandBox' && startOutOfMemory.test(message)) ||
        (slips.length > 0 && reason === 'FailedMount' && noSpace.test(message)),
    );
  if (event === undefined) return [];
  const limits = containersOf(pod).flatMap((container) => memoryLimitOf(pod, container) ?? []);
  const text =
    limits.length === 0 ? 'the memory limit of the pod' : `the memory limit of the pod (${limits.join(' + ')})`;
  const hint = slips.map(({ limit, meant }) => `${limit} means ${quantity(limit)} bytes, and ${meant} may be meant`);
  return [
    {
      subject: refOf(pod),
      problem: `cannot start: ${text} does not even hold the start of a container${hint.length > 0 ? `: ${hint.join('; ')}` : ''}`,
      certainty: slips.length > 0 ? 'recomputed' : 'message',
      evidence: [
        { object: refOf(pod), source: 'event', text: withoutHostPath(event.message).slice(-200), at: event.at },
      ],
      since: pod.status?.startTime ?? pod.metadata.creationTimestamp,
      fixes: [
        ...slips.map(({ name, meant }) => ({
          advice: `set resources.limits.memory of container ${name} to ${meant}, if that was meant`,
          reason: 'no container starts in less than a few MiB',
        })),
        {
          advice: 'raise the memory limit to at least 16Mi, and to what the program needs',
          reason: 'the runtime needs a few MiB before the program runs',
        },
      ].slice(0, 3),
    },
  ];
}

/** The path on the node holds ids of this one attempt. */
const withoutHostPath = (text: string): string => text.replace(/\/\S*\/pods\/\S+\/([^/\s]+):/, '$1:');

/** The kubelet sizes volumes in memory, such as that of the token, by the limit of the pod (`SizeMemoryBackedVolumes`). */
const noSpace = /no space left on device/i;
