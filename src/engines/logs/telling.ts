import type { LogExcerpt } from '../snapshot-data.ts';
import { entriesOf, type LogEntry } from './entries.ts';
import { essenceOf } from './essence.ts';
import type { Level } from './lines.ts';
import { mask, maskIds } from './masking.ts';
import { exceptionShape } from './severity.ts';
import { signatureOf } from './signatures.ts';

/** An entry that says why a container is broken. */
export interface TellingEntry {
  readonly entry: LogEntry;
  /** What it says, with everything masked that differs between replicas. */
  readonly essence: string;
  /** What it says with its numbers, which another replica may say with others. */
  readonly words: string;
  /** Whether the entry itself says that it is an error (by level or shape), not just by its words or place. */
  readonly plain: boolean;
}

const maximumTold = 5;
/** Lines of a log that say how it ended: enough for two retries of everything. */
const lastEntries = 60;

const toldBefore = new WeakMap<LogExcerpt, readonly TellingEntry[]>();

/**
 * The entries that tell most about a failure, best first: by severity, then by nearness to the end. None is a guess.
 * A collection looks at the same log once a round, so what was found is kept with it.
 */
export function tellingEntries(log: LogExcerpt): readonly TellingEntry[] {
  const told = toldBefore.get(log) ?? bestOf(log);
  toldBefore.set(log, told);
  return told;
}

const bestOf = (log: LogExcerpt): readonly TellingEntry[] =>
  fullestFirst(
    reasonsFirst(
      entriesOf(log)
        .slice(-lastEntries)
        .map((entry, index) => ({ entry, index, weight: weightOf(entry) })),
    )
      .filter(({ weight }) => weight >= weights.words)
      .toSorted((a, b) => b.weight - a.weight || b.index - a.index)
      .slice(0, maximumTold)
      .map(({ entry }) => tellingOf(entry)),
  );

const shortest = 15;

/** Of two entries that say the same the one that says more comes first: a program prints what it then throws. */
function fullestFirst(told: readonly TellingEntry[]): readonly TellingEntry[] {
  const [best, ...others] = told;
  const said = best?.words.replace(/ \([^()]*:\d+\)$/, '') ?? '';
  const fuller =
    said.length < shortest ? undefined : others.find(({ words }) => words !== said && words.includes(said));
  return best === undefined || fuller === undefined
    ? told
    : [fuller, best, ...others.filter((each) => each !== fuller)];
}

interface Weighed {
  readonly entry: LogEntry;
  readonly index: number;
  readonly weight: number;
}

/** Entries before a closing one in which its reason stands: one that states its level may stand further off. */
const reasonWithin = 4;
const plainReasonWithin = 12;

/** Lets the reason that stands right before the words "this is the end" weigh more than they do. */
function reasonsFirst(weighed: readonly Weighed[]): readonly Weighed[] {
  const raised = new Map<Weighed, number>();
  for (const last of weighed.filter(isClosing)) {
    const before = (count: number) => weighed.slice(Math.max(0, last.index - count), last.index);
    const reason =
      before(reasonWithin).findLast(isReason) ??
      before(plainReasonWithin).findLast((each) => isReason(each) && each.weight >= weights.error);
    if (reason === undefined) continue;
    raised.set(reason, Math.max(reason.weight, last.weight) + 0.5);
    raised.set(last, weights.words);
  }
  return weighed.map((each) => ({ ...each, weight: raised.get(each) ?? each.weight }));
}

const maximumClosing = 200;
const maximumGoodbye = 60;
const goodbye = /\b(?:exiting|aborting|will exit|giving up|startup process failure)\b.{0,20}$/i;
/** Words of an end that only refer to what was said before them. */
const closingWords =
  /\bfailed: ?\(?-?\d+\)?\.?$|\berrors?(?:\(s\))? (?:were )?found in (?:the )?config|create the Java Virtual Machine|A fatal exception has occurred|init(?:iali[sz]ation)? (?:failed|aborted|function returned error)|\(SystemExit\) exit$|\bunable to open logs$|no listening sockets available|data directory \S+ is unusable|caches? to (?:be )?sync(?:ed)?$|^Could not read from remote repository|^(?:ERROR: )?Failed to start server in \(|^(?:for more (?:details|information)|see also|learn more|run .{1,40} for (?:help|usage))\b/i;

const isClosing = ({ entry: { lines, message }, weight }: Weighed): boolean =>
  weight >= weights.words &&
  lines.length === 1 &&
  ((message.length <= maximumClosing && closingWords.test(message)) ||
    (message.length <= maximumGoodbye && goodbye.test(message)));

const isReason = (each: Weighed): boolean =>
  each.weight >= weights.words && each.weight !== weights.warning && !isClosing(each);

/** What an entry tells, whatever that is. */
export function tellingOf(entry: LogEntry): TellingEntry {
  const words = maskIds(essenceOf(entry));
  return { entry, words, essence: mask(words), plain: weightOf(entry) > weights.words };
}

/** The last thing that was logged, whatever it says. */
export function lastEntry(log: LogExcerpt): LogEntry | undefined {
  return entriesOf(log).at(-1);
}

const weights = { none: 0, farewell: 1, words: 2, warning: 3, error: 4, exception: 5, fatal: 6 } as const;

const byLevel: Readonly<Record<Level, number>> = {
  debug: weights.none,
  info: weights.none,
  warn: weights.warning,
  error: weights.error,
  fatal: weights.fatal,
};

/** Wrappers that only repeat that something ended. */
export const farewell =
  /^(?:npm (?:ERR!|error)|Node\.js v\d|error Command failed|make: \*\*\*|exit(?:ing|ed)?\b.{0,40}$|shutting down|stopping|abort(?:ed|ing)\b.{0,20}$|terminat(?:ed|ing)\b.{0,20}$|giving up\b.{0,20}$|bye\b|info {2}Visit|A complete log of this run|yarn run |.{0,80}\b(?:did not exit normally|check the logs? (?:at|for|in)\b|\bSupervisor is running as root\b|leader election lost)|Command exited|Application run failed$|Failed to start application\.?$)/i;

/**
 * Words of failure in a line that states no level. "error" and "fail" alone say nothing (`errors=0`, `failover`).
 */
export const failureWords =
  /\b(?:can(?:no|')t|could ?n[o']t|could not|unable to|failed(?= to\b| with\b|:)|(?<!\d )failed(?= \()|failure(?=:)|mismatch|(?:is|not) a directory|missing|not found|no such|not set|is required|must (?:be|have|not)|denied|refused|not permitted|read-only file system|already in use|in use|timed? ?out|unreachable|invalid|unknown|unrecognized|unsupported|undefined|unexpected|malformed|bad |illegal|expired|out of memory|no space left|bytes exhausted|must install|prevents \S+ from|segmentation fault|core dumped|assertion|syntax error|unbound variable|fatal config|not configured|not defined|not recogni[sz]ed|unset|does not exist|no route|(?:[a-z]\w*\.)+\w+(?:Exception|Error))\b/i;

/** Faults whose words are an error whoever logs them. */
const refusals: ReadonlySet<string> = new Set(['bad-credentials', 'rbac', 'disk-full', 'missing-variable']);

function weightOf(entry: LogEntry): number {
  const { level, message, lines } = entry;
  if (farewell.test(message) && lines.length === 1) return weights.farewell;
  if (level === 'fatal') return weights.fatal;
  if (lines.some((line) => exceptionShape.test(line)) && level !== 'info' && level !== 'debug')
    return weights.exception;
  if (level !== undefined) return byLevel[level];
  if (!failureWords.test(message)) return weights.none;
  return refusals.has(signatureOf(message) ?? '') ? weights.error : weights.words;
}
