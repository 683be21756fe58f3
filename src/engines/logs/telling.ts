import type { LogExcerpt } from '../snapshot-data.ts';
import { causesFirst } from './cascades.ts';
import { entriesOf, type LogEntry } from './entries.ts';
import { essenceOf, introduced } from './essence.ts';
import { isFrame } from './frames.ts';
import type { Level } from './levels.ts';
import { mask, maskIds } from './masking.ts';
import { reasonsFirst, type Weighed, weights } from './reasons.ts';
import { doesWithout, exceptionShape, failureWords } from './severity.ts';
import { signatureOf } from './signatures.ts';
import { tellingWords } from './vague.ts';

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

function bestOf(log: LogExcerpt): readonly TellingEntry[] {
  const weighed = entriesOf(log)
    .slice(-lastEntries)
    .map((entry, index) => ({ entry, index, weight: weightOf(entry) }));
  const complaining = causesFirst(reasonsFirst(lastWordsFirst(weighed))).filter(
    ({ weight }) => weight >= weights.words,
  );
  const mild = weighed.slice(-lastWords).filter(isMild);
  const told = [complaining, weighed.filter(isSevere), mild.filter(({ weight }) => weight === weights.none), mild].find(
    (some) => some.length > 0,
  );
  return fullestFirst(
    (told ?? [])
      .toSorted((a, b) => b.weight - a.weight || b.index - a.index)
      .slice(0, maximumTold)
      .map(({ entry }) => tellingOf(entry)),
  );
}

/** Entries at the end of a log that may be its last words. */
const lastWords = 3;

/** What a program prints last, past its logger, says more of its end than a warning before that. */
function lastWordsFirst(weighed: readonly Weighed[]): readonly Weighed[] {
  const from = Math.max(
    weighed.length - lastWords,
    weighed.findLastIndex(({ weight }) => weight >= weights.warning) + 1,
  );
  return weighed.map((each) =>
    each.weight === weights.words && each.index >= from ? { ...each, weight: weights.lastWords } : each,
  );
}

/** Where nobody else complains a farewell may be all that is known, as long as it calls itself an error. */
const isSevere = ({ entry: { level }, weight }: Weighed): boolean =>
  weight >= weights.farewell && (level === 'error' || level === 'fatal');

/** Some complain in the tone of routine, and only so. */
const isMild = ({ entry: { level, message } }: Weighed): boolean => level === 'info' && failureWords.test(message);

const shortest = 15;

/** Of two entries that say the same the one that says more comes first: a program prints what it then throws. */
function fullestFirst(told: readonly TellingEntry[]): readonly TellingEntry[] {
  const [best, ...others] = told;
  const said = best?.words.replace(/ \([^()]*:\d+\)$/, '') ?? '';
  const fuller =
    said.length < shortest ? undefined : others.find(({ words }) => words !== said && tellsMore(words, said));
  return best === undefined || fuller === undefined
    ? told
    : [fuller, best, ...others.filter((each) => each !== fuller)];
}

/** Whether a text says all that another says, and more; `config` is the `configuration`. */
function tellsMore(text: string, than: string): boolean {
  if (text.includes(than)) return true;
  const [words, few] = [tellingWords(text), tellingWords(than)].map(
    (all) => new Set([...all].map((each) => each.slice(0, stem))),
  );
  return (
    words !== undefined &&
    few !== undefined &&
    few.size >= fewest &&
    words.size > few.size &&
    [...few].every((each) => words.has(each))
  );
}

/** Letters by which words of one meaning begin, and words that are enough to be sure. */
const stem = 6;
const fewest = 3;

/** What an entry tells, whatever that is. */
export function tellingOf(entry: LogEntry): TellingEntry {
  const words = maskIds(essenceOf(entry));
  return { entry, words, essence: mask(words), plain: weightOf(entry) > weights.words };
}

/** The last thing that was logged, whatever it says. */
export function lastEntry(log: LogExcerpt): LogEntry | undefined {
  return entriesOf(log).at(-1);
}

const byLevel: Readonly<Record<Level, number>> = {
  debug: weights.none,
  info: weights.none,
  warn: weights.warning,
  error: weights.error,
  fatal: weights.fatal,
};

/** Wrappers that only repeat that something ended. */
export const farewell =
  /^(?:npm (?:ERR!|error)|Node\.js v\d|error Command failed|make: \*\*\*|exit(?:ing|ed)?\b.{0,40}$|shutting down|stopping|abort(?:ed|ing)\b.{0,20}$|terminat(?:ed|ing)\b.{0,20}$|giving up\b.{0,20}$|bye\b|info {2}Visit|A complete log of this run|yarn run |.{0,80}\b(?:did not exit normally|check the logs? (?:at|for|in)\b|leader election lost)|Command exited|Application run failed$|Failed to start application\.?$|\W{0,3}Command failed(?: with exit code|:)|\[nodemon\] app crashed|.{0,80}\bexit(?:ed|s)?\b.{0,40}\b(?:143|137|130|SIGTERM|SIGINT)\b)/i;

/** Faults whose words are an error whoever logs them. */
const refusals: ReadonlySet<string> = new Set([
  'bad-credentials',
  'rbac',
  'disk-full',
  'missing-variable',
  'config-parse',
]);

/** `[Error: …] { … }`: an error as Node.js shows it in passing, without its trace. */
const inspected = /^\[\w*Error: /;

/** `/etc/bind/named.conf:30: …`: who names the line of a file knows what is wrong. */
const located = /^(?:\S+ )?[^\s:]{1,200}\.(?!go:|rb:)\w{1,12}(?::\d{1,6}){1,2}: /;

/** What supervisord says at every start as if it were critical, and PostgreSQL to each client that comes too early. */
const harmless = ({ message, lines }: LogEntry): boolean =>
  /\bSupervisor (?:is )?running as root\b/.test(message) || (tooEarly.test(message) && !ofClient.test(lines[0] ?? ''));
const tooEarly = /^the database system is (?:starting up|shutting down|not yet accepting connections)/;
const ofClient = /(?:Error|Exception)\b|\bpsql\b|\bconnection to server\b/;

/** What a client said that failed, passed on by a script for those who look for it: it is no detail. */
const passedOn = /^(?:ERROR \d{4} \(\w{5}\): |psql: (?:error: )?(?:FATAL|ERROR): )/;

/** Of a process that it started, and that got SIGKILL, a program says so as a complaint. */
const isKilledChild = ({ level, message }: LogEntry): boolean =>
  (level === 'warn' || level === 'error') && /\bexited\b.{0,40}\b137\b/.test(message);

function weightOf(entry: LogEntry): number {
  const { level, message, lines } = entry;
  if (harmless(entry)) return weights.none;
  if (farewell.test(message) && lines.length === 1 && !isKilledChild(entry)) return weights.farewell;
  if (isFrame(message)) return weights.none;
  if (level === 'debug' && passedOn.test(message)) return weights.located;
  if (level === 'fatal') return weights.fatal;
  if (lines.some((line) => exceptionShape.test(line)) && level !== 'info' && level !== 'debug')
    return inspected.test(message) ? weights.error : weights.exception;
  if (level === 'warn' && failureWords.test(message) && !doesWithout.test(message)) return weights.complaint;
  if (level !== undefined) return byLevel[level];
  const said = introduced(entry);
  if (!failureWords.test(said) || doesWithout.test(said)) return weights.none;
  if (located.test(said)) return weights.located;
  return refusals.has(signatureOf(said) ?? '') ? weights.error : weights.words;
}
