import type { LogExcerpt } from '../snapshot-data.ts';
import { type Level, parseLine } from './lines.ts';

/** One thing that was logged: a line, or an exception with its trace. */
export interface LogEntry {
  /** All lines as they stood in the log. */
  readonly lines: readonly string[];
  readonly level: Level | undefined;
  /** Of the first line, without what the logger wrote around it. */
  readonly message: string;
  /** ISO 8601, by the runtime's clock. */
  readonly at: string | undefined;
}

/** The runtime's own complaint, which the API server passes on as if it were a log. */
const notALog = /^unable to retrieve container logs for |^failed to try resolving symlinks in path /;

/** A log as entries, oldest first; traces of Java, .NET, Python, Node.js, Go, Ruby and Rust are one entry each. */
export function entriesOf(log: LogExcerpt): readonly LogEntry[] {
  const entries: { lines: string[]; at: string | undefined }[] = [];
  for (const { text, at } of log.lines) {
    if (notALog.test(text)) continue;
    const current = entries.at(-1);
    if (current !== undefined && continues(current.lines, text)) current.lines.push(text);
    else if (text.trim() !== '') entries.push({ lines: [text], at });
  }
  return entries.map(({ lines, at }) => ({ lines, at, ...parseLine(lines[0] ?? '') }));
}

const tracePart =
  /^(?:\s+at |Caused by:|\s*\.\.\. \d+ (?:more|common frames)|\s*Suppressed:|Traceback \(most recent|During handling of the above|The above exception was|goroutine \d+ |created by |exit status \d+$|\[signal |\s*from \S+:\d+:in |Stack trace:$|#\d+ \S|\s*--- End of |note: run with|stack backtrace:)/;

function continues(lines: readonly string[], text: string): boolean {
  const head = lines[0] ?? '';
  const last = lines.at(-1) ?? '';
  if (isGoPanic(head)) return true;
  if (/^thread '.*' panicked at [^']*:\d+:$/.test(last)) return true;
  if (lines.some((line) => line.startsWith(traceback))) {
    if (text.trim() === '' || /^\s/.test(text)) return true;
    // The line after the indented frames names the exception and ends the trace, unless another follows.
    if (/^\s/.test(last) && last.trim() !== '') return true;
    return tracePart.test(text);
  }
  if (tracePart.test(text)) return true;
  // An exception on its own line under the complaint that was logged with it (log4j, logback).
  if (lines.length === 1 && /^[\w$.]+\.[\w$]+(?:Exception|Error)\b/.test(text) && isComplaint(head)) return true;
  return /^\s+\S/.test(text);
}

function isComplaint(line: string): boolean {
  const { level } = parseLine(line);
  return level === 'warn' || level === 'error' || level === 'fatal';
}

/** From here on a dying Go program prints nothing but goroutines. */
const isGoPanic = (head: string): boolean => /^(?:panic: |fatal error: )/.test(head);

const traceback = 'Traceback (most recent call last)';
