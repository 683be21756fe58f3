import type { LogExcerpt } from '../snapshot-data.ts';
import { type Cluster, createDrain } from './drain.ts';
import { assembleEntries, type LogEntry } from './entries.ts';
import { type Level, levels } from './levels.ts';
import { mask } from './masking.ts';
import { ownText } from './own-text.ts';
import { failureWords, severityOf } from './severity.ts';
import { type SignatureId, signatureOf } from './signatures.ts';
import { farewell } from './telling.ts';
import { foldTrace, type Trace } from './traces.ts';

type RawLine = LogExcerpt['lines'][number];

/** Entries of one shape: what a log says again and again. */
export interface Pattern {
  /** Times in the log itself. */
  count: number;
  /** Times in the log of a healthy sibling, or before the window. */
  before: number;
  /** ISO 8601. */
  first: string | undefined;
  last: string | undefined;
  /** Number of the line of its last entry, from 1. */
  position: number;
  level: Level | undefined;
  readonly trace: Trace | undefined;
  /** The latest entry, cut: what it says without the logger's header, and what caused it, line by line. */
  sample: string;
}

/** What was gathered of one log; what {@link logReport} chooses from. */
export interface LogFacts {
  readonly lines: number;
  readonly first: string | undefined;
  readonly last: string | undefined;
  /** Entries by level. */
  readonly levels: Readonly<Partial<Record<Level, number>>>;
  readonly patterns: readonly PatternFact[];
  /** The last entries, oldest first: their first lines as they stood, and how many more each has. */
  readonly end: readonly EndEntry[];
  /** Whether there was anything to compare with. */
  readonly compared: boolean;
  /** Patterns that were forgotten because there were too many. */
  readonly forgotten: number;
}
export interface EndEntry {
  readonly at: string | undefined;
  readonly text: string;
  readonly more: number;
}
export interface PatternFact extends Readonly<Pattern> {
  /** Words of failure in entries that state no level. */
  readonly complains: boolean;
  /** Only repeats that something ended. */
  readonly farewell: boolean;
  /** Bytes that are no text. */
  readonly binary: boolean;
  readonly signature: SignatureId | undefined;
  /** What all its entries have alike, `<*>` where they differ. */
  readonly template: string;
}

/** Takes a log line by line, of any length, in constant memory. */
export interface LogAnalysis {
  /** Takes the next line of the log. */
  add(line: RawLine): void;
  /** Takes a line of the log of this healthy sibling. All of those come before the first of the log itself. */
  compare(line: RawLine, sibling?: string): void;
  /** Ends the log. */
  facts(): LogFacts;
}

interface AnalysisOptions {
  /** Milliseconds since the epoch: what came before is compared with, not reported. */
  readonly windowStart?: number | undefined;
  /** Name of the pod, which means "I" in its own log, and which a sibling says of itself with another name. */
  readonly pod?: string | undefined;
}

const keptEnd = 10;
const maximumSample = 600;

export function analyzeLog({ windowStart, pod = '' }: AnalysisOptions = {}): LogAnalysis {
  let forgotten = 0;
  const drain = createDrain<Pattern>({
    forgotten: ({ count }) => {
      if (count > 0) forgotten += 1;
    },
  });
  const entries = assembleEntries();
  const compared = assembleEntries();
  const counts: Partial<Record<Level, number>> = {};
  const end: LogEntry[] = [];
  let lines = 0;
  let [first, last]: (string | undefined)[] = [];
  let comparing = false;
  let sibling = '';

  const isEarlier = (at: string | undefined): boolean =>
    windowStart !== undefined && at !== undefined && Date.parse(at) < windowStart;

  function patternOf(entry: LogEntry, self: string): Pattern {
    const trace = foldTrace(entry);
    const message = trace === undefined ? mask(withoutSelf(entry.message, self)) : traceKey(trace);
    return drain.add(message, () => newPattern(trace));
  }

  function count(entry: LogEntry): void {
    const pattern = patternOf(entry, pod);
    const level = severityOf(entry);
    if (level !== undefined) counts[level] = (counts[level] ?? 0) + 1;
    pattern.count += 1;
    pattern.last = entry.at === undefined ? undefined : ownText(entry.at);
    pattern.first ??= pattern.last;
    pattern.position = lines;
    pattern.level = worse(pattern.level, level);
    pattern.sample = ownText(sampleOf(entry));
    end.push(entry);
    if (end.length > keptEnd) end.shift();
  }

  function countBefore(entry: LogEntry, self: string): void {
    comparing = true;
    patternOf(entry, self).before += 1;
  }

  function settle(entry: LogEntry | undefined): void {
    if (entry === undefined) return;
    if (isEarlier(entry.at)) countBefore(entry, pod);
    else count(entry);
  }

  function flushCompared(): void {
    const entry = compared.end();
    if (entry !== undefined) countBefore(entry, sibling);
  }

  return {
    add(line) {
      settle(entries.push(line));
      if (isEarlier(line.at)) return;
      lines += 1;
      first ??= line.at;
      last = line.at ?? last;
    },
    compare(line, name = '') {
      if (name !== sibling) flushCompared();
      sibling = name;
      const entry = compared.push(line);
      if (entry !== undefined) countBefore(entry, sibling);
    },
    facts() {
      flushCompared();
      settle(entries.end());
      return {
        lines,
        first,
        last,
        levels: { ...counts },
        patterns: drain
          .clusters()
          .filter(({ value }) => value.count > 0)
          .map(factOf),
        end: end.map(({ at, lines: own }) => ({ at, text: own[0] ?? '', more: own.length - 1 })),
        compared: comparing,
        forgotten,
      };
    },
  };
}

const newPattern = (trace: Trace | undefined): Pattern => ({
  count: 0,
  before: 0,
  first: undefined,
  last: undefined,
  position: 0,
  level: undefined,
  trace: trace && ownTrace(trace),
  sample: '',
});

const ownTrace = ({ type, message, frame, cause, ...rest }: Trace): Trace => ({
  ...rest,
  type: ownText(type),
  message: ownText(message),
  frame: frame && ownText(frame),
  cause: cause && { type: ownText(cause.type), message: ownText(cause.message) },
});

/** What the latest entry of a pattern tells: looked for once, not for every line of a log. */
function factOf({ tokens, value }: Cluster<Pattern>): PatternFact {
  const { level, sample } = value;
  const routine = level === 'info' || level === 'debug';
  return {
    ...value,
    template: tokens.join(' '),
    complains: level === undefined && failureWords.test(sample),
    farewell: farewell.test(sample),
    binary: isBinary(sample),
    signature: routine ? undefined : signatureOf(sample),
  };
}

/** Whether a tenth of a text was no UTF-8. */
const isBinary = (text: string): boolean => 10 * (text.split('\uFFFD').length - 1) > text.length;

const withoutSelf = (message: string, self: string): string =>
  self === '' ? message : message.replaceAll(self, '<pod>');

/** Traces of one type and place are one pattern; the two first words keep it apart from any other. */
const traceKey = ({ language, type, frame = '', message, cause }: Trace): string =>
  `trace:${language} ${type}@${frame.replace(/\d+/g, '')} ${cause?.type ?? ''} ${mask(cause?.message ?? message)}`;

function worse(a: Level | undefined, b: Level | undefined): Level | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return levels.indexOf(a) >= levels.indexOf(b) ? a : b;
}

/** What it says, and the lines that name what caused it. */
function sampleOf({ lines, message }: LogEntry): string {
  if (lines.length === 1) return message.trim().slice(0, maximumSample);
  const causes = lines
    .slice(1)
    .filter((line) =>
      /^(?:\s*(?:Caused by: |---> |\[cause\]: )|(?:[\w$]+\.)*[A-Z]\w*(?:Error|Exception)\b)/.test(line),
    );
  const said = message.startsWith('Traceback (') && causes.length > 0 ? [] : [message];
  return [...said, ...causes.slice(-2)]
    .map((line) => line.trim())
    .join('\n')
    .slice(0, maximumSample);
}
