import { isCrashing, isMissed } from '../crashes/crashing.ts';
import { deathLog } from '../crashes/death-log.ts';
import { probedService } from '../dependencies.ts';
import { second, timeOf } from '../durations.ts';
import type { ClusterEvent } from '../events.ts';
import { type Listening, listeningIn } from '../logs/listening.ts';
import { missedService } from '../missed-services.ts';
import { type Pod, type Probe, refOf } from '../objects.ts';
import { podsOf, workloadOf } from '../owners.ts';
import { unsettledPods } from '../pod-groups.ts';
import { containersOf, isFinished, type PodContainer, probeBudget, unreadySince } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';
import type { LogExcerpt } from '../snapshot-data.ts';
import { type ProbeKill, probeKillOf } from './kills.ts';
import { type ProbeOutcome, portNumber, probeOutcome, probeOutput, probePort } from './outcomes.ts';

export type ProbeKind = 'readiness' | 'liveness' | 'startup';

/** Rules that name why a probe fails. */
export type ProbeRule =
  | 'liveness-kills-healthy-app'
  | 'probe-connection-refused'
  | 'probe-misconfigured'
  | 'probe-readiness-5xx'
  | 'probe-timeout'
  | 'startup-probe-too-short';

/** A probe that keeps a container from serving, or kills it. */
export interface ProbeFailure {
  readonly pod: Pod;
  readonly container: PodContainer;
  readonly kind: ProbeKind;
  readonly probe: Probe;
  readonly outcome: ProbeOutcome | undefined;
  /** The kubelet's event about it; absent when it has expired, or when the spec alone decides. */
  readonly event: ClusterEvent | undefined;
  readonly kill: ProbeKill | undefined;
  readonly log: LogExcerpt | undefined;
  /** Where the server listens instead of the port that is asked. */
  readonly elsewhere: Elsewhere | undefined;
  readonly rule: ProbeRule;
}

/** Where a server listens, and how that is known. */
export interface Elsewhere {
  readonly ports: readonly number[];
  readonly loopback: boolean;
  /** The log line, when it is the log that says so; else the container declares them. */
  readonly line: string | undefined;
}

/** A probe that is not met is news after this long, or after its own budget when that is longer. */
const shortestHold = 30 * second;

const cache = new WeakMap<Snapshot, readonly ProbeFailure[]>();

/** Every container with a failing probe that matters; at most one failure, the deadliest, per container. */
export function probeFailures(snapshot: Snapshot): readonly ProbeFailure[] {
  let failures = cache.get(snapshot);
  if (failures === undefined) {
    failures = unsettledPods(snapshot)
      .filter((pod) => isMissed(snapshot, pod) && !isFinished(pod))
      .flatMap((pod) => containersOf(pod).flatMap((container) => failureOf(snapshot, pod, container) ?? []));
    cache.set(snapshot, failures);
  }
  return failures;
}

/** The failures that one rule speaks of. */
export const probeFailuresBy = (snapshot: Snapshot, rule: ProbeRule): readonly ProbeFailure[] =>
  probeFailures(snapshot).filter((failure) => failure.rule === rule);

function failureOf(snapshot: Snapshot, pod: Pod, container: PodContainer): ProbeFailure | undefined {
  const { spec, status } = container;
  const kill = probeKillOf(snapshot, pod, container);
  const starting = status?.started === false && spec.startupProbe !== undefined;
  const killedAtStart = kill?.kind === 'startup' && kill.event !== undefined && starting;
  if (kill !== undefined && (killedAtStart || isCrashing(pod, container, snapshot.now))) {
    const probe = kill.kind === 'startup' ? spec.startupProbe : spec.livenessProbe;
    return probe && told(snapshot, { pod, container, kind: kill.kind, probe, kill });
  }
  if (status?.state?.running === undefined || status.ready === true || isCrashing(pod, container, snapshot.now)) {
    return undefined;
  }
  const kind = starting ? 'startup' : 'readiness';
  const probe = starting ? spec.startupProbe : spec.readinessProbe;
  if (probe === undefined || unmetFor(snapshot, pod, container, kill) < Math.max(shortestHold, holdOf(probe, kind))) {
    return undefined;
  }
  const failure = told(snapshot, { pod, container, kind, probe, kill: undefined });
  // A startup probe has not failed before its budget is used up, unless it can never succeed.
  const isHopeless = failure?.rule === 'probe-misconfigured' || failure?.elsewhere?.line !== undefined;
  return kind === 'startup' && !isHopeless ? undefined : failure;
}

const holdOf = (probe: Probe, kind: ProbeKind): number => (kind === 'startup' ? shortestHold : probeBudget(probe));

/** An instance that follows one that a probe has killed owes what that one owed. */
function unmetFor(snapshot: Snapshot, pod: Pod, { status }: PodContainer, kill: ProbeKill | undefined): number {
  const started = kill?.event === undefined ? timeOf(status?.state?.running?.startedAt) : undefined;
  const since = Math.max(timeOf(unreadySince(pod)) ?? 0, started ?? 0);
  return since === 0 ? 0 : snapshot.now - since;
}

type Asked = Pick<ProbeFailure, 'pod' | 'container' | 'kind' | 'probe' | 'kill'>;

function told(snapshot: Snapshot, asked: Asked): ProbeFailure | undefined {
  const { pod, container, kind, probe, kill } = asked;
  const unresolved = isUnresolved(probe, container);
  const event = unresolved ? undefined : tellingEvent(snapshot, asked);
  if (event === undefined && kill === undefined && !unresolved) return undefined;
  const shown = unresolved ? 'no-such-port' : event && outcomeOf(event, asked);
  // Another server refused the command, not this container.
  const called =
    shown === 'refused' && probedService(snapshot, asked, { probe, output: probeOutput(event?.message ?? '') });
  const outcome = called ? 'unready' : shown;
  const log =
    snapshot.log(refOf(pod), container.name, false) ??
    deathLog(snapshot, pod, container) ??
    runningLog(snapshot, asked);
  const elsewhere = outcome === 'refused' ? elsewhereOf(asked, log) : undefined;
  // An app that keeps telling of what it cannot reach answers for that, in whatever words.
  const knowing =
    wasReady(asked) ||
    (kind === 'readiness' &&
      outcome === 'rejected' &&
      log !== undefined &&
      missedService(snapshot, asked, log) !== undefined);
  const rule = ruleOf(kind, outcome, { elsewhere, wasReady: knowing });
  return rule && { ...asked, outcome, event, log, elsewhere, rule };
}

/** How the probe failed; one that is sent to another host than the pod and finds nobody there says nothing of the app. */
function outcomeOf({ message }: ClusterEvent, { pod, probe }: Asked): ProbeOutcome | undefined {
  const outcome = probeOutcome(message, probe);
  const host = probe.httpGet?.host ?? probe.tcpSocket?.host;
  const isElsewhere = host !== undefined && host !== '' && host !== pod.status?.podIP && pod.spec?.hostNetwork !== true;
  return isElsewhere && (outcome === undefined || unheard.has(outcome)) ? 'other-host' : outcome;
}

const unheard: ReadonlySet<ProbeOutcome> = new Set(['refused', 'timeout', 'wrong-protocol']);

/** Whether the probe names a port that the container does not declare. */
const isUnresolved = ({ httpGet, tcpSocket }: Probe, { spec }: PodContainer): boolean => {
  const port: unknown = httpGet?.port ?? tcpSocket?.port;
  return typeof port === 'string' && portNumber(port, spec) === undefined;
};

/**
 * The event that tells how the probe fails: of the latest ones, the kind of failure seen most. An exec probe that
 * cannot start writes a new event each time, because its message holds an id.
 */
function tellingEvent(snapshot: Snapshot, { pod, container, kind, probe, kill }: Asked): ClusterEvent | undefined {
  const about = new RegExp(`\\b${kind} probe\\b`, 'i');
  const until = kill?.event?.last ?? snapshot.now;
  const events = snapshot
    .eventsAbout(pod)
    .filter(
      (event) =>
        event.reason === 'Unhealthy' &&
        event.container === container.name &&
        about.test(event.message) &&
        (event.first ?? 0) <= until,
    );
  const latest = events.at(-1)?.last ?? 0;
  const window = Math.max(2 * (probe.periodSeconds ?? 10), 10) * second;
  const recent = events.filter(({ last = 0 }) => last >= latest - window);
  const groups = [...Map.groupBy(recent, ({ message }) => probeOutcome(message, probe)).values()];
  const count = (group: readonly ClusterEvent[]): number => group.reduce((sum, event) => sum + event.count, 0);
  return groups.toSorted((a, b) => count(b) - count(a))[0]?.at(-1);
}

/** Whether this very instance was ready before, so that its probe cannot be wrong. */
function wasReady({ pod, container, probe, kill }: Asked): boolean {
  const started = timeOf(container.status?.state?.running?.startedAt);
  const unready = timeOf(unreadySince(pod));
  if (kill !== undefined || started === undefined || unready === undefined) return false;
  return unready - started > probeBudget(probe) + shortestHold;
}

const cannotSucceed: ReadonlySet<ProbeOutcome | undefined> = new Set([
  'rejected',
  'wrong-protocol',
  'no-grpc-health',
  'no-such-command',
  'wrong-usage',
  'no-such-port',
  'other-host',
]);

function ruleOf(
  kind: ProbeKind,
  outcome: ProbeOutcome | undefined,
  { elsewhere, wasReady: before }: { readonly elsewhere: Elsewhere | undefined; readonly wasReady: boolean },
): ProbeRule | undefined {
  if (cannotSucceed.has(outcome) && !before) return 'probe-misconfigured';
  if (outcome === 'refused' && elsewhere !== undefined && !before) return 'probe-connection-refused';
  if (kind === 'liveness') return 'liveness-kills-healthy-app';
  if (kind === 'startup') return 'startup-probe-too-short';
  if (outcome === 'refused') return 'probe-connection-refused';
  if (outcome === 'timeout') return 'probe-timeout';
  return outcome === undefined ? undefined : 'probe-readiness-5xx';
}

/** Where the server listens when it is not the port that is asked: by its log, else by what the pod's containers declare. */
function elsewhereOf({ pod, container, probe }: Asked, log: LogExcerpt | undefined): Elsewhere | undefined {
  const asked = probePort(probe, container.spec);
  if (asked === undefined || probe.httpGet?.host !== undefined || probe.tcpSocket?.host !== undefined) return undefined;
  const said: readonly Listening[] = log === undefined ? [] : listeningIn(log);
  const here = said.find(({ port }) => port === asked);
  if (here !== undefined) return here.loopback ? { ports: [asked], loopback: true, line: here.text } : undefined;
  const declared = (containers: readonly PodContainer[]): readonly number[] =>
    containers.flatMap(({ spec }) => (spec.ports ?? []).flatMap(({ containerPort }) => containerPort ?? []));
  if (said.length > 0) return { ports: said.map(({ port }) => port), loopback: false, line: said[0]?.text };
  if (declared(containersOf(pod)).includes(asked)) return undefined;
  const own = declared([container]);
  return own.length === 0 ? undefined : { ports: own, loopback: false, line: undefined };
}

/** Logs are read of a few replicas only: the others start alike. */
function runningLog(snapshot: Snapshot, { pod, container }: Asked): LogExcerpt | undefined {
  return podsOf(snapshot, workloadOf(snapshot, pod)).flatMap(
    (replica) => snapshot.log(refOf(replica), container.name, false) ?? [],
  )[0];
}
