import { type Crash, crashingSince, usualLifetime } from '../crashes/crashes.ts';
import { lifetimeOf } from '../crashes/crashing.ts';
import { formatDuration, second } from '../durations.ts';
import { detailOf, dotnetHead } from '../logs/entries.ts';
import { lastEntry, type TellingEntry } from '../logs/telling.ts';
import { nameOf, type ObjectRef, type Pod, refOf } from '../objects.ts';
import { workloadOf } from '../owners.ts';
import { containersOf, isFinished, type PodContainer } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';
import type { LogExcerpt } from '../snapshot-data.ts';
import type { Evidence, Finding } from './rule.ts';

/** What every finding about a crash has alike. */
export const crashFinding = (
  snapshot: Snapshot,
  crash: Crash,
): Pick<Finding, 'subject' | 'container' | 'evidence' | 'since'> => ({
  subject: refOf(crash.pod),
  container: crash.container.name,
  evidence: [terminationEvidence(crash), ...logEvidence(crash)],
  since: crashingSince(snapshot, crash),
});

/** `crashes 3 s after start with exit code 1`: the same for all replicas. */
export function crashClause(snapshot: Snapshot, crash: Crash): string {
  const verb = isFinished(crash.pod) ? 'failed' : 'crashes';
  return `${verb}${inContainer(crash.pod, crash.container)}${indexClause(snapshot, crash.pod)} ${whenClause(snapshot, crash)} with exit code ${crash.exitCode}`;
}

/** ` in index 3 of 5`: the part of an Indexed Job that is given up, the same for all its pods. */
function indexClause(snapshot: Snapshot, pod: Pod): string {
  const owner = workloadOf(snapshot, pod);
  const job = owner.kind === 'Job' ? snapshot.find('Job', owner.namespace, owner.name) : undefined;
  const failed = job?.status?.failedIndexes;
  return failed ? ` in index ${failed} of ${job?.spec?.completions ?? 1}` : '';
}

/** ` in container metrics`, when the pod has more than one. */
export const inContainer = (pod: Pod, { name }: PodContainer): string =>
  containersOf(pod).length > 1 ? ` in container ${name}` : '';

/** `right after start`, `40 s after start`, by what replicas usually live. */
export function whenClause(snapshot: Snapshot, crash: Pick<Crash, 'pod' | 'container'>): string {
  const lifetime = usualLifetime(snapshot, crash);
  if (lifetime === undefined) return 'again and again';
  return lifetime < second ? 'right after start' : `${formatDuration(lifetime)} after start`;
}

/** `: missing environment variable API_TOKEN`, or nothing when no log tells. */
export const essenceClause = ({ says }: Crash): string => (says ? `: ${says}` : '');

function terminationEvidence({ pod, container, termination, exitCode, restarts }: Crash): Evidence {
  const lived = lifetimeOf(termination);
  const life = lived === undefined ? '' : ` after ${formatDuration(lived)}`;
  const message = termination.message ? `: ${termination.message.slice(0, 200).trim()}` : '';
  return {
    object: refOf(pod),
    source: 'status',
    text: `container ${container.name} ended with exit code ${exitCode} (${termination.reason ?? 'no reason'})${life}, ${restarts} restarts${message}`,
    at: termination.finishedAt,
  };
}

const maximumQuote = 300;
const maximumLines = 3;

/** What decided, else what was said last: it may mean nothing, but a person wants to see it. */
function logEvidence({ log, telling }: Crash): readonly Evidence[] {
  const last = log && lastEntry(log);
  if (log === undefined || last === undefined) return [];
  return [quoteOf(log, telling ?? { entry: last })];
}

/** An entry of a log, quoted: its first line, and the last ones of a trace, which name the cause. */
export function quoteOf(log: LogExcerpt, { entry }: Pick<TellingEntry, 'entry'>): Evidence {
  const causes = entry.lines.filter(
    (line, index) =>
      index > 0 && (/^(?:Caused by|\s*---> |[\w.]+(?:Error|Exception)\b)/.test(line) || detailOf(line) !== undefined),
  );
  const [head = '', next] = entry.lines;
  const announced =
    (head.endsWith(':') || head.startsWith('*** ') || dotnetHead.test(head)) &&
    causes.length === 0 &&
    next !== undefined;
  const rest = announced ? entry.lines.slice(1, maximumLines + 1) : causes.slice(-(maximumLines - 1));
  // JSON is for programs, and of a long line only the message is worth its room.
  const said = head.startsWith('{') || head.length > maximumQuote ? entry.message : head;
  const lines = [said.replaceAll(/\s*\n\s*/g, ' ⏎ '), ...rest];
  return {
    object: { kind: 'Pod', namespace: log.namespace, name: log.pod },
    source: 'log',
    text: lines
      .map((line) => line.trim())
      .join(' ⏎ ')
      .slice(0, maximumQuote),
    at: entry.at,
  };
}

/** `deployment/api -n shop`: as kubectl wants it. */
export const kubectlName = ({ kind, namespace, name }: ObjectRef): string =>
  `${kind.toLowerCase()}/${name}${namespace === undefined ? '' : ` -n ${namespace}`}`;

/** The command that shows the log of the instance that died. */
export function deathLogCommand({ pod, container }: Pick<Crash, 'pod' | 'container'>): string {
  const previous = container.status?.state?.terminated === undefined ? ' --previous' : '';
  return `kubectl logs ${pod.metadata.name} -n ${pod.metadata.namespace} -c ${container.name}${previous}`;
}

/**
 * Whether the log of an instance that died was read and has no line: it ended before it wrote one. While instances
 * follow each other fast that is not known: the log may be that of the next one.
 */
export const wroteNothing = (snapshot: Snapshot, { log, pod, container: { name, status } }: Crash): boolean =>
  log === undefined &&
  (status?.state?.waiting !== undefined || (status?.restartCount ?? 0) === 0 || isFinished(pod)) &&
  [true, false].some((previous) => snapshot.log(refOf(pod), name, previous)?.lines.length === 0);

/** What is missing when no log was read. */
export const missingLog = ({ log, pod, container }: Crash): readonly string[] =>
  log === undefined ? [`the log of container ${container.name} of ${nameOf(refOf(pod))} before it died`] : [];

/** `2 of 3`: init containers run one after the other. */
export function placeOf({ pod, container }: Pick<Crash, 'pod' | 'container'>): string {
  const names = (pod.spec?.initContainers ?? []).map(({ name }) => name);
  return `${names.indexOf(container.name) + 1} of ${names.length}`;
}
