import { deathLog } from './crashes/death-log.ts';
import { type Dependency, dependencyIn, dependencyNamed } from './dependencies.ts';
import { minute, second, timeOf } from './durations.ts';
import { entriesOf, type LogEntry } from './logs/entries.ts';
import { essenceOf } from './logs/essence.ts';
import { mask } from './logs/masking.ts';
import { type Pod, refOf } from './objects.ts';
import { podsOf, workloadOf } from './owners.ts';
import { brokenPods } from './pod-groups.ts';
import { containersOf, type PodContainer, probeBudget } from './pods.ts';
import type { Snapshot } from './snapshot.ts';
import type { LogExcerpt } from './snapshot-data.ts';

/** An init container that runs and does not get on. */
export interface Hang {
  readonly pod: Pod;
  readonly container: PodContainer;
  /** ISO 8601. */
  readonly since: string | undefined;
  readonly log: LogExcerpt | undefined;
  /** What it says again and again, or said last. */
  readonly says: { readonly entry: LogEntry; readonly essence: string } | undefined;
  readonly dependency: Dependency | undefined;
  /** The part of its command that does not end, or not for long: `sleep infinity`. */
  readonly endless: string | undefined;
}

/** A step that says that it waits is taken at its word after this long; one that waits for a Service that is not there, sooner. */
const waitingHold = 45 * second;
const absentHold = 25 * second;
/** A step that says nothing may be at work: a download, a migration. */
const silentHold = 5 * minute;
/** Words of a step that waits for something else. */
const waitingWords =
  /\b(?:wait(?:ing|s)?|retry(?:ing)?|retries|sleep(?:ing)?|not (?:yet )?(?:ready|available|up|reachable)|unavailable|still|trying|attempt)\b/i;
const repeated = 3;
/** Lines of one look-up of a name, with all domains that are tried. */
const lookedUp = 10;

/** Init containers that run for longer than they say something new, and sidecars whose startup probe never succeeds. */
export const hangs = (snapshot: Snapshot): readonly Hang[] =>
  brokenPods(snapshot).flatMap((pod) =>
    containersOf(pod).flatMap((container) => hangOf(snapshot, pod, container) ?? []),
  );

function hangOf(snapshot: Snapshot, pod: Pod, container: PodContainer): Hang | undefined {
  const since = container.status?.state?.running?.startedAt;
  const lasts = snapshot.now - (timeOf(since) ?? snapshot.now);
  if (!container.init || lasts < absentHold) return undefined;
  const log = logOf(snapshot, pod, container);
  const entries = log === undefined ? [] : entriesOf(log);
  const last = entries.at(-1);
  const says = last && { entry: last, essence: mask(answerIn(last) ?? essenceOf(last)) };
  const dependency = dependencyOf(snapshot, pod, container, entries);
  if (lasts < (dependency?.missing === true ? absentHold : waitingHold)) return undefined;
  const waits = says !== undefined && (repeats(entries) || waitingWords.test(says.essence));
  const endless = dependency === undefined && !waits ? endlessIn(container.spec) : undefined;
  const found = { pod, container, since, log, says, dependency, endless };
  if (container.sidecar) return isStuckSidecar(container, lasts) ? found : undefined;
  const silent = lasts >= silentHold && snapshot.now - (timeOf(last?.at) ?? 0) >= silentHold;
  return waits || silent || dependency !== undefined || endless !== undefined ? found : undefined;
}

/** What keeps a container alive that has nothing to do; whoever waits in a loop has a condition. */
const keepsAlive = /^(?:exec )?(sleep (?:infinity|\d{4,}|\d+[hd])|tail -f \/dev\/null)$/;

/** The last step of a command, when it only keeps the container alive. */
function endlessIn({ command = [], args = [] }: PodContainer['spec']): string | undefined {
  const words = [...command, ...args];
  const script = /(?:^|\/)(?:ba|da|a)?sh$/.test(words[0] ?? '') ? (words.at(-1) ?? '') : words.join(' ');
  const last = script
    .trim()
    .split(/\s*(?:;|&&|\n)\s*/)
    .findLast(Boolean);
  return keepsAlive.exec(last ?? '')?.[1];
}

const isStuckSidecar = ({ spec, status }: PodContainer, lasts: number): boolean =>
  status?.started === false &&
  spec.startupProbe !== undefined &&
  lasts > Math.max(waitingHold, probeBudget(spec.startupProbe));

/** Whether the last few entries say the same, or two things by turns: that it waits, and what it was answered. */
function repeats(entries: readonly LogEntry[]): boolean {
  const last = entries.slice(-2 * repeated).map((entry) => mask(entry.message));
  return (
    (last.length >= repeated && new Set(last.slice(-repeated)).size === 1) ||
    (last.length === 2 * repeated && new Set(last).size === 2)
  );
}

/** An answer that tells who asks that he may not. */
const refused = /\b(?:code|status|HTTP)[:= ]+40[13]\b|\b401 Unauthorized\b|\b403 Forbidden\b/i;

/** The answer of a server that refuses, below what was tried: `Code: 403. Errors: permission denied` (Vault). */
function answerIn({ lines, message }: LogEntry): string | undefined {
  const said = lines.slice(1).map((line) => line.replace(/^[\s|]+/, ''));
  const at = said.findIndex((line) => refused.test(line));
  const why = said.slice(at + 1).find((line) => line.startsWith('* '));
  return at === -1 ? undefined : [message, said[at], why?.slice(2)].join(' ').trim();
}

function dependencyOf(
  snapshot: Snapshot,
  pod: Pod,
  container: PodContainer,
  entries: readonly LogEntry[],
): Dependency | undefined {
  const last = entries
    .slice(-lookedUp)
    .toReversed()
    .map(({ lines }) => lines.join('\n'));
  const told = last.map((text) => dependencyIn(snapshot, { pod, container }, text));
  const recent = told.slice(0, repeated).find((each) => each !== undefined);
  // A resolver that is asked for a short name says of each domain of its search path that there is none.
  const meant = recent?.failure === 'unknown-host' ? told.find((each) => each?.missing === true) : undefined;
  const found = meant ?? recent;
  if (found !== undefined) return found;
  // Who is answered waits for no connection.
  if (last.slice(0, repeated).some((text) => refused.test(text))) return undefined;
  return dependencyNamed(snapshot, { pod, container }, last[0] ?? '');
}

/** Logs are read of a few replicas only: the others wait for the same. */
function logOf(snapshot: Snapshot, pod: Pod, container: PodContainer): LogExcerpt | undefined {
  const own = snapshot.log(refOf(pod), container.name, false) ?? deathLog(snapshot, pod, container);
  if (own !== undefined) return own;
  return podsOf(snapshot, workloadOf(snapshot, pod)).flatMap(
    (replica) => snapshot.log(refOf(replica), container.name, false) ?? [],
  )[0];
}
