import { detailOf, type LogEntry } from './entries.ts';
import { frameOf } from './frames.ts';
import { parseLine } from './lines.ts';

const maximumLength = 160;

/** What an entry says, in one line: for a trace the type and message of its innermost cause and the first frame of the app. */
export function essenceOf(entry: LogEntry): string {
  const { lines } = entry;
  if (/^Description:$/m.test(lines.join('\n'))) return cut(tidy(entry.message));
  const cause = lines.length > 1 ? (pythonCause(lines) ?? javaCause(lines) ?? rustCause(lines)) : undefined;
  const text = tidy(cause?.text ?? introduced(entry));
  const frame = frameOf(cause === undefined ? lines : lines.slice(cause.line)) ?? frameOf(lines);
  const detail = lines.slice(1).flatMap((line) => detailOf(line) ?? grpcDetails.exec(line)?.[1] ?? [])[0];
  return (
    cut(text) +
    (detail === undefined ? '' : `${text.endsWith(':') ? '' : ':'} ${cut(detail)}`) +
    (frame === undefined ? '' : ` (${frame})`)
  );
}

/** What gRPC for Python puts below the name of its error. */
const grpcDetails = /^\s+details = "(.+)"$/;

/** A message that only announces what the next lines say, with what they say. */
function introduced({ lines, message }: LogEntry): string {
  const head = lines[0] ?? '';
  if (head.startsWith('*** ')) return lines.slice(1).toReversed().join(' ');
  return head.endsWith(':') && lines[1] !== undefined ? `${message} ${lines[1].trim()}` : message;
}

interface Cause {
  readonly text: string;
  /** Index of the line that states it. */
  readonly line: number;
}

/** The last line of the last traceback. */
function pythonCause(lines: readonly string[]): Cause | undefined {
  const start = lines.findLastIndex((line) => line.includes('Traceback (most recent'));
  if (start === -1) return undefined;
  const line = lines.findIndex((text, index) => index > start && /^[A-Za-z_]/.test(text));
  return line === -1 ? undefined : { text: `${lines[line] ?? ''}${fieldBelow(lines, line)}`, line: start };
}

/** `: redis_url Field required`, what pydantic writes below its error. */
function fieldBelow(lines: readonly string[], line: number): string {
  const [field, what] = [lines[line + 1], lines[line + 2]];
  if (field === undefined || what === undefined || !/validation errors? for \S+$/.test(lines[line] ?? '')) return '';
  return `: ${field.trim()} ${what.replace(/\[type=.*$/, '').trim()}`;
}

/** The last `Caused by`, .NET's last `--->`, else the exception itself. */
function javaCause(lines: readonly string[]): Cause | undefined {
  const line = lines.findLastIndex((text) => /^\s*(?:Caused by: |---> )/.test(text));
  if (line !== -1) return { text: lines[line]?.replace(/^\s*(?:Caused by: |---> )/, '') ?? '', line };
  const own = lines.findIndex((text) => /^(?:[\w$]+\.)+[\w$]*(?:Exception|Error)\b/.test(text));
  return own === -1 ? undefined : { text: lines[own] ?? '', line: own };
}

const rustCause = (lines: readonly string[]): Cause | undefined =>
  /^thread '.*' panicked at /.test(lines[0] ?? '') && !/panicked at '/.test(lines[0] ?? '')
    ? { text: lines[1] ?? '', line: 0 }
    : undefined;

/** Drops what is the same for every program: packages of a type, "Exception in thread", "panic:". */
function tidy(text: string): string {
  return parseLine(text)
    .message.replace(/^PHP (?:Fatal|Parse) error: +/, '')
    .replace(/^[^]*bootstrap check failure \[\d+\] of \[\d+\]: /, '')
    .replace(
      /^(?:Exception in thread "[^"]*" |Unhandled exception\. ?|Uncaught |panic: |[Ff]atal error: +(?:Uncaught )?)/,
      '',
    )
    .replace(/^(?:[\w$]+\.)+(?=[\w$]*(?:Exception|Error)\b)/, '')
    .replace(/^(?:Error|ERROR): /, '')
    .replace(/^thread '[^']*' panicked at '(.*)', .*$/, '$1')
    .replace(/^\S+\.(?:rb|ru):\d+:in [`'][^']*': /, '')
    .replace(/\s+/g, ' ')
    .trim();
}

const cut = (text: string): string =>
  text.length > maximumLength ? `${text.slice(0, maximumLength - 1).trimEnd()}…` : text;
