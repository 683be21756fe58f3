import { type LogLines, logLinesOf } from '../log-lines.ts';

/** Lines and characters of one log that are kept: its end is what tells. */
const maximumLines = 1000;
const maximumLength = 256 * 1024;
/** What is left to a log once the room for all of them is used up. */
const least = 8 * 1024;

export interface LogTail {
  add(line: string): void;
  /** Redacted. */
  lines(): LogLines;
  /** Characters that are kept. */
  length(): number;
}

/** The end of a log in constant memory; `room` is how many characters all logs may still take. */
export function createLogTail(room: number): LogTail {
  const longest = Math.max(least, Math.min(maximumLength, room));
  let kept: string[] = [];
  let length = 0;
  let first = 0;

  function drop(): void {
    while (kept.length - first > maximumLines || length > longest) {
      length -= (kept[first]?.length ?? 0) + 1;
      first += 1;
    }
    // Taking from the front of an array one by one is quadratic.
    if (first <= maximumLines) return;
    kept = kept.slice(first);
    first = 0;
  }

  return {
    add(line) {
      kept.push(line);
      length += line.length + 1;
      drop();
    },
    lines: () => logLinesOf(kept.slice(first).join('\n')),
    length: () => length,
  };
}
