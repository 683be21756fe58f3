import { type Level, levelOf } from './levels.ts';

/** A log line without what the logger wrote around it. */
export interface LogLine {
  /** Only when the line states it: in a field, as klog's letter, as a word in its place. */
  readonly level: Level | undefined;
  readonly message: string;
  /** Lines of the stack trace that a structured line carries in a field of its own. */
  readonly trace?: readonly string[] | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** A line that is JSON, klog's or logfmt; `undefined` for any other. */
export const structuredLine = (line: string): LogLine | undefined =>
  jsonLine(line) ?? klogLine(line) ?? logfmtLine(line);

function jsonLine(line: string): LogLine | undefined {
  const fields = line.startsWith('{') ? objectIn(line) : undefined;
  if (fields === undefined) return undefined;
  // Rust's `tracing` keeps what was said in an object of its own.
  const said = objectOf(fields['fields']) ?? recordIn(fields) ?? fields;
  const message = firstText(said['msg'], said['message'], said['event'], said['@m'], said['@mt']);
  const error = errorText(said);
  const level =
    (said === fields ? undefined : statedLevel(said)) ??
    statedLevel(fields) ??
    mongoLevel(fields) ??
    (message === undefined && error !== undefined ? 'error' : undefined);
  const trace = traceOf(fields);
  return {
    level,
    message: joined(message && beforeFrames(message), error) ?? line,
    ...(trace === undefined ? {} : { trace }),
  };
}

/** What another program logged, passed on whole: an operator's manager does so with the lines of its database. */
function recordIn({ record }: Fields): Fields | undefined {
  const inner = objectOf(record);
  return inner !== undefined && typeof inner['message'] === 'string' ? inner : undefined;
}

function objectIn(text: string): Fields | undefined {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return undefined; // Not JSON after all: a line may begin with a brace.
  }
}

const objectOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : undefined;

const levelFields = ['level', 'severity', 'lvl', 'levelname', '@l', 'log.level', 'Level', 'loglevel', 'error_severity'];

function statedLevel(fields: Fields): Level | undefined {
  const { tags } = fields;
  const values: readonly unknown[] = [...levelFields.map((name) => fields[name]), ...(Array.isArray(tags) ? tags : [])];
  return values.map(levelOf).find((level) => level !== undefined);
}

const mongoLevels: Readonly<Record<string, Level>> = { F: 'fatal', E: 'error', W: 'warn', I: 'info' };

/** mongod writes a letter for the severity, beside the component and the thread. */
const mongoLevel = ({ s, c, ctx }: Fields): Level | undefined =>
  typeof s === 'string' && c !== undefined && ctx !== undefined ? mongoLevels[s] : undefined;

const traceFields = ['stack', 'stack_trace', 'stacktrace', 'stackTrace', 'exc_info', 'exception', '@x'];
const maximumTrace = 100;

/** The field that holds a trace, of the line itself or of its error: pino, winston, logstash, zap, structlog, Serilog. */
function traceOf(fields: Fields): readonly string[] | undefined {
  const places: readonly Fields[] = [fields, objectOf(fields['err'] ?? fields['error']) ?? {}];
  const texts = places.flatMap((place) => traceFields.map((name) => place[name]));
  const trace = texts.find((text): text is string => typeof text === 'string' && text.includes('\n'));
  return trace?.split('\n', maximumTrace);
}

const errorFields = ['err', 'error', 'exception', '@x', 'reason', 'cause'];

/** What a structured line says of its error: a text, or the message of an object. mongod keeps it in `attr`. */
function errorText(fields: Fields): string | undefined {
  const attr = objectOf(fields['attr']);
  const values = [
    ...errorFields.map((name) => fields[name]),
    ...[...errorFields, 'message'].map((name) => attr?.[name]),
  ];
  const text = values.map(textOf).find((said) => said !== undefined && said.trim() !== '');
  return text && beforeFrames(text);
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const error = objectOf(value);
  return error && joined(firstText(error['message'], error['msg'], error['errmsg']), firstText(error['error_str']));
}

const firstText = (...values: readonly unknown[]): string | undefined =>
  values.filter((value) => typeof value === 'string').find((value) => value !== '');

function joined(message: string | undefined, error: string | undefined): string | undefined {
  if (message === undefined || error === undefined) return message ?? error;
  return message.includes(error) ? message : `${message.replace(/[.:\s]+$/, '')}: ${error}`;
}

const frame = /^\s+(?:at |File "|\S+\.\w+:\d+)/;

/** A text without the frames that follow it: pkg/errors of Go, `stack` of Node.js, `exception` of .NET and Java. */
function beforeFrames(text: string): string {
  if (!text.includes('\n')) return text;
  const lines = text.split('\n', maximumTrace);
  const first = lines.findIndex(
    (line, index) => index > 0 && (frame.test(line) || frame.test((/^\S/.test(line) && lines[index + 1]) || '')),
  );
  return lines.slice(0, first === -1 ? lines.length : first).join('\n');
}

const klogLevels: Readonly<Record<string, Level>> = { I: 'info', W: 'warn', E: 'error', F: 'fatal' };

const klogged = /^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d+\s+\d+ [\w.-]+:\d+\] (.*)$/;
/** CockroachDB's dialect: the year, the file with its folder, tags, and a count. */
const ofCockroach =
  /^([IWEF])\d{6} \d\d:\d\d:\d\d\.\d+ \d+ (?:\d@)?[\w./-]+:\d+ +(?:⋮ )?(?:\[[^\]]{0,120}\] )?(?:\d+ +)?(.*)$/;

function klogLine(line: string): LogLine | undefined {
  if (klogLevels[line[0] ?? ''] === undefined) return undefined;
  const match = klogged.exec(line) ?? ofCockroach.exec(line);
  if (match === null) return undefined;
  const [, letter = '', message = ''] = match;
  return { level: klogLevels[letter], message: withError(message) };
}

const quoted = String.raw`"(?<text>(?:[^"\\]|\\.)*)"`;
/** Some loggers quote nothing: a value then goes on to the next name. */
const bare = String.raw`(?<word>[^\s"]\S*(?: (?!"?[A-Za-z_][\w.-]*"?=)\S+)*)`;
const messageField = new RegExp(String.raw`(?:^|\s)"?(?:msg|message)"?=(?:${quoted}|${bare})`);
const errorField = new RegExp(String.raw`(?:^|\s)"?(?:err|error|reason|cause)"?=(?:${quoted}|${bare})`);
const levelField = /(?:^|\s)(?:level|lvl|severity)=("?)(\w+)\1(?:\s|$)/;

function logfmtLine(line: string): LogLine | undefined {
  if (!line.includes('=')) return undefined;
  const level = levelField.exec(line)?.[2];
  if (level === undefined) return undefined;
  const message = joined(valueOf(messageField, line), valueOf(errorField, line));
  return message === undefined ? undefined : { level: levelOf(level), message };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '' };

function valueOf(field: RegExp, line: string): string | undefined {
  const groups = field.exec(line)?.groups;
  const text = groups?.['text']?.replace(/\\(.)/g, (_, character: string) => escapes[character] ?? character);
  const value = text === undefined ? groups?.['word'] : beforeFrames(text);
  // `error=<nil>` is how Go says that there is none.
  return value === '' || value === '<nil>' ? undefined : value;
}

const firstField = /(?:^|\s+)"?[A-Za-z_][\w.-]*"?=(?=["\w[{/])/;
const maximumTail = 4000;

/** `{:exception=>"…", :message=>"…"}`: a hash as Ruby inspects it. */
const inspectedField = /\{:(?:.*, ?:)?(?:error|message)=>"((?:[^"\\]|\\.)*)"/;

/**
 * A message and the error that stands in the fields behind it: `cannot start {"error": "no route"}` of zap's console,
 * `"cannot start" err="no route"` of klog, `cannot start dir=/data err="no route"` of logrus.
 */
export function withError(message: string): string {
  const brace = message.endsWith('}') && message.length < maximumTail ? message.search(/\s\{"/) : -1;
  const fields = brace === -1 ? undefined : objectIn(message.slice(brace + 1));
  const ofFields = fields && errorText(fields);
  if (ofFields !== undefined) return joined(message.slice(0, brace).trim(), ofFields) ?? message;
  if (!message.includes('=')) return message;
  const inspected = inspectedField.exec(message)?.[1];
  if (inspected !== undefined) return joined(message.slice(0, message.indexOf('{:')).trim(), inspected) ?? message;
  const error = valueOf(errorField, message);
  if (error === undefined) return message;
  const said = valueOf(messageField, message) ?? message.split(firstField, 1)[0]?.trim() ?? '';
  return joined(said.replace(/^"(.*)"$/, '$1') || undefined, error) ?? message;
}
