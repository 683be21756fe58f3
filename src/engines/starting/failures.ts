import { isCrashing, isMissed, startErrors } from '../crashes/crashing.ts';
import { deathLog } from '../crashes/death-log.ts';
import { timeOf } from '../durations.ts';
import type { Pod } from '../objects.ts';
import { unsettledPods } from '../pod-groups.ts';
import { containersOf, lastTermination, type PodContainer, unreadySince } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';
import { runtimeErrorRule, type StartErrorRule, shellExitRules, startErrorIn } from './errors.ts';

/** A container that could not be created or started, or whose program could not be run. */
export interface StartFailure {
  readonly pod: Pod;
  readonly container: PodContainer;
  readonly rule: StartErrorRule;
  /** What kubelet, runtime or shell said; the exit code when nothing was said. */
  readonly text: string;
  /** The file, command, module or library that a log names. */
  readonly what: string | undefined;
  readonly source: 'status' | 'log';
  /** By the status's own words, by a log's, or by nothing but the exit code. */
  readonly certainty: 'declared' | 'message' | 'inferred';
}

const waitingReasons = new Set(['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError']);
const cache = new WeakMap<Snapshot, readonly StartFailure[]>();

/** Every container that could not start, with which rule speaks of it. */
export function startFailures(snapshot: Snapshot): readonly StartFailure[] {
  let failures = cache.get(snapshot);
  if (failures === undefined) {
    failures = unsettledPods(snapshot)
      .filter((pod) => isMissed(snapshot, pod))
      .flatMap((pod) => containersOf(pod).flatMap((container) => failureOf(snapshot, pod, container)));
    cache.set(snapshot, failures);
  }
  return failures;
}

/** The failures that one rule speaks of. */
export const startFailuresOf = (snapshot: Snapshot, rule: StartErrorRule): readonly StartFailure[] =>
  startFailures(snapshot).filter((failure) => failure.rule === rule);

function failureOf(snapshot: Snapshot, pod: Pod, container: PodContainer): readonly StartFailure[] {
  const said = saidByRuntime(pod, container, snapshot.now);
  if (said !== undefined) {
    const rule = runtimeErrorRule(said);
    const base = { pod, container, text: said, what: undefined, source: 'status', certainty: 'declared' } as const;
    return rule === undefined ? [] : [{ ...base, rule }];
  }
  if (!isCrashing(pod, container, snapshot.now)) return [];
  const exitCode = lastTermination(container.status)?.exitCode ?? 0;
  if (exitCode === 0 || lastTermination(container.status)?.reason === 'OOMKilled') return [];
  const line = startErrorIn(deathLog(snapshot, pod, container), exitCode);
  const byCode = shellExitRules[exitCode];
  if (line !== undefined) {
    const base = { pod, container, text: line.line, what: line.what, source: 'log', certainty: 'message' } as const;
    return [{ ...base, rule: line.rule }];
  }
  const base = { pod, container, text: `exit code ${exitCode}`, what: undefined, source: 'status' } as const;
  return byCode === undefined ? [] : [{ ...base, rule: byCode, certainty: 'inferred' }];
}

/** What kubelet or runtime say of a container that is not running; between two attempts the last one's words stay. */
function saidByRuntime(pod: Pod, container: PodContainer, now: number): string | undefined {
  const waiting = container.status?.state?.waiting;
  if (waitingReasons.has(waiting?.reason ?? '')) return waiting?.message ?? '';
  const ended = lastTermination(container.status);
  if (!startErrors.has(ended?.reason ?? '') || !isCrashing(pod, container, now)) return undefined;
  return ended?.message ?? '';
}

/** ISO 8601: since when it fails. A program that dies at once makes its pod unready anew each time; the back-off tells more. */
export function failingSince(snapshot: Snapshot, { pod, container }: StartFailure): string | undefined {
  const unready = unreadySince(pod);
  const backOff = snapshot
    .eventsAbout(pod)
    .filter(({ reason, container: about }) => reason === 'BackOff' && about === container.name)
    .flatMap(({ first }) => first ?? []);
  const first = Math.min(...backOff, timeOf(unready) ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(first) ? new Date(first).toISOString() : unready;
}

/** What a runtime said without its wrappers (`failed to create containerd task: …`) and paths of this very pod. */
export const runtimeWords = (text: string): string =>
  text
    .replace(
      /^.*(?:unable to start container process|failed to create containerd container): (?:error during container init: )?/s,
      '',
    )
    .replace(/: unknown$/, '')
    .replace(/ \(pod: "[^"]*", container: [^)]*\)/, '')
    .slice(0, 300);
