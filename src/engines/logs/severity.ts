import type { LogEntry } from './entries.ts';
import type { Level } from './levels.ts';

/** Shapes of exceptions that end a program or a request, whatever the language. */
export const exceptionShape =
  /^(?:panic(?:\([\w ]+\))?: |(?:PHP )?(?:fatal|parse) error: |Unhandled exception|Exception in thread|Traceback \(most recent|thread '.*' panicked at|Uncaught |terminate called |(?:[\w$]+\.)*[A-Z][\w$]*(?:Error|Exception)(?:: | \[|$)|Error: |\S+\.rb:\d+:in |\*\* \((?:\w+\.)*\w+(?:Error|Exception)\) |\{?"?(?:init terminating in |Kernel pid terminated)|=(?:ERROR|CRASH|SUPERVISOR) REPORT====)|^\[?error\]?[:,] /i;

/** A program that ends of it, not just a request. */
const deadly =
  /^(?:panic: |(?:PHP )?(?:fatal|parse) error: |Unhandled exception|Exception in thread "main"|thread 'main' panicked at)/;

/**
 * How bad an entry says it is: by its own level (klog's letter is one), else by the shape of an exception; `undefined`
 * for anything else. Never by bare words: `errors=0` and `failover` are routine.
 */
export function severityOf({ level, lines }: Pick<LogEntry, 'level' | 'lines'>): Level | undefined {
  if (level === 'debug' || level === 'info') return level;
  const shaped = lines.some((line) => exceptionShape.test(line));
  if (level !== undefined) return shaped && level === 'warn' ? 'error' : level;
  if (!shaped) return undefined;
  return deadly.test(lines[0] ?? '') ? 'fatal' : 'error';
}

/** Words of who does without what is missing: nothing fails of it. */
export const doesWithout =
  /\b(?:setting it to|using (?:the )?defaults?\b|default(?:s|ing) to|falls? back|falling back|assuming|(?:is|will be) (?:used|ignored|skipped)|(?:ignoring|skipping|continuing)\b)/i;

/** `exited with code [1]`: a process that failed, as the program that started it says. */
export const badExit = /exited with (?:exit )?(?:value|code|status)\W[^.\n]{0,12}[1-9]\d{0,2}/;

/** Words of failure, in rows that a line of the editor holds. */
const failures: readonly RegExp[] = [
  /can(?:no|')t|could ?n[o']t|could not|unable to|failed(?= to\b| with\b|:|, error\b)/,
  /(?<!\d )failed(?=\.?$| \()|will not be|failure(?=:)/,
  /(?<!\b(?:no|0|zero|without) )errors?(?= (?!handl|logg|report|track|check|monitor|collect)\w+ing\b| (?:while|during|when|in)\b)/,
  /(?<=:\d{1,6}: )expected|mismatch|try again|temporary failure|(?:is|not) a directory|missing|not found/,
  /no such|not set|is required|must (?:be|have|not)|denied|refus(?:ed|ing)|not permitted/,
  /read-only file system|already in use|in use|(?:is|are) not empty|100% packet loss|timed? ?out/,
  /unreachable|invalid|unknown|unrecognized|unsupported|undefined|unexpected|malformed|bad |illegal/,
  /incorrect|wrong|expired|out of memory|no space left|bytes exhausted|must install|prevents \S+ from/,
  /segmentation fault|core dumped|assertion|syntax error|unbound variable|fatal config|not configured/,
  /not defined|not recogni[sz]ed|unset|does not exist|no route|no response(?! body| header)/,
  /no (?!error)\S+(?: \S+){0,3} (?:found|available|configured|provided|specified|defined)/,
  /multiple \S+(?: \S+){0,2} found/,
  /not (?:available|running|writable|readable|allowed|supported|valid|accessible|reachable|loaded|ready)/,
  /too (?:low|small|large|many|long|few|old)|incompatible|supports only|corrupt(?:ed)?|conflict(?:s|ing)?/,
  /locked|died|crashed|killed|not expected|exec format error|caught signal|already exists(?=\.?$)/,
  badExit,
  /SIG(?:SEGV|ABRT|BUS|ILL)/,
  /E(?:CONNREFUSED|CONNRESET|NOTFOUND|TIMEDOUT|AI_AGAIN|ACCES|PERM|NOENT|ADDRINUSE|ADDRNOTAVAIL|NOSPC|ROFS|MFILE|ISDIR|EXIST|HOSTUNREACH|PIPE)/,
  /(?:kernel pid |init )terminat(?:ed|ing)|(?:[a-z]\w{0,60}\.){1,12}\w{1,80}(?:Exception|Error)/,
];

/**
 * Words of failure in a line that states no level. "error" and "fail" alone say nothing (`errors=0`, `failover`).
 */
export const failureWords = new RegExp(String.raw`\b(?:${failures.map(({ source }) => source).join('|')})\b`, 'i');
