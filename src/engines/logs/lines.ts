import { levelOf } from './levels.ts';
import { type LogLine, structuredLine, withError } from './structured-lines.ts';

/** Takes a line apart: JSON, logfmt, klog, and the usual "time level logger - message" of servers and frameworks. */
export function parseLine(text: string): LogLine {
  const line = (text.includes('\u001b') ? text.replace(ansi, '') : text).trimEnd();
  return structuredLine(line) ?? plainLine(line);
}

/** Colours and cursor movements (ECMA-48). */
// oxlint-disable-next-line no-control-regex -- escape sequences begin with a control character
const ansi = /\u001b\[[0-9;?]*[A-Za-z]/g;

const clock = String.raw`\d{1,2}:\d\d:\d\d(?:[.,]\d+)?`;
/** Abbreviations of time zones; words for a level may look alike. */
const zone = String.raw`(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d)| (?!ALERT|CRIT)[A-Z]{2,4}T(?=[\s\]]))`;
/** Times at the start of a line, in brackets or not. */
const time = new RegExp(
  [
    // ISO 8601, Go's, MySQL's, ClickHouse's.
    String.raw`\d{4}(?:[-/]\d\d[-/]\d\d(?:T| {1,2})|\.\d\d\.\d\d )${clock}${zone}?`,
    // Spark's and bare PHP's.
    String.raw`\d\d/\d\d/\d{2,4} ${clock}`,
    String.raw`\d\d-[A-Z][a-z]{2}-\d{4} ${clock}(?: (?:UTC|GMT|[A-Z][a-z]+/\w+))?`,
    // Clock times, after the name of the program or not.
    String.raw`(?:[a-z][\w-]{0,20} )?\d\d:\d\d:\d\d(?:[.,]\d+)?`,
    // syslog's, Apache's.
    String.raw`[A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d`,
    String.raw`[A-Z][a-z]{2} [A-Z][a-z]{2} +\d+ ${clock} \d{4}`,
    // Redis', Mosquitto's.
    String.raw`\d+:[A-Z] \d+ [A-Z][a-z]{2}(?: \d{4})? ${clock}`,
    String.raw`\d{10}(?=: )`,
  ]
    .map((each) => `(?:${each})`)
    .join('|')
    .replace(/^/, String.raw`^\s{0,4}\[?(?:`)
    .replace(/$/, String.raw`)\]?[\s:]*`),
);

/** What loggers put between time and level: thread, process id, host, logger name. */
const bracket = /^\[[^\]]{0,60}\]\s*/;
const mostBrackets = 3;
const context = /^(?:\d+#\d+:\s*)?(?:\{[^}]{0,80}\}\s*)?(?:<\w{1,20}> (?=[A-Z]{3,8}\b))?(?:- +)?/;
/** `flyway: ERROR: …`, `nginx: [emerg] …` */
const program = /^[a-z][\w.-]{0,30}:\s+/;

const word =
  '(?:trace|debug|info|notice|warn(?:ing)?|err(?:or)?|severe|crit(?:ical)?|alert|emerg|fatal|panic|log|trc|dbg|inf|wrn|ftl|pnc)';
const levelInPlace = new RegExp(
  `^(?:\\[ ?(?:[\\w-]+:)?(${word}|note) {0,8}\\]|<(${word})>|(${word})(?:/[\\w-]+\\])?(?=[\\s:|\\]]|$)|\\[?([EWIFDC])[\\]!])(?:[\\s:|\\]]|-+(?=\\s))*`,
  'i',
);
/** `FATA[0003] …`: logrus on a terminal. */
const logrus = /^(DEBU|INFO|WARN|ERRO|FATA|PANI)\[[^\]]{0,40}\] /;
/** `app=web,client=FATAL: …`, `local.ERROR: …`, `… ERROR [Nest] …`: in capitals a level may stand behind anything. */
const late = /^.{0,120}?[=.|\s](FATAL|PANIC|ERROR|CRITICAL|SEVERE|EMERGENCY)(?:: +(?=\S)| +(?=\[\w))/;

const stampOfJava = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,]\d+`;
/** What loggers put between level and message: `1 --- [main] o.s.boot.SpringApplication :`, `com.example.App -`, `root:`, `12#12:`. */
const logger = new RegExp(
  `^(?:${[
    String.raw`\d+ --- \[[^\]]*\](?: \[[^\]]*\])* \S+\s*: `,
    String.raw`(?:\[[^\]]{0,80}\] +){1,3}(?:${stampOfJava} )?(?:\([\w .-]{1,40}\) |\S+\.java:\d+ - |(?:[\w$]+\.)+[\w$]+ - )?`,
    String.raw`${stampOfJava} (?:\[[^\]]{0,80}\] )?(?:\w+ - )?`,
    String.raw`<\d+\.\d+\.\d+> `,
    String.raw`\d+#\d+: `,
    // Airlift's: thread and class, between tabs.
    String.raw`[^\t]{1,60}\t(?:[\w$]+\.){1,12}[\w$]+\t`,
    String.raw`(?:[\w$]+\.)+[\w$]+ +(?:\[[^\]]{0,40}\] )?(?:- |: )`,
    String.raw`(?:\w+::)*\w+\] `,
    String.raw`(?:\w+::)+\w+: `,
    String.raw`(?:ThreadId\(\d+\) )?(?:\w+: )?\S+\.rs:\d+: `,
    'root:',
    '==> ',
  ].join('|')})`,
);

/** What stands between time and level: the number of a thread of MySQL and MariaDB, the sign of Redis' severity. */
const beforeLevel = /^(?:\d+ (?=\[(?:note|system|warning|error)\])|[#*.-] (?=\S))/i;
/** `[MY-010119] [Server]`: the code and the subsystem of MySQL. */
const mysqlCode = /^(?:\[MY-\d+\] )?\[(?:Server|InnoDB|Repl|[\w-]*plugin)\] /i;

/** RabbitMQ names the process first; what it says may begin on the next line. */
const erlangProcess = /^<\d+\.\d+\.\d+>$/;

/** `[E 2024-01-06 10:10:10.712 JupyterHub app:3382] …`: Tornado keeps level, time and place in one bracket. */
const tornado = /^\[([DIWEC]) (?:\d{6}|\d{4}-\d\d-\d\d) \d\d:\d\d:\d\d(?:\.\d+)? [^\]]{1,80}\]\s*/;

function plainLine(line: string): LogLine {
  const [bracketed = '', letter] = tornado.exec(line) ?? [];
  if (letter !== undefined)
    return { level: levelOf(letter), message: withError(line.slice(bracketed.length)) || line.trim() };
  const stamped = line.replace(time, '');
  const rest = stamped === line ? line : stamped.replace(beforeLevel, '');
  const found = levelIn(rest);
  if (found === undefined) return { level: undefined, message: withError(rest.trim()) };
  const message = rest
    .slice(rest.length - found.left)
    .replace(mysqlCode, '')
    .replace(logger, '')
    .trim();
  return message === '' || erlangProcess.test(message)
    ? { level: undefined, message: rest.trim() }
    : { level: levelOf(found.word), message: withError(message) };
}

interface FoundLevel {
  readonly word: string;
  /** How much of the line stands behind it. */
  readonly left: number;
}

function levelIn(rest: string): FoundLevel | undefined {
  for (const text of placesIn(rest)) {
    const match = levelInPlace.exec(text);
    if (match !== null && !isProse(match[0], text)) return foundIn(match);
  }
  const match = logrus.exec(rest) ?? late.exec(rest);
  return match === null ? undefined : foundIn(match);
}

const foundIn = (match: RegExpExecArray): FoundLevel => ({
  word: match[1] ?? match[2] ?? match[3] ?? match[4] ?? '',
  left: match.input.length - match[0].length,
});

/** Where in a line a level may stand. */
function placesIn(rest: string): readonly string[] {
  const places = [rest, rest.replace(context, '')];
  let text = rest;
  for (let count = 0; count < mostBrackets && bracket.test(text); count += 1) {
    text = text.replace(bracket, '');
    places.push(text.replace(context, ''));
  }
  return [...new Set([...places, rest.replace(program, '')])];
}

/** `Error opening file`, `warning signs`: a sentence that begins with such a word, not a level. */
const isProse = (matched: string, rest: string): boolean =>
  /^[A-Z]?[a-z]+\s+$/.test(matched) && rest.startsWith(matched);
