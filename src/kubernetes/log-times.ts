/** What the runtime puts before every line when asked for timestamps (RFC 3339, nanoseconds). */
const instant = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)`;
const stamp = new RegExp(`^${instant}(?= |$)`);
const longestStamp = 40;

/** The program's own time at the head of a line, or in the field that loggers write it to. */
const own = new RegExp(
  String.raw`^[\["'(]{0,2}(${instant})(?![\d:])|(?:^|[\s{,])"?(?:time|ts|timestamp|@timestamp|t|datetime)"?\s?[=:]\s?"?(${instant})(?=["\s,}]|$)`,
);
/** Seconds, or milliseconds, since the epoch: zap and pino. */
const epoch = /[{,]\s?"(?:time|ts|timestamp|@timestamp)"\s?:\s?(1\d{9})(\d{3})?(?:\.\d+)?(?=[,}])/;
/** A time further on is part of what is said. */
const head = 300;

/** A line with its time, without the runtime's stamp; `undefined` when nothing tells the time and its zone. */
export function timedLine(line: string): { readonly at: string | undefined; readonly text: string } {
  const [at] = stamp.exec(line.slice(0, longestStamp)) ?? [];
  return at === undefined
    ? { at: ownTimeOf(line.slice(0, head)), text: line }
    : { at, text: line.slice(at.length + 1) };
}

function ownTimeOf(text: string): string | undefined {
  const [, first, inField] = own.exec(text) ?? [];
  if (first !== undefined || inField !== undefined) return first ?? inField;
  const [, seconds, thousandths = '000'] = epoch.exec(text) ?? [];
  return seconds === undefined ? undefined : new Date(Number(`${seconds}${thousandths}`)).toISOString();
}
