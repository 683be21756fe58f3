import { minute, second, timeOf } from '../durations.ts';
import type { LogExcerpt } from '../snapshot-data.ts';

/** Work that comes in faster than it is done, by a number that a log tells again and again. */
export interface Backlog {
  /** As the log names it: `queue_depth`. */
  readonly name: string;
  readonly samples: number;
  readonly before: number;
  readonly now: number;
  /** ISO 8601 of the first and the last sample. */
  readonly first: string;
  readonly last: string;
  /** The last line. */
  readonly line: string;
}

/** Fewer are chance. */
const leastSamples = 12;
const leastSpan = 30 * second;
/** Of the last number against the first, and by how much at least. */
const leastGrowth = 2;
const leastIncrease = 20;
/** A queue that is also emptied now and then is none. */
const mostFalls = 0.2;
/** A log that said nothing for so long tells nothing of now. */
const recently = 2 * minute;

/** Counts of what waits; not of what was done, nor how long it takes. */
const waiting =
  /\b(queue[_ -]?(?:depth|size|length|len)|backlog(?:[_ -]size)?|(?:consumer[_ -]?|offset[_ -]?)?lag|(?:pending|queued|unprocessed)(?:[_ -](?:jobs|messages|tasks|items|events|requests))?)"? ?[=:] ?"?(\d{1,12})\b(?!\.\d| ?(?:ms|s|sec|seconds|minutes)\b)/i;

/** The count of waiting work that grows from quarter to quarter, up to now. */
export function backlogIn(log: LogExcerpt, now: number): Backlog | undefined {
  const samples = log.lines.flatMap(sampleOf);
  if (samples.length < leastSamples) return undefined;
  const groups = [...Map.groupBy(samples, ({ name }) => name).values()];
  return groups.flatMap((group) => growthOf(group, now) ?? []).toSorted((a, b) => b.samples - a.samples)[0];
}

interface Sample {
  readonly name: string;
  readonly count: number;
  readonly time: number;
  readonly at: string;
  readonly text: string;
}

function sampleOf({ text, at }: LogExcerpt['lines'][number]): readonly Sample[] {
  const time = timeOf(at);
  const [, name, count] = waiting.exec(text) ?? [];
  return at === undefined || time === undefined || name === undefined
    ? []
    : [{ name, count: Number(count), time, at, text }];
}

function growthOf(samples: readonly Sample[], now: number): Backlog | undefined {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined || samples.length < leastSamples) return undefined;
  if (last.time - first.time < leastSpan || now - last.time > recently) return undefined;
  if (last.count < leastGrowth * first.count || last.count - first.count < leastIncrease) return undefined;
  const falls = samples.slice(1).filter(({ count }, index) => count < (samples[index]?.count ?? 0)).length;
  const marks = [0, 1, 2, 3, 4].map((part) => samples[Math.round((part * (samples.length - 1)) / 4)]?.count ?? 0);
  const rising = marks.slice(1).every((count, index) => count > (marks[index] ?? 0));
  if (!rising || falls > mostFalls * samples.length) return undefined;
  const { name, text: line } = last;
  return { name, samples: samples.length, before: first.count, now: last.count, first: first.at, last: last.at, line };
}
