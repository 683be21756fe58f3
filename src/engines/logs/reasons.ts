import type { LogEntry } from './entries.ts';
import { saidBy } from './essence.ts';
import { saysNoWhy } from './vague.ts';

/** How much an entry tells of a failure. */
export const weights = {
  none: 0,
  farewell: 1,
  words: 2,
  warning: 3,
  complaint: 3.2,
  lastWords: 3.5,
  error: 4,
  located: 4.6,
  exception: 5,
  fatal: 6,
} as const;

export interface Weighed {
  readonly entry: LogEntry;
  /** Its place in the log. */
  readonly index: number;
  readonly weight: number;
}

/** Entries around a closing one in which its reason stands: one that states its level may stand further off. */
const reasonWithin = 4;
const plainReasonWithin = 12;
const reasonAfter = 3;

/** Lets the reason that stands near the words "this is the end" weigh more than they do. */
export function reasonsFirst(all: readonly Weighed[]): readonly Weighed[] {
  const closing = new Set(all.filter(isClosing));
  const raised = new Map<Weighed, number>();
  for (const last of closing) {
    const reason = reasonOf(last, all, closing);
    if (reason === undefined) continue;
    raised.set(reason, Math.max(raised.get(reason) ?? reason.weight, last.weight + 0.5));
    raised.set(last, weights.words);
  }
  return all.map((each) => ({ ...each, weight: raised.get(each) ?? each.weight }));
}

function reasonOf(last: Weighed, all: readonly Weighed[], closing: ReadonlySet<Weighed>): Weighed | undefined {
  const at = all.indexOf(last);
  const isTrace = last.entry.lines.length > 1 && !onlyStatus.test(saidBy(last.entry));
  const least = isTrace ? weights.error : weights.words;
  const isReason = (each: Weighed) => each.weight >= least && each.entry.level !== 'warn' && !closing.has(each);
  const before = (count: number) => all.slice(Math.max(0, at - count), at);
  return (
    before(reasonWithin).findLast(isReason) ??
    all.slice(at + 1, at + 1 + reasonAfter).find(isReason) ??
    before(plainReasonWithin).findLast((each) => isReason(each) && each.weight >= weights.error)
  );
}

/** A Go program that panics of what a command returned. */
const onlyStatus = /^exit status \d+$/;
const maximumClosing = 200;
const maximumGoodbye = 60;
const goodbye = /\b(?:exiting|aborting|will exit|giving up|startup process failure)\b.{0,20}$/i;
/** Words of an end that only refer to what was said before them. */
const closingWords =
  /\bfailed: ?\(?-?\d+\)?\.?$|\berrors?(?:\(s\))? (?:were )?found in (?:the )?config|create the Java Virtual Machine|A fatal exception has occurred|init(?:iali[sz]ation)? (?:failed|aborted|function returned error)|\(SystemExit\) exit$|\bunable to open logs$|no listening sockets available|data directory \S+ is unusable|caches? to (?:be )?sync(?:ed)?$|^Could not read from remote repository|\(core dumped\)$|\bprocess has (?:terminated|exited|died)\b|\bexited with (?:exit )?(?:value|code|status)\b|\bWorker failed to boot\b|\bsomething (?:is|went) wrong\b|\bdue to (?:the )?(?:(?:above|previous|following) )?errors?\b.{0,40}$|, exit status \d+$|\bsee (?:the )?(?:root cause|errors?|logs?|messages?|details) above\b|^(?:install|try|suggestion:|please (?:check|see|make sure|run|install|try|verify|consult)|make sure|ensure)\b|^(?:for more (?:details|information)|see also|learn more|run .{1,40} for (?:help|usage))\b/i;

/** What the runtime of Erlang prints of an exception that Elixir has put in words before. */
const inTerms = /^\{?"?(?:init|Runtime) terminating (?:in|during) .{1,80}(?:\(\{,|'__exception__'|\{badarg,)/;

function isClosing({ entry, weight }: Weighed): boolean {
  if (weight < weights.words) return false;
  const { lines, message } = entry;
  if (inTerms.test(message)) return true;
  if (lines.length > 1) return closesWith(saidBy(entry));
  return closesWith(message) || (message.length <= maximumGoodbye && goodbye.test(message));
}

const closesWith = (said: string): boolean =>
  (said.length <= maximumClosing && closingWords.test(said)) || saysNoWhy(said);
