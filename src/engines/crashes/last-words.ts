import { entriesOf, type LogEntry } from '../logs/entries.ts';
import { badExit, exceptionShape } from '../logs/severity.ts';
import type { TellingEntry } from '../logs/telling.ts';
import type { LogExcerpt } from '../snapshot-data.ts';

const vague =
  /\b(?:fail(?:ed|ure)? (?:to|during|on) (?:start|init|boot|launch|connect)\w*|(?:could not|cannot|unable to) (?:start|connect|init|continue|proceed)\w*|giving up|gave up|shutting down|exit(?:ing|ed)?|abort(?:ing|ed)?|start-?up failed|initiali[sz]ation failed|retries|fatal error|application run failed)\b/i;

/** Whether words only say that it is over, or only look like an error: the reason may then stand before them. */
export const saysLittle = ({ essence, plain }: TellingEntry): boolean =>
  (!plain && !namesFile.test(essence)) || (essence.length <= 60 && vague.test(essence));

/** Whose last word is the file that is not there needs no other reason. */
const namesFile = /\/\S+["'`]?: No such file or directory$/i;

/** Whether an error or exception was logged that is a reason by itself. */
export const saysWhy = (telling: TellingEntry | undefined): boolean =>
  telling !== undefined && telling.entry.level !== 'warn' && !saysLittle(telling);

/** Entries with which a program takes its leave, and how it does that. */
const mostGoodbyes = 6;
const goodbye =
  /\b(?:stopp(?:ed|ing)|shut(?:ting)?[ -]?down|clos(?:ed|ing)|exit(?:ed|ing|s)?|terminat(?:ed|ing)|bye)\b/i;

/**
 * A program that ends without an error may still say what it cannot do without: as the last thing, or before it takes
 * its leave.
 */
export const isLastWord = (log: LogExcerpt | undefined, telling: TellingEntry | undefined): boolean =>
  telling?.plain === true && isFollowedBy(isGoodbye, log, telling);

/** Whether nothing but leave-taking follows an entry, or that its runner is done. */
export const isSaidLast = (log: LogExcerpt | undefined, telling: TellingEntry | undefined): boolean =>
  telling !== undefined && isFollowedBy((entry) => isGoodbye(entry) || /\bdone$/i.test(entry.message), log, telling);

function isFollowedBy(
  isRoutine: (entry: LogEntry) => boolean,
  log: LogExcerpt | undefined,
  { entry }: TellingEntry,
): boolean {
  const entries = log === undefined ? [] : entriesOf(log);
  const place = entries.findLastIndex(({ lines }) => lines[0] === entry.lines[0]);
  const after = entries.slice(place + 1);
  return place !== -1 && after.length <= mostGoodbyes && after.every(isRoutine);
}

/** What a program says of a process that it started and that failed; some give that no higher level than a warning. */
const exitedBadly = new RegExp(String.raw`\b${badExit.source}\b`, 'i');

/** Whether its last word is an error by itself, so that an exit code of 0 tells nothing. */
export const endsInError = (log: LogExcerpt | undefined, telling: TellingEntry | undefined): boolean =>
  telling !== undefined &&
  (telling.entry.level !== 'warn' ||
    exitedBadly.test(telling.entry.message) ||
    telling.entry.lines.some((line) => exceptionShape.test(line))) &&
  isLastWord(log, telling);

const isGoodbye = ({ level, message }: LogEntry): boolean =>
  level !== 'error' && level !== 'fatal' && goodbye.test(message);

const reasonWithin = 2;

/** The error right before last words that only say that it is over. */
export function reasonBefore(
  log: LogExcerpt | undefined,
  [last, ...others]: readonly TellingEntry[],
): TellingEntry | undefined {
  if (log === undefined || last === undefined || !saysLittle(last)) return undefined;
  const entries = entriesOf(log);
  const place = entries.findLastIndex(({ lines }) => lines[0] === last.entry.lines[0]);
  const before = new Set(
    entries.slice(Math.max(0, place - reasonWithin), Math.max(0, place)).map(({ lines }) => lines[0]),
  );
  return others.find((each) => before.has(each.entry.lines[0]) && saysWhy(each));
}
