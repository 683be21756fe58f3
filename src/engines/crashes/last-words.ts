import { entriesOf } from '../logs/entries.ts';
import { lastEntry, type TellingEntry } from '../logs/telling.ts';
import type { LogExcerpt } from '../snapshot-data.ts';

const vague =
  /\b(?:fail(?:ed|ure)? (?:to|during|on) (?:start|init|boot|launch|connect)\w*|(?:could not|cannot|unable to) (?:start|connect|init|continue|proceed)\w*|giving up|gave up|shutting down|exit(?:ing|ed)?|abort(?:ing|ed)?|start-?up failed|initiali[sz]ation failed|retries|fatal error|application run failed)\b/i;

/** Whether words only say that it is over, or only look like an error: the reason may then stand before them. */
export const saysLittle = ({ essence, plain }: TellingEntry): boolean =>
  !plain || (essence.length <= 60 && vague.test(essence));

/** Whether an error or exception was logged that is a reason by itself. */
export const saysWhy = (telling: TellingEntry | undefined): boolean =>
  telling !== undefined && telling.entry.level !== 'warn' && !saysLittle(telling);

/** A program that ends without an error may still say, as the last thing, what it cannot do without. */
export const isLastWord = (log: LogExcerpt | undefined, telling: TellingEntry | undefined): boolean =>
  log !== undefined && telling?.plain === true && lastEntry(log)?.lines[0] === telling.entry.lines[0];

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
