import { minute, second, timeOf } from '../durations.ts';
import type { LogExcerpt } from '../snapshot-data.ts';
import { parseLine } from './lines.ts';
import { mask } from './masking.ts';

/** Work of one kind that a log shows to take longer and longer. */
export interface Drift {
  /** What the lines have alike, with `<n>` where they differ. */
  readonly template: string;
  readonly samples: number;
  /** Median durations of the first and the last quarter of the samples, ms. */
  readonly before: number;
  readonly now: number;
  /** ISO 8601 of the first and the last sample. */
  readonly first: string;
  readonly last: string;
  /** The last line. */
  readonly line: string;
}

/** Fewer are chance. */
const leastSamples = 40;
const leastSpan = minute;
/** Of the last quarter against the first. */
const leastGrowth = 4;
/** Every quarter against the one before: a step is a change of something, not a drift. */
const leastRise = 1.2;
/** Nobody waits for less. */
const leastDuration = 200;
/** A log that said nothing for so long tells nothing of now. */
const recently = 2 * minute;

/**
 * The work that takes longer and longer, by the durations in lines of one shape. Counters of time that passes, pauses
 * between attempts, and work that grows itself, as another number of the line says, are no drift.
 */
export function driftIn(log: LogExcerpt, now: number): Drift | undefined {
  const samples = log.lines.flatMap(sampleOf);
  if (samples.length < leastSamples) return undefined;
  const groups = [...Map.groupBy(samples, ({ template }) => template).values()];
  const drifts = groups.flatMap((group) => driftOf(group, now) ?? []);
  return drifts.toSorted((a, b) => b.samples - a.samples)[0];
}

interface Sample {
  readonly template: string;
  readonly ms: number;
  readonly others: readonly number[];
  readonly time: number;
  readonly at: string;
  readonly text: string;
}

const units: Readonly<Record<string, number>> = { µs: 0.001, us: 0.001, ms: 1, millis: 1, s: second, sec: second };
const spoken =
  /\b(?:in|took|takes|duration|latency|response[ _]?time|time)[ =:"]{1,3}(\d+(?:\.\d+)?) ?(µs|us|ms|millis|s|sec)\w{0,8}\b/i;
const field = /"(?:duration|latency|took|response_?time|elapsed)_?(ms|s)"\s*:\s*(\d+(?:\.\d+)?)/i;
/** Pauses and ages, which grow by themselves. */
const passing = /\b(?:retr\w+|wait\w*|back-?off|sleep\w*|next|again|uptime|age|since|timeout|remaining|expires?)\b/i;

function sampleOf({ text, at }: LogExcerpt['lines'][number]): readonly Sample[] {
  const time = timeOf(at);
  if (at === undefined || time === undefined || passing.test(text)) return [];
  const { message } = parseLine(text);
  const [, plain, unit = ''] = spoken.exec(message) ?? [];
  const [, suffix = '', structured] = field.exec(text) ?? [];
  const ms = Number(plain ?? structured) * (units[(plain === undefined ? suffix : unit).toLowerCase()] ?? Number.NaN);
  if (Number.isNaN(ms)) return [];
  const others = (message.replace(spoken, '').match(/\d+/g) ?? []).map(Number);
  return [{ template: mask(message), ms, others, time, at, text }];
}

function driftOf(samples: readonly Sample[], now: number): Drift | undefined {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || samples.length < leastSamples) return undefined;
  const span = last.time - first.time;
  if (span < leastSpan || now - last.time > recently) return undefined;
  const quarters = quartersOf(samples).map((quarter) => quarter.map(({ ms }) => ms).toSorted((a, b) => a - b));
  const medians = quarters.map((quarter) => at(quarter, 0.5));
  const [begin = 0] = medians;
  const end = medians.at(-1) ?? 0;
  const rising = medians.slice(1).every((median, index) => median >= leastRise * (medians[index] ?? 0));
  const apart = at(quarters.at(-1) ?? [], 0.25) > at(quarters[0] ?? [], 0.9);
  if (!rising || !apart || end < leastDuration || end < leastGrowth * begin) return undefined;
  if (isClock(last.ms - first.ms, span) || grows(samples)) return undefined;
  const { template, text: line } = last;
  return { template, samples: samples.length, before: begin, now: end, first: first.at, last: last.at, line };
}

const quartersOf = <Item>(items: readonly Item[]): readonly (readonly Item[])[] =>
  [0, 1, 2, 3].map((index) =>
    items.slice(Math.floor((index * items.length) / 4), Math.floor(((index + 1) * items.length) / 4)),
  );

const at = (sorted: readonly number[], share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;

/** Whether a number grows as fast as time passes. */
const isClock = (growth: number, span: number): boolean => Math.abs(growth - span) < 0.3 * span;

/** Whether another number of the lines grows as much: there is more to do. */
function grows(samples: readonly Sample[]): boolean {
  const [head = [], , , tail = []] = quartersOf(samples);
  const width = Math.min(...samples.map(({ others }) => others.length));
  return Array.from({ length: width }, (_, place) => {
    const median = (quarter: readonly Sample[]) =>
      at(
        quarter.map(({ others }) => others[place] ?? 0).toSorted((a, b) => a - b),
        0.5,
      );
    return median(tail) >= leastGrowth * Math.max(1, median(head));
  }).some(Boolean);
}
