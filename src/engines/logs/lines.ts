export const levels = ['debug', 'info', 'warn', 'error', 'fatal'] as const;
export type Level = (typeof levels)[number];

/** A log line without what the logger wrote around it. */
export interface LogLine {
  /** Only when the line states it: in a field, as klog's letter, as a word in its place. */
  readonly level: Level | undefined;
  readonly message: string;
  /** Lines of the stack trace that a structured line carries in a field of its own. */
  readonly trace?: readonly string[] | undefined;
}

/** Takes a line apart: JSON, logfmt, klog, and the usual "time level logger - message" of servers and frameworks. */
export function parseLine(text: string): LogLine {
  const line = (text.includes('\u001b') ? text.replace(ansi, '') : text).trimEnd();
  return jsonLine(line) ?? klogLine(line) ?? logfmtLine(line) ?? plainLine(line);
}

/** Colours and cursor movements (ECMA-48). */
// oxlint-disable-next-line no-control-regex -- escape sequences begin with a control character
const ansi = /\u001b\[[0-9;?]*[A-Za-z]/g;

const levelWords: Readonly<Record<string, Level>> = {
  trace: 'debug',
  debug: 'debug',
  info: 'info',
  information: 'info',
  notice: 'info',
  log: 'info',
  warn: 'warn',
  warning: 'warn',
  err: 'error',
  error: 'error',
  severe: 'error',
  crit: 'fatal',
  critical: 'fatal',
  alert: 'fatal',
  emerg: 'fatal',
  fatal: 'fatal',
  panic: 'fatal',
};

function levelOf(value: unknown): Level | undefined {
  // pino and bunyan: 10 trace … 60 fatal.
  if (typeof value === 'number') return levels[Math.min(4, Math.max(0, Math.floor(value / 10) - 2))];
  const word = typeof value === 'string' ? value.toLowerCase() : '';
  // A log may call its level "constructor".
  return Object.hasOwn(levelWords, word) ? levelWords[word] : undefined;
}

function jsonLine(line: string): LogLine | undefined {
  if (!line.startsWith('{')) return undefined;
  let fields: Record<string, unknown>;
  try {
    fields = Object(JSON.parse(line));
  } catch {
    return undefined; // Not JSON after all: a line may begin with a brace.
  }
  const level =
    levelOf(
      fields['level'] ??
        fields['severity'] ??
        fields['lvl'] ??
        fields['levelname'] ??
        fields['@l'] ??
        fields['log.level'],
    ) ?? mongoLevel(fields);
  const message = firstText(fields['msg'], fields['message'], fields['event'], fields['@mt']);
  const trace = traceOf(fields);
  return { level, message: joined(message, errorText(fields)) ?? line, ...(trace === undefined ? {} : { trace }) };
}

const mongoLevels: Readonly<Record<string, Level>> = { F: 'fatal', E: 'error', W: 'warn', I: 'info' };

/** mongod writes a letter for the severity, beside the component and the thread. */
const mongoLevel = ({ s, c, ctx }: Readonly<Record<string, unknown>>): Level | undefined =>
  typeof s === 'string' && c !== undefined && ctx !== undefined ? mongoLevels[s] : undefined;

const traceFields = ['stack', 'stack_trace', 'stacktrace', 'stackTrace', 'exc_info', 'exception', '@x'];
const maximumTrace = 100;

/** The field that holds a trace, of the line itself or of its error: pino, winston, logstash, zap, structlog, Serilog. */
function traceOf(fields: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  const error = fields['err'] ?? fields['error'];
  const places = [fields, ...(typeof error === 'object' && error !== null ? [new Map(Object.entries(error))] : [])];
  const texts = places.flatMap((place) =>
    traceFields.map((name) => (place instanceof Map ? place.get(name) : Reflect.get(place, name)) as unknown),
  );
  const trace = texts.find((text): text is string => typeof text === 'string' && text.includes('\n'));
  return trace?.split('\n', maximumTrace);
}

function errorText(fields: Readonly<Record<string, unknown>>): string | undefined {
  const { attr } = fields;
  const attached = typeof attr === 'object' && attr !== null && 'error' in attr ? attr.error : undefined;
  const error = fields['err'] ?? fields['error'] ?? fields['exception'] ?? attached;
  if (typeof error !== 'object' || error === null) return firstText(error);
  if ('message' in error) return firstText(error.message);
  return 'errmsg' in error ? firstText(error.errmsg) : undefined;
}

const firstText = (...values: readonly unknown[]): string | undefined =>
  values.filter((value) => typeof value === 'string').find((value) => value !== '');

function joined(message: string | undefined, error: string | undefined): string | undefined {
  if (message === undefined || error === undefined) return message ?? error;
  return message.includes(error) ? message : `${message}: ${error}`;
}

const klogLevels: Readonly<Record<string, Level>> = { I: 'info', W: 'warn', E: 'error', F: 'fatal' };

function klogLine(line: string): LogLine | undefined {
  if (klogLevels[line[0] ?? ''] === undefined) return undefined;
  const match = /^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d+\s+\d+ [\w.-]+:\d+\] (.*)$/.exec(line);
  if (match === null) return undefined;
  const [, letter = '', message = ''] = match;
  return { level: klogLevels[letter], message };
}

const messageField = /(?:^|\s)(?:msg|message)=(?:"((?:[^"\\]|\\.)*)"|(\S+))/;
const errorField = /(?:^|\s)(?:err|error)=(?:"((?:[^"\\]|\\.)*)"|(\S+))/;

function logfmtLine(line: string): LogLine | undefined {
  if (!line.includes('=')) return undefined;
  const level = /(?:^|\s)(?:level|lvl|severity)=("?)(\w+)\1(?:\s|$)/.exec(line)?.[2];
  if (level === undefined) return undefined;
  const value = (field: RegExp) => {
    const match = field.exec(line);
    return match?.[1]?.replaceAll('\\"', '"') ?? match?.[2];
  };
  const message = joined(value(messageField), value(errorField));
  return message === undefined ? undefined : { level: levelOf(level), message };
}

/** Times at the start of a line: ISO 8601, Go's, syslog's, Redis', and bare PHP's, clock times, in brackets or not. */
const time =
  /^\[?(?:\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?|\d{4}\.\d\d\.\d\d \d\d:\d\d:\d\d\.\d+|\d\d:\d\d:\d\d(?:[.,]\d+)?|[A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d|\d+:[A-Z] \d+ [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d\.\d+|\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d(?:[.,]\d+)?(?: (?:UTC|GMT|[A-Z][a-z]+\/\w+))?)\]?[\s:]*/;

/** What loggers put between time and level: thread, process id, host, logger name. */
const context = /^(?:\[[^\]]{0,60}\]\s*)?(?:\d+#\d+:\s*)?(?:\{[^}]{0,80}\}\s*)?/;
/** `flyway: ERROR: …`, `nginx: [emerg] …` */
const program = /^[a-z][\w.-]{0,30}:\s+/;

const word = '(?:trace|debug|info|notice|warn(?:ing)?|err(?:or)?|severe|crit(?:ical)?|alert|emerg|fatal|panic|log)';
const levelInPlace = new RegExp(
  `^(?:\\[(${word})\\]|<(${word})>|(${word})(?:/[\\w-]+\\])?(?=[\\s:|\\]]|$))[\\s:|\\]-]*`,
  'i',
);

/** What loggers put between level and message: `1 --- [main] o.s.boot.SpringApplication :`, `com.example.App -`, `root:`, `12#12:`. */
const logger =
  /^(?:\d+ --- \[[^\]]*\](?: \[[^\]]*\])* \S+\s*: |\[[^\]]*\] (?:\([\w .-]{1,40}\) )?|<\d+\.\d+\.\d+> |\d+#\d+: |(?:[\w$]+\.)+[\w$]+ (?:- |: )|root:)/;

/** What stands between time and level: the number of a thread of MySQL and MariaDB, the sign of Redis' severity. */
const beforeLevel = /^(?:\d+ (?=\[(?:note|system|warning|error)\])|[#*.-] (?=\S))/i;
/** `[MY-010119] [Server]`: the code and the subsystem of MySQL. */
const mysqlCode = /^(?:\[MY-\d+\] )?\[(?:Server|InnoDB|Repl|[\w-]*plugin)\] /i;

/** RabbitMQ names the process first; what it says may begin on the next line. */
const erlangProcess = /^<\d+\.\d+\.\d+>$/;

function plainLine(line: string): LogLine {
  const stamped = line.replace(time, '');
  const rest = stamped === line ? line : stamped.replace(beforeLevel, '');
  const said = rest.replace(program, '');
  const level =
    levelInPlace.exec(rest) ??
    levelInPlace.exec(rest.replace(context, '')) ??
    (said === rest ? null : levelInPlace.exec(said));
  if (!level || isProse(level[0], rest) || isProse(level[0], said)) return { level: undefined, message: rest.trim() };
  const found = level[1] ?? level[2] ?? level[3];
  const message = level.input.slice(level[0].length).replace(mysqlCode, '').replace(logger, '');
  return message.trim() === '' || erlangProcess.test(message.trim())
    ? { level: undefined, message: rest.trim() }
    : { level: levelOf(found), message: message.trim() };
}

/** `Error opening file`, `warning signs`: a sentence that begins with such a word, not a level. */
const isProse = (matched: string, rest: string): boolean =>
  /^[A-Z]?[a-z]+\s+$/.test(matched) && rest.startsWith(matched);
