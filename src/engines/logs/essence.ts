import { detailOf, type LogEntry } from './entries.ts';
import { frameOf, isFrame } from './frames.ts';
import { parseLine } from './lines.ts';
import { failureWords } from './severity.ts';
import { cut } from './shortening.ts';
import { announcedAt, listIn, messageAt } from './spread-messages.ts';
import { tellingWords } from './vague.ts';

/** What an entry says, in one line: for a trace the type and message of its innermost cause and the first frame of the app. */
export function essenceOf(entry: LogEntry): string {
  const { lines } = entry;
  if (isDescribed(lines)) return cut(tidy(entry.message));
  const cause = causeOf(lines);
  const text = tidy(cause?.text ?? introduced(entry));
  const frame = frameOf(cause === undefined ? lines : lines.slice(cause.line)) ?? frameOf(lines);
  const detail =
    lines.slice(1).flatMap((line) => detailOf(line) ?? grpcDetails.exec(line)?.[1] ?? [])[0] ?? hintIn(lines);
  return (
    cut(text) +
    (detail === undefined || text.includes(detail) ? '' : `${text.endsWith(':') ? '' : ':'} ${cut(detail)}`) +
    (frame === undefined ? '' : ` (${frame})`)
  );
}

/** What an entry says, whole: without the place, the details, and what every program says alike. */
export const saidBy = (entry: LogEntry): string =>
  tidy((isDescribed(entry.lines) ? undefined : causeOf(entry.lines)?.text) ?? introduced(entry));

/** Spring Boot's explanation of a failed start was read when its lines were joined. */
const isDescribed = (lines: readonly string[]): boolean => lines.includes('Description:');

const causeOf = (lines: readonly string[]): Cause | undefined =>
  lines.length > 1
    ? (pythonCause(lines) ??
      awsCause(lines) ??
      javaCause(lines) ??
      anyhowCause(lines) ??
      cppCause(lines) ??
      rustCause(lines))
    : undefined;

/** What stands below a line of nothing but `HINT:`. */
const hintIn = (lines: readonly string[]): string | undefined =>
  lines.find((_, index) => /^\s+HINT:\s*$/.test(lines[index - 1] ?? ''))?.trim();

/** What gRPC for Python puts below the name of its error. */
const grpcDetails = /^\s+details = "(.+)"$/;

/** Lines below an announcement among which the one is looked for that says most. */
const announcedLines = 12;
/** Help is full of what may not be and must be. */
const help =
  /^\s*(?:[\w ]{0,20}(?:usage|flags|options|arguments|commands|examples?|potential solutions)\b[^.]{0,40}:?)$/i;

/** A message that only announces what the next lines say, with what they say. */
export function introduced({ lines, message, level }: LogEntry): string {
  const [head = '', next] = lines;
  if (head.startsWith('*** ')) return lines.slice(1).toReversed().join(' ');
  if (next === undefined || help.test(head)) return message;
  if (/^=[A-Z]+ REPORT====|<[\d.]+> {4,}(?:supervisor|crasher):/.test(head)) return otpReason(lines) ?? message;
  const below = lines.slice(1, announcedLines).filter((line) => !isFrame(line) && line.trim() !== '');
  const list = listIn(lines);
  if (list !== undefined) return `${message.replace(/:?\s*$/, ':')} ${list}`;
  const worst = complaintsIn(below) ?? (below.length === 0 ? undefined : announcedAt(below, 0));
  if (announcement.test(head)) return worst === undefined ? message : `${message} ${worst.trim()}`;
  // Only what stands alone: a routine line may list anything below it.
  return level === undefined && !failureWords.test(message) && worst !== undefined && failureWords.test(worst)
    ? worst.trim()
    : message;
}

/** The first lines that complain in a row, in one. */
function complaintsIn(lines: readonly string[]): string | undefined {
  const from = lines.findIndex((line) => failureWords.test(line));
  if (from === -1) return undefined;
  const calm = lines.findIndex((line, index) => index > from && !failureWords.test(line));
  const end = Math.min(from + maximumRow, calm === -1 ? lines.length : calm);
  return [...lines.slice(from, end - 1).map((line) => line.trim()), announcedAt(lines, end - 1)].join(' ');
}

const maximumRow = 3;

/** Why a report of OTP was written: a term over some lines. */
function otpReason(lines: readonly string[]): string | undefined {
  const at = lines.findIndex((line) => /^\s+(?:reason|exception \w+): /i.test(line));
  return at === -1
    ? undefined
    : lines
        .slice(at, at + announcedLines)
        .map((line) => line.trim())
        .join('');
}

const announcement = /(?::|\bUncaught)\s*$/;

interface Cause {
  readonly text: string;
  /** Index of the line that states it. */
  readonly line: number;
}

/** The last line of the last traceback. */
function pythonCause(lines: readonly string[]): Cause | undefined {
  const start = lines.findLastIndex((line) => line.includes('Traceback (most recent'));
  if (start === -1) return undefined;
  // A logger may have indented all of it.
  const margin = /^\s*/.exec(lines[start] ?? '')?.[0] ?? '';
  const line = lines.findIndex(
    (text, index) => index > start && text.startsWith(margin) && /^[A-Za-z_]/.test(text.slice(margin.length)),
  );
  if (line === -1) return undefined;
  const ofJava = /^: (\S.*)$/.exec(lines[line + 1] ?? '')?.[1];
  const own = lines[line] ?? '';
  const said = own.endsWith(':') ? own : messageAt(lines, line);
  return { text: ofJava ?? `${said.trim()}${fieldBelow(lines, line)}`, line: start };
}

/** `: redis_url Field required`, what pydantic writes below its error. */
function fieldBelow(lines: readonly string[], line: number): string {
  const [field, what] = [lines[line + 1], lines[line + 2]];
  if (field === undefined || what === undefined || !/validation errors? for \S+$/.test(lines[line] ?? '')) return '';
  return `: ${field.trim()} ${what.replace(/\[type=.*$/, '').trim()}`;
}

/** `caused by: Post https://…: i/o timeout`, below what the SDK of AWS could not do. */
function awsCause(lines: readonly string[]): Cause | undefined {
  const line = lines.findLastIndex((text) => /^caused by: \S/.test(text));
  if (line < 1) return undefined;
  return { text: `${parseLine(lines[0] ?? '').message}: ${lines[line]?.replace(/^caused by: /, '')}`, line: 0 };
}

/** The last `Caused by`, .NET's last `--->`, else the exception itself. */
function javaCause(lines: readonly string[]): Cause | undefined {
  const line = lines.findLastIndex((text) => /^\s*(?:Caused by: |---> )/.test(text));
  const cause = line === -1 ? undefined : messageAt(lines, line).replace(/^\s*(?:Caused by: |---> )/, '');
  if (cause !== undefined && !bareType.test(cause)) return { text: cause, line };
  const own = lines.findIndex((text) => /^(?:[\w$]+\.)+[\w$]*(?:Exception|Error)\b/.test(text));
  if (cause !== undefined) return { text: withoutType(lines[own], cause), line };
  return own === -1 ? undefined : { text: messageAt(lines, own), line: own };
}

/** `java.io.EOFException`: what failed of it, only whoever wrapped it says. */
const bareType = /^(?:[\w$]+\.)+[\w$]*(?:Exception|Error)\s*$/;
const withoutType = (own: string | undefined, cause: string): string =>
  own === undefined || bareType.test(own)
    ? cause
    : `${own.replace(/^.*?(?:Exception|Error): /, '').trim()}: ${cause.trim().replace(/^(?:[\w$]+\.)+/, '')}`;

/** Rust's anyhow and eyre number the causes below a heading; a parser shows the text between what it says. */
function anyhowCause(lines: readonly string[]): Cause | undefined {
  const start = lines.findLastIndex((line) => /^\s*Caused by:\s*$/.test(line));
  const causes = start === -1 ? [] : lines.slice(start + 1).filter((line) => /^\s+\S/.test(line) && !isFrame(line));
  const last = causes.findLastIndex((line) => /^\s+\d+: /.test(line));
  const said = causes.slice(Math.max(0, last)).filter((line) => !/^\s*\d* *\|/.test(line));
  if (said.length === 0 || said.length > announcements) return undefined;
  const text = said.map((line) => line.replace(/^\s+(?:\d+: )?/, '')).join(': ');
  // `Decryption failed`: of what, only the heading says.
  return { text: tellingWords(text).size < fewWords ? `${lines[0]}: ${text}` : text, line: start };
}

const fewWords = 2;

const announcements = 3;

function cppCause(lines: readonly string[]): Cause | undefined {
  const line = lines.findIndex((text) => thrown.test(text));
  return line === -1 ? undefined : { text: lines[line]?.replace(thrown, '') ?? '', line };
}

/** What C++ says of an exception that nobody caught. */
const thrown = /^\s+what\(\):\s+/;

const rustCause = (lines: readonly string[]): Cause | undefined =>
  /^thread '.*' panicked at /.test(lines[0] ?? '') && !/panicked at '/.test(lines[0] ?? '')
    ? { text: lines[1] ?? '', line: 0 }
    : undefined;

const typed = /^(?:[\w$]+\.)*[A-Z][\w$]*(?:Exception|Error): /;

/** Drops what is the same for every program: packages of a type, "Exception in thread", "panic:". */
function tidy(text: string): string {
  // What an exception quotes of its server may begin with a level: `PSQLException: FATAL: no such role`.
  return (typed.test(text) ? text : parseLine(text).message)
    .replace(/^PHP (?:Fatal|Parse) error: +/, '')
    .replace(/^[^]*bootstrap check failure \[\d+\] of \[\d+\]: /, '')
    .replace(
      /^(?:Exception in thread "[^"]*" |Unhandled [Ee]xception[.:] ?|Uncaught |panic(?:\([\w ]+\))?: |[Ff]atal error: +(?:Uncaught )?)/,
      '',
    )
    .replace(/^(?:[\w$]+\.)+(?=[\w$]*(?:Exception|Error)\b)/, '')
    .replace(/^(?:\{ |==> |# |STDERR: |\S+\.go:\d+: )/, '')
    .replace(/^(?:Error|ERROR): /, '')
    .replace(/^thread '[^']*' panicked at '(.*)', .*$/, '$1')
    .replace(/^\S+\.(?:rb|ru):\d+:in [`'][^']*': /, '')
    .replace(/^\*\* \(((?:\w+\.)*\w+)\) /, '$1: ')
    .replace(/^\{?"?init terminating in .*?\bmessage=><<"((?:[^"\\]|\\.)+)">>.*$/s, '$1')
    .replace(/^\{?"?Kernel pid terminated.*$/s, withoutWrappers)
    .replace(/, Stack trace \(when copying this message, always include the lines below\):.*$/s, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Terms that Erlang wraps around why an application did not start. */
const erlangWrappers =
  /\b(?:application_start_failure|bad_return|shutdown|failed_to_start_child|badmatch|error)(?=,)|'EXIT'|\[normal,\[\]\]|application_controller/g;
const withoutWrappers = (text: string): string =>
  text
    .replaceAll(erlangWrappers, '')
    .replaceAll(/[{}()"\\]+/g, ' ')
    .replaceAll(/[\s,]*,[\s,]*/g, ', ')
    .replace(/^\s*Kernel pid terminated[\s,]*/, 'Kernel pid terminated: ');
