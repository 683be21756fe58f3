import type { LogEntry } from './entries.ts';
import { mask } from './masking.ts';
import { type Weighed, weights } from './reasons.ts';

/** What the system refused: seldom passes, and what fails after it fails of it. */
const refusal =
  /\b(?:permission denied|operation not permitted|no space left|read-only file ?system|no such file or directory|address already in use|too many open files|cannot allocate memory)\b/i;

/** How often a program tries before it gives up. */
const leastTries = 3;
/** Errors before the last one among which the system's refusal is looked for. */
const refusedWithin = 4;

/**
 * Where nothing but complaints stands between an error and the last one, that one may only follow from it: the error that
 * came back again and again, and the system's refusal, weigh more.
 */
export function causesFirst(all: readonly Weighed[]): readonly Weighed[] {
  const end = all.findLastIndex(({ weight }) => weight >= weights.error);
  const last = all[end];
  if (last === undefined) return all;
  const before = unmade(all, end);
  if (before !== undefined) return raised(all, before, last.weight + aBit);
  if (last.weight >= weights.located) return all;
  const start = all.findLastIndex(({ weight }, index) => index < end && weight < weights.farewell) + 1;
  const cause =
    triedAgain(all.slice(start, end + 1)) ?? refused(all.slice(Math.max(start, end - refusedWithin), end + 1));
  return cause === undefined ? all : raised(all, cause, weights.error + aBit);
}

const raised = (all: readonly Weighed[], cause: Weighed, weight: number): readonly Weighed[] =>
  all.map((each) => (each === cause ? { ...each, weight } : each));

/** Above the last error, which may be the reason of a closing line, and below what is certain. */
const aBit = 0.55;
const saidIn = ({ message }: LogEntry): string => mask(message);

/** The last of the errors that were said over and over, where the end was said but once. */
function triedAgain(run: readonly Weighed[]): Weighed | undefined {
  const errors = run.filter(({ weight }) => weight >= weights.error && weight < weights.located);
  const times = new Map<string, number>();
  for (const { entry } of errors) times.set(saidIn(entry), (times.get(saidIn(entry)) ?? 0) + 1);
  const last = errors.at(-1);
  if (last === undefined || times.get(saidIn(last.entry)) !== 1) return undefined;
  return errors.findLast(({ entry }) => (times.get(saidIn(entry)) ?? 0) >= leastTries);
}

/** What is not there, and what was not made before that. */
const absent = /\b(?:no such file or directory|ENOENT|does not exist|not found)\b/i;
const creating = /\b(?:create|creating|mkdir|make|making|touch|copy|write|open)\b/i;

/** Something could not be made, and the program then misses it. */
function unmade(all: readonly Weighed[], end: number): Weighed | undefined {
  if (!absent.test(all[end]?.entry.message ?? '')) return undefined;
  return all
    .slice(Math.max(0, end - refusedWithin), end)
    .findLast(
      ({ entry: { message }, weight }) =>
        weight >= weights.words && refusal.test(message) && !absent.test(message) && creating.test(message),
    );
}

const refused = (run: readonly Weighed[]): Weighed | undefined =>
  run.findLast(
    ({ entry, weight }) => weight >= weights.error && weight < weights.located && refusal.test(entry.message),
  );
