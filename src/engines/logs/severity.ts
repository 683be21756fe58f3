import type { LogEntry } from './entries.ts';
import type { Level } from './lines.ts';

/** Shapes of exceptions that end a program or a request, whatever the language. */
export const exceptionShape =
  /^(?:panic: |(?:PHP )?(?:fatal|parse) error: |Unhandled exception|Exception in thread|Traceback \(most recent|thread '.*' panicked at|Uncaught |(?:[\w$]+\.)*[A-Z][\w$]*(?:Error|Exception)(?:: | \[|$)|Error: |\S+\.rb:\d+:in )|^\[?error\]?: /i;

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
