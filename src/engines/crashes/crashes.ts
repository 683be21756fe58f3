import { type Dependency, dependencyBeside, dependencyIn } from '../dependencies.ts';
import { timeOf } from '../durations.ts';
import type { SignatureId } from '../logs/signatures.ts';
import { type TellingEntry, tellingEntries } from '../logs/telling.ts';
import { keyOf, type Pod } from '../objects.ts';
import { podsOf, workloadOf } from '../owners.ts';
import { containersOf, isReady, lastTermination, type PodContainer, unreadySince } from '../pods.ts';
import { hookFailureOf, probeKillOf } from '../probes/kills.ts';
import type { Snapshot } from '../snapshot.ts';
import type { LogExcerpt } from '../snapshot-data.ts';
import { shellExitRules, startErrorIn } from '../starting/errors.ts';
import { isCrashing, isMissed, lifetimeOf, startErrors, type Termination } from './crashing.ts';
import { deathLog } from './death-log.ts';
import { endsInError, isLastWord, reasonBefore, saysLittle, saysWhy } from './last-words.ts';
import { hasMemoryPressure, isOutOfMemory, memoryLimitOf, nodeMemoryEvent } from './memory.ts';
import { missedBefore } from './missed-before.ts';
import { type LogRule, signatureIn } from './signatures.ts';

/** Rules that name why a container dies. A crash of which none speaks belongs to a rule about its command, image or probe. */
export type CrashRule =
  | LogRule
  | 'crash-app-error'
  | 'crash-dependency-down'
  | 'crash-exits-zero'
  | 'crash-filesystem-permission'
  | 'exit-137-sigkill'
  | 'exit-139-134'
  | 'exit-143-sigterm'
  | 'init-container-crash'
  | 'oom-container-limit'
  | 'oom-node-level'
  | 'port-bind-conflict';

/** A container that keeps dying, or died for good, with why. */
export interface Crash {
  readonly pod: Pod;
  readonly container: PodContainer;
  readonly termination: Termination;
  readonly exitCode: number;
  readonly restarts: number;
  readonly log: LogExcerpt | undefined;
  /** The entry of the log that says why: the one that decided the rule, else the most telling one. */
  readonly telling: TellingEntry | undefined;
  readonly dependency: Dependency | undefined;
  readonly rule: CrashRule | undefined;
  /** The known fault that decided, for rules about logs. */
  readonly signature: SignatureId | undefined;
  /** What that entry says, in the same words for all replicas that say it: without numbers where these differ. */
  readonly says: string | undefined;
}

const cache = new WeakMap<Snapshot, readonly Crash[]>();

/** Every container that crashes, each with at most one rule. */
export function crashes(snapshot: Snapshot): readonly Crash[] {
  let found = cache.get(snapshot);
  if (found === undefined) {
    found = inOneVoice(
      snapshot,
      snapshot
        .all('Pod')
        .filter((pod) => isMissed(snapshot, pod))
        .flatMap((pod) => containersOf(pod).flatMap((container) => crashOf(snapshot, pod, container))),
    );
    cache.set(snapshot, found);
  }
  return found;
}

/** The crashes that one rule speaks of. */
export const crashesBy = (snapshot: Snapshot, rule: CrashRule): readonly Crash[] =>
  crashes(snapshot).filter((crash) => crash.rule === rule);

/** Lets replicas that say the same say it in the same words. */
function inOneVoice(snapshot: Snapshot, found: readonly Unvoiced[]): readonly Crash[] {
  const keyOfWords = ({ pod, container, telling }: Unvoiced): string =>
    [keyOf(workloadOf(snapshot, pod)), container.name, telling?.essence].join('\n');
  const voices = Map.groupBy(found, keyOfWords);
  return found.map((crash) => {
    const all = new Set((voices.get(keyOfWords(crash)) ?? []).map(({ telling }) => telling?.words));
    return { ...crash, says: all.size === 1 ? crash.telling?.words : crash.telling?.essence };
  });
}

function crashOf(snapshot: Snapshot, pod: Pod, container: PodContainer): readonly Unvoiced[] {
  const termination = lastTermination(container.status);
  if (termination === undefined || !isCrashing(pod, container, snapshot.now)) return [];
  const log = deathLog(snapshot, pod, container);
  const base = {
    pod,
    container,
    termination,
    exitCode: termination.exitCode ?? -1,
    restarts: container.status?.restartCount ?? 0,
    log,
  };
  return [{ ...base, ...verdictOf(snapshot, base, log === undefined ? [] : tellingEntries(log)) }];
}

type Verdict = Pick<Crash, 'rule' | 'telling' | 'dependency' | 'signature'>;
type Unvoiced = Omit<Crash, 'says'>;
type Undecided = Omit<Unvoiced, keyof Verdict>;

/** 128 + SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV. */
const abnormalSignals = new Set([132, 133, 134, 135, 136, 139]);
/** 128 + SIGABRT: native code that asserts, but also .NET, C++ and Node.js when nothing handles an exception. */
const abort = 134;

/** Which rule speaks of a crash: fields first, then who killed it, then its exit code, then its words. */
function verdictOf(snapshot: Snapshot, crash: Undecided, told: readonly TellingEntry[]): Verdict {
  const { pod, container, termination, exitCode } = crash;
  const by = (rule: CrashRule | undefined, more: Partial<Verdict> = {}): Verdict => ({
    rule,
    telling: told[0],
    dependency: undefined,
    signature: undefined,
    ...more,
  });
  // Without a limit of its own or its pod's it was the node that ran out.
  if (isOutOfMemory(termination)) {
    return by(memoryLimitOf(pod, container) === undefined ? 'oom-node-level' : 'oom-container-limit');
  }
  if (startErrors.has(termination.reason ?? '') || couldNotRun(crash)) return by(undefined);
  if (probeKillOf(snapshot, pod, container) ?? hookFailureOf(snapshot, pod, container)) return by(undefined);
  const signature = signatureIn(told, saysLittle);
  const dependency = dependencyAmong(snapshot, crash, told);
  if (container.init && !container.sidecar) return by('init-container-crash', dependency);
  if (exitCode === 0 && !isLastWord(crash.log, (signature ?? dependency)?.telling) && !endsInError(crash.log, told[0]))
    return by('crash-exits-zero');
  if (exitCode === 137 && ranOutElsewhere(snapshot, crash)) return by('oom-container-limit');
  if (exitCode === 137 || termination.reason === 'ContainerStatusUnknown') {
    const nodeRanOut = nodeMemoryEvent(snapshot, pod, termination) !== undefined || hasMemoryPressure(snapshot, pod);
    return by(nodeRanOut ? 'oom-node-level' : 'exit-137-sigkill');
  }
  if (exitCode === 143) return by('exit-143-sigterm');
  if (abnormalSignals.has(exitCode) && !(exitCode === abort && saysWhy(told[0]))) return by('exit-139-134');
  const missed = dependency === undefined ? missedBefore(snapshot, crash, told[0]) : undefined;
  if (missed !== undefined) return by('crash-dependency-down', missed);
  if (signature?.rule === 'log-config-parse' && namesNobody(dependency, signature.telling)) {
    return by('crash-dependency-down', dependency);
  }
  if (signature !== undefined) return by(signature.rule, { telling: signature.telling, signature: signature.id });
  if (dependency !== undefined) return by('crash-dependency-down', dependency);
  return by('crash-app-error', { telling: reasonBefore(crash.log, told) ?? told[0] });
}

/** Whether words about the configuration name a host that no Service has: that says more than which setting to check. */
const namesNobody = (found: Pick<Verdict, 'dependency'> | undefined, { entry }: TellingEntry): boolean =>
  found?.dependency?.service !== undefined &&
  found.dependency.endpoints === undefined &&
  entry.lines.some((line) => line.includes(found.dependency?.host ?? ' '));

/** Whether another instance of the container died of its limit: runtimes lose that reason now and then, not for all. */
const ranOutElsewhere = (snapshot: Snapshot, { pod, container }: Undecided): boolean =>
  memoryLimitOf(pod, container) !== undefined &&
  podsOf(snapshot, workloadOf(snapshot, pod))
    .flatMap((replica) => containersOf(replica).filter(({ name }) => name === container.name))
    .flatMap(({ status }) => [status?.state?.terminated, status?.lastState?.terminated])
    .some((ended) => ended !== undefined && isOutOfMemory(ended));

/** Whether it died because its program is not there or cannot be run: rules about the command and the image speak of it. */
const couldNotRun = ({ exitCode, log }: Undecided): boolean =>
  exitCode !== 0 && (shellExitRules[exitCode] !== undefined || startErrorIn(log, exitCode) !== undefined);

function dependencyAmong(
  snapshot: Snapshot,
  crash: Undecided,
  told: readonly TellingEntry[],
): Pick<Verdict, 'telling' | 'dependency'> | undefined {
  // A last line that only says what could not be reached: why, another line may say.
  let unsaid: Pick<Verdict, 'telling' | 'dependency'> | undefined;
  for (const telling of told) {
    const dependency =
      dependencyIn(snapshot, crash, telling.entry.lines.join('\n')) ??
      (crash.log && dependencyBeside(snapshot, crash, crash.log, telling.entry));
    if (dependency !== undefined && dependency.failure !== 'unreached')
      return withPort(snapshot, crash, told, { telling, dependency });
    if (dependency !== undefined) unsaid ??= { telling, dependency };
    else if (!saysLittle(telling)) break;
  }
  return unsaid;
}

/** The same Service with its port, when another entry names that: a tool and the program that called it say one thing. */
function withPort(
  snapshot: Snapshot,
  crash: Undecided,
  told: readonly TellingEntry[],
  found: { readonly telling: TellingEntry; readonly dependency: Dependency },
): Pick<Verdict, 'telling' | 'dependency'> {
  const { service, port } = found.dependency;
  if (service === undefined || port !== undefined) return found;
  const fuller = told.flatMap((telling) => {
    const dependency = dependencyIn(snapshot, crash, telling.entry.lines.join('\n'));
    const same = dependency?.service !== undefined && keyOf(dependency.service) === keyOf(service);
    return same && dependency.port !== undefined ? [{ telling, dependency }] : [];
  })[0];
  return fuller ?? found;
}

/**
 * How long instances of a workload's container live, in ms: the median, so that all replicas tell the same.
 * `undefined` when none was seen to live.
 */
export function usualLifetime(
  snapshot: Snapshot,
  { pod, container }: Pick<Crash, 'pod' | 'container'>,
): number | undefined {
  const lifetimes = podsOf(snapshot, workloadOf(snapshot, pod))
    .flatMap((replica) => containersOf(replica).filter(({ name }) => name === container.name))
    .flatMap(({ status }) => [status?.state?.terminated, status?.lastState?.terminated])
    .flatMap((ended) => (ended === undefined ? [] : (lifetimeOf(ended) ?? [])))
    .toSorted((a, b) => a - b);
  return lifetimes[Math.floor(lifetimes.length / 2)];
}

/** When a container began to crash, as far as the cluster tells. ISO 8601. */
export function crashingSince(
  snapshot: Snapshot,
  { pod, container, termination }: Pick<Crash, 'pod' | 'container' | 'termination'>,
): string | undefined {
  const backOff = snapshot
    .eventsAbout(pod)
    .find(({ reason, container: about }) => reason === 'BackOff' && about === container.name);
  const times = [isReady(pod) ? undefined : unreadySince(pod), termination.finishedAt].map(timeOf);
  const earliest = Math.min(...[...times, backOff?.first].flatMap((time) => time ?? []));
  return Number.isFinite(earliest) ? new Date(earliest).toISOString() : undefined;
}
