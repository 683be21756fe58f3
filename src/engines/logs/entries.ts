import type { LogExcerpt } from '../snapshot-data.ts';
import type { Level } from './levels.ts';
import { parseLine } from './lines.ts';
import { exceptionShape, failureWords } from './severity.ts';
import { goesOn, isListed } from './spread-messages.ts';
import type { LogLine } from './structured-lines.ts';

/** One thing that was logged: a line, or an exception with its trace. */
export interface LogEntry {
  /** All lines as they stood in the log; of a very long trace the first and the last ones. */
  readonly lines: readonly string[];
  readonly level: Level | undefined;
  /** Of the first line, without what the logger wrote around it. */
  readonly message: string;
  /** ISO 8601, by the runtime's clock, else by the program's. */
  readonly at: string | undefined;
}

type RawLine = LogExcerpt['lines'][number];

/** Joins lines to entries as they come, holding one entry at a time. */
export interface EntryAssembler {
  /** Takes the next line; returns the entry that it ended. */
  push(line: RawLine): LogEntry | undefined;
  /** The entry that the end of the log ended. */
  end(): LogEntry | undefined;
}

/** A log as entries, oldest first; traces of Java, .NET, Python, Node.js, Go, Ruby and Rust are one entry each. */
export function entriesOf(log: LogExcerpt): readonly LogEntry[] {
  const assembler = assembleEntries();
  const entries = log.lines.flatMap((line) => assembler.push(line) ?? []);
  return [...entries, ...[assembler.end()].flatMap((last) => last ?? [])];
}

/** The runtime's own complaint, which the API server passes on as if it were a log. */
const notALog = /^unable to retrieve container logs for |^failed to try resolving symlinks in path /;

/** Who of several processes speaks, before each line: vLLM and Ray, foreman and its like. */
const speaker = /^(?:\([\w.-]{1,40} pid=\d+\) |(?:\d\d:\d\d:\d\d )?[\w-]{1,30}\.\d{1,3} +\| )/;

/** RabbitMQ stamps every line of a report alike; what belongs to the line before is indented behind the stamp. */
const ofErlang = /^\d{4}-\d\d-\d\d \S+ \[\w+\] <[\d.]+>(?= {4,}\S)/;

function withoutPrefix(text: string, open: Open | undefined): string {
  if (speaker.test(text)) return text.replace(speaker, '');
  const stamp = ofErlang.exec(text)?.[0];
  return stamp !== undefined && ofErlang.exec(open?.lines[0] ?? '')?.[0] === stamp ? text.slice(stamp.length) : text;
}

/** An entry that is not yet known to be whole. */
interface Open {
  readonly lines: string[];
  readonly at: string | undefined;
  readonly parsed: LogLine;
  traceback: boolean;
}

/** Lines kept at either end of an entry: more than any trace that a person reads. */
const keptLines = 100;

export function assembleEntries(): EntryAssembler {
  let open: Open | undefined;

  function take(): LogEntry | undefined {
    const taken = open;
    open = undefined;
    if (taken === undefined) return undefined;
    const { lines, at, parsed } = taken;
    const { level, message, trace = [] } = dotnetLine(lines) ?? springLine(lines) ?? pingLine(lines) ?? parsed;
    return { lines: [...lines, ...trace], at, level, message };
  }

  return {
    push({ text: whole, at }) {
      if (notALog.test(whole)) return undefined;
      const text = withoutPrefix(whole, open);
      if (open !== undefined && continues(open, text)) {
        open.lines.push(text);
        if (text.startsWith(traceback)) open.traceback = true;
        if (open.lines.length > 2 * keptLines) open.lines.splice(keptLines, 1);
        return undefined;
      }
      if (text.trim() === '') return undefined;
      // The error comes next; the line of source that Node.js prints before it says nothing.
      if (open !== undefined && isExcerpt(open.lines)) open = undefined;
      const ended = take();
      open = { lines: [text], at, parsed: parseLine(text), traceback: text.startsWith(traceback) };
      return ended;
    },
    end: take,
  };
}

/** Most lines begin with a time or a brace and are none of these. */
const mayContinue = /^[^\d{"]/;
const tracePart =
  /^(?:\s+at |[Cc]aused by:|LINE \d+: |\s*\.\.\. \d+ (?:more|common frames)|\s*Suppressed:|Traceback \(most recent|During handling of the above|The above exception was|goroutine \d+ |created by |exit status \d+$|\[signal |\s*from \S+:\d+:in |Stack trace:$|#\d+ \S|\s*--- End of |\S+\.rb:\d+:in [`'][^']*'$|note: run with|stack backtrace:)/;

function continues({ lines, parsed, traceback: inTraceback }: Open, text: string): boolean {
  const head = lines[0] ?? '';
  const last = lines.at(-1) ?? '';
  if (pinged.test(last)) return true;
  if (isGoPanic(head)) return !isStamped.test(text);
  if (/^thread '.*' panicked at [^']*:\d+:$/.test(last)) return true;
  if (isInvalid.test(last) || (isInvalid.test(lines.at(-2) ?? '') && /^\s/.test(text))) return !isStamped.test(text);
  if (inTraceback && text.startsWith(traceback)) return lines.slice(-3).some((line) => chaining.test(line));
  if (inTraceback) {
    if (text.trim() === '' || /^\s/.test(text)) return true;
    // The line after the indented frames names the exception and ends the trace, unless another follows.
    if (/^\s/.test(last) && last.trim() !== '') return true;
    // Py4J: what Java threw.
    if (/^: \S/.test(text)) return true;
    return tracePart.test(text);
  }
  if (text.startsWith(traceback)) return isComplaint(parsed);
  if (mayContinue.test(text) && tracePart.test(text)) return true;
  if (detailOf(text) !== undefined && isComplaint(parsed)) return true;
  if (isSpringBanner.test(head)) return !isStamped.test(text) && lines.length < springLines;
  if (isConfigBanner.test(head)) return !isStamped.test(text) && lines.length < bannerLines;
  if (lines.length <= announcements && announces(head, parsed) && isAnnouncement.test(last))
    return text.trim() !== '' && isPlain(text);
  // An exception on its own line under the complaint that was logged with it (log4j, logback).
  if (lines.length === 1 && /^[\w$.]+\.[\w$]+(?:Exception|Error)\b/.test(text) && isComplaint(parsed)) return true;
  if (isComplaint(parsed) && (isListed(lines, text) || ofOpenssl.test(text))) return true;
  if (goesOn(lines, text)) return isPlain(text);
  // Node.js closes an error's own fields with a brace.
  return indentation(text) > indentation(head) || (lines.length > 1 && text === '}');
}

/** What a whole log is indented by says nothing. */
const indentation = (text: string): number => /^\s*(?=\S)/.exec(text)?.[0].length ?? 0;

/** `…due to the following errors:`, `Fatal error: Uncaught`: the next line says what. */
const isAnnouncement = /(?::|\bUncaught)\s*$/;
const announcements = 3;
const announces = (head: string, parsed: LogLine): boolean =>
  isAnnouncement.test(head) &&
  head.includes(' ') &&
  (isComplaint(parsed) || exceptionShape.test(head) || failureWords.test(head));

/** Spring Boot explains a failed start below a line that says nothing. */
const isSpringBanner = /FailureAnalysisReporter\s*:\s*$|^APPLICATION FAILED TO START/;
const springLines = 40;
/** What follows the heading `Description:` or `Reason:` up to the next blank line. */
const described = /^(?:Description:\s*\n+)([^]+?)(?:\n\s*\n\s*(Reason: .+))?(?:\n\s*\n|$)/m;

function springLine(lines: readonly string[]): LogLine | undefined {
  if (!isSpringBanner.test(lines[0] ?? '')) return undefined;
  const [, what, reason] = described.exec(lines.join('\n')) ?? [];
  if (what === undefined) return undefined;
  const message = [what.replaceAll(/\s+/g, ' ').trim(), ...(reason === undefined ? [] : [reason.trim()])].join(' ');
  return { level: 'error', message };
}

/** The summary of ping names the host in its heading. */
const pinged = /^--- (\S+) ping statistics ---$/;

function pingLine([head = '', said]: readonly string[]): LogLine | undefined {
  const [, host] = pinged.exec(head) ?? [];
  return host === undefined || said === undefined ? undefined : { level: undefined, message: `ping ${host}: ${said}` };
}

/** pydantic names the field below the line that counts the errors, and what is wrong with it below that. */
const isInvalid = /\b\d+ validation errors? for \S+$/;

/** Redis frames its complaint about its configuration: where, what, why. */
const isConfigBanner = /^\*\*\* FATAL CONFIG FILE ERROR/;
const bannerLines = 4;

/** Whether a line has neither a time nor a level of its own. */
const isPlain = (text: string): boolean => !isStamped.test(text) && parseLine(text).level === undefined;

/** PostgreSQL writes what a message means to lines of its own, with the stamp of the first; Elasticsearch numbers them, Quarkus indents. */
const detail =
  /^(?:(?:\d{4}-\d\d-\d\d .{0,60}|\w[\w-]{0,20}: )?(?:DETAIL|HINT|detail|hint)|\[\d+\]|\s+\[error\]): +(\S.*)$/;

/** `error:02001002:system library:fopen:No such file or directory`: what OpenSSL had to say of the complaint before. */
const ofOpenssl = /\berror:[0-9A-F]{8}:/;

/** What such a line adds; `undefined` for any other line. */
export const detailOf = (line: string): string | undefined => detail.exec(line)?.[1];

const isComplaint = ({ level }: LogLine): boolean => level === 'warn' || level === 'error' || level === 'fatal';

const isExcerpt = ([head = '', ...rest]: readonly string[]): boolean =>
  rest.length > 0 && /^(?:file:\/\/)?(?:\/|node:)\S*:\d+$/.test(head) && rest.every((line) => /^\s/.test(line));

const dotnetLevels: Readonly<Record<string, Level>> = {
  trce: 'debug',
  dbug: 'debug',
  info: 'info',
  warn: 'warn',
  fail: 'error',
  crit: 'fatal',
};

/** `fail: Shop.Orders[13]`: the level and the category of .NET's console logger, without a message. */
export const dotnetHead = /^(trce|dbug|info|warn|fail|crit): \S+\[\d+\]$/;

/** .NET's console logger writes the category to one line and the message, indented, to the next. */
function dotnetLine([head = '', said]: readonly string[]): LogLine | undefined {
  const [, level = ''] = dotnetHead.exec(head) ?? [];
  return said === undefined || level === '' ? undefined : { level: dotnetLevels[level], message: said.trim() };
}

/** From here on a dying Go program prints nothing but goroutines; a line with a time is somebody else's. */
const isGoPanic = (head: string): boolean => /^(?:panic: |fatal error: )/.test(head);
const isStamped = /^\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d/;

/** What Python writes between an exception and the one that it led to; without it a traceback is another fault. */
const chaining = /^(?:During handling of the above|The above exception was)/;
const traceback = 'Traceback (most recent call last)';
