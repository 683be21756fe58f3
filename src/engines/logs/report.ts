import type { EndEntry, LogFacts, PatternFact } from './analysis.ts';
import type { Level } from './levels.ts';
import { type SignatureId, signatureIds, signatureOf } from './signatures.ts';
import type { Trace } from './traces.ts';

/** A known fault that a log tells. */
export interface SignatureReport {
  readonly id: SignatureId;
  readonly count: number;
  readonly first: string | undefined;
  readonly last: string | undefined;
  /** The line that tells it best, cut, without the logger's header. */
  readonly quote: string;
  /** Whether healthy siblings, or the time before the window, say the same: then it explains nothing. */
  readonly known: boolean;
}

export interface TemplateReport {
  readonly template: string;
  readonly level: Level | undefined;
  readonly count: number;
  readonly first: string | undefined;
  readonly last: string | undefined;
  readonly sample: string;
  /** Said neither by healthy siblings nor before the window; `undefined` when there was nothing to compare with. */
  readonly novel: boolean | undefined;
}

export interface TraceReport extends Trace {
  readonly count: number;
  readonly first: string | undefined;
  readonly last: string | undefined;
  readonly novel: boolean | undefined;
}

/** What of a log is worth reading, best first, within a budget. */
export interface LogReport {
  readonly signatures: readonly SignatureReport[];
  readonly traces: readonly TraceReport[];
  readonly templates: readonly TemplateReport[];
  /** Templates beyond these that are new. */
  readonly novel: readonly TemplateReport[];
  readonly end: readonly EndEntry[];
  /** What was left out, in words. */
  readonly cut: readonly string[];
}

export interface ReportOptions {
  /** When the container died, ms since the epoch: nearness is measured to it, else to the end of the log. */
  readonly died?: number | undefined;
  /** Characters of text that all of it may have. */
  readonly budget: number;
}

/** How much of each is shown, from generous to sparse; the first that fits the budget is taken. */
const generosities = [
  { signatures: 5, traces: 3, templates: 5, novel: 5, end: 10, width: 300 },
  { signatures: 4, traces: 2, templates: 4, novel: 3, end: 10, width: 200 },
  { signatures: 3, traces: 2, templates: 3, novel: 2, end: 6, width: 160 },
  { signatures: 2, traces: 1, templates: 2, novel: 1, end: 4, width: 120 },
  { signatures: 1, traces: 1, templates: 1, novel: 0, end: 2, width: 100 },
] as const;
type Generosity = (typeof generosities)[number];

/** Lines shown of a log whose container lives: where it stands, not how it ended. */
const livingEnd = 3;

/** Chooses what to show: severity × nearness to the end × novelty × signature. */
export function logReport(facts: LogFacts, options: ReportOptions): LogReport {
  const ranked = facts.patterns
    .map((pattern) => ({ pattern, score: scoreOf(pattern, facts, options.died) }))
    .toSorted((a, b) => b.score - a.score)
    .map(({ pattern }) => pattern);
  const [sparse] = generosities.slice(-1);
  const reports = generosities.map((generosity) => choose(facts, ranked, { ...options, generosity }));
  return (
    reports.find((report) => sizeOf(report) <= options.budget) ??
    choose(facts, ranked, { ...options, generosity: sparse ?? generosities[0] })
  );
}

const severityWeights: Readonly<Record<Level, number>> = { debug: 0.5, info: 1, warn: 3, error: 6, fatal: 8 };
const complaintWeight = 2;
const farewellWeight = 0.5;
const binaryWeight = 0.1;
const signatureWeight = 3;
const noveltyWeights = { novel: 2, known: 0.5 };
/** Of something long before the end: it may still be why. */
const leastNearness = 0.3;
const nearMs = 60_000;
const nearLines = 100;

function scoreOf(pattern: PatternFact, facts: LogFacts, died: number | undefined): number {
  const { level, complains, signature } = pattern;
  const plain = level === undefined ? (complains ? complaintWeight : 1) : severityWeights[level];
  const severity = pattern.binary ? binaryWeight : pattern.farewell ? farewellWeight : plain;
  const novel = noveltyOf(pattern, facts);
  const novelty = novel === undefined ? 1 : novel ? noveltyWeights.novel : noveltyWeights.known;
  return severity * nearnessOf(pattern, facts, died) * novelty * (signature === undefined ? 1 : signatureWeight);
}

function nearnessOf(pattern: PatternFact, { last, lines }: LogFacts, died: number | undefined): number {
  const end = died ?? (last === undefined ? undefined : Date.parse(last));
  const seen = pattern.last === undefined ? undefined : Date.parse(pattern.last);
  const away =
    end === undefined || seen === undefined ? (lines - pattern.position) / nearLines : Math.max(0, end - seen) / nearMs;
  return Math.max(leastNearness, 1 / (1 + away));
}

const noveltyOf = ({ before }: PatternFact, { compared }: LogFacts): boolean | undefined =>
  compared ? before === 0 : undefined;

interface Choosing extends ReportOptions {
  readonly generosity: Generosity;
}

function choose(facts: LogFacts, ranked: readonly PatternFact[], { died, generosity }: Choosing): LogReport {
  const { width } = generosity;
  const signed = signatureReports(ranked, facts, width);
  const traced = ranked.filter(({ trace }) => trace !== undefined);
  // What a signature quotes is not shown again as a template.
  const quoted = new Set(signed.slice(0, generosity.signatures).map(({ quote }) => quote));
  const others = ranked.filter(
    (pattern) => pattern.trace === undefined && !pattern.farewell && !quoted.has(quoteOf(pattern, width)),
  );
  const top = others.slice(0, generosity.templates);
  const fresh = others.slice(generosity.templates).filter((pattern) => noveltyOf(pattern, facts) === true);
  const end = facts.end.slice(-(died === undefined ? Math.min(livingEnd, generosity.end) : generosity.end));
  const left = others.length - top.length - Math.min(fresh.length, generosity.novel);
  return {
    signatures: signed.slice(0, generosity.signatures),
    traces: traced.slice(0, generosity.traces).flatMap((pattern) => traceReport(pattern, facts, width)),
    templates: top.map((pattern) => templateReport(pattern, facts, width)),
    novel: fresh.slice(0, generosity.novel).map((pattern) => templateReport(pattern, facts, width)),
    end: end.map((entry) => ({ ...entry, text: clip(entry.text, width) })),
    cut: [
      ...leftOut(signed.length - generosity.signatures, 'known faults'),
      ...leftOut(traced.length - generosity.traces, 'traces'),
      ...leftOut(left, 'templates'),
      ...(facts.forgotten > 0 ? [`${facts.forgotten} templates were forgotten: the log has too many`] : []),
    ],
  };
}

const leftOut = (count: number, what: string): readonly string[] =>
  count > 0 ? [`${count} more ${count === 1 ? what.replace(/s$/, '') : what}`] : [];

function signatureReports(ranked: readonly PatternFact[], facts: LogFacts, width: number): readonly SignatureReport[] {
  const groups = Map.groupBy(ranked, ({ signature }) => signature);
  return signatureIds
    .flatMap((id) => {
      const patterns = groups.get(id) ?? [];
      const [best] = patterns;
      if (best === undefined) return [];
      const times = (pick: (pattern: PatternFact) => string | undefined) =>
        patterns.flatMap((each) => pick(each) ?? []);
      const report = {
        id,
        count: patterns.reduce((sum, { count }) => sum + count, 0),
        first: times(({ first }) => first).toSorted()[0],
        last: times(({ last }) => last)
          .toSorted()
          .at(-1),
        quote: quoteOf(best, width),
        known: patterns.every((pattern) => noveltyOf(pattern, facts) === false),
      };
      return [{ report, rank: ranked.indexOf(best) }];
    })
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ report }) => report);
}

/** The line of an entry that names the fault: of a trace that may be any of its causes. */
function quoteOf({ sample, signature }: PatternFact, width: number): string {
  const lines = sample.split('\n');
  const line = lines.find((each) => signatureOf(each) === signature) ?? lines[0] ?? '';
  return clip(line.replace(/^(?:Caused by: |---> |\[cause\]: )/, ''), width);
}

function templateReport(pattern: PatternFact, facts: LogFacts, width: number): TemplateReport {
  const { template, level, count, first, last, sample } = pattern;
  return {
    template: clip(template, width),
    level,
    count,
    first,
    last,
    sample: clip(sample.replaceAll('\n', ' ⏎ '), width),
    novel: noveltyOf(pattern, facts),
  };
}

function traceReport(pattern: PatternFact, facts: LogFacts, width: number): readonly TraceReport[] {
  const { trace, count, first, last } = pattern;
  if (trace === undefined) return [];
  const cause = trace.cause && { ...trace.cause, message: clip(trace.cause.message, width) };
  const message = clip(trace.message, width);
  return [{ ...trace, message, cause, count, first, last, novel: noveltyOf(pattern, facts) }];
}

const clip = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1).trimEnd()}…` : text;

/** Characters besides the words themselves: counts, times, labels. */
const overhead = 40;

/** About as many characters as its text has. */
function sizeOf({ signatures, traces, templates, novel, end }: LogReport): number {
  const texts = [
    ...signatures.map(({ quote }) => quote),
    ...traces.map(({ type, message, cause }) => `${type}${message}${cause?.type ?? ''}${cause?.message ?? ''}`),
    ...templates.map(({ sample }) => sample),
    ...novel.map(({ sample }) => sample),
    ...end.map(({ text }) => text),
  ];
  return texts.reduce((sum, text) => sum + text.length + overhead, 0);
}
