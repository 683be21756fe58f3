import { pino } from 'pino';
import { consoleLine } from './console-line.ts';
import type { Logger, LoggerOptions } from './logging.ts';
import { redactText } from './redact.ts';
import { currentRequest } from './request-context.ts';

/** Nobody reads a stderr that has this many bytes waiting; lines are dropped rather than kept. */
const maxWaitingBytes = 1024 * 1024;

/**
 * Writes at once. A closed or blocked stream loses lines and nothing else: Node writes to a pipe without waiting, while
 * a `SonicBoom` on file descriptor 2 would block a thread.
 */
export function createPinoLogger({ level, format, stream }: LoggerOptions): Logger {
  // Whoever closed stderr is not waiting for a complaint about it.
  stream.on('error', () => {});
  const destination = {
    write(line: string): void {
      if (stream.writableLength > maxWaitingBytes) return;
      // A net: secrets are not to be logged in the first place.
      const safe = redactText(line);
      stream.write(format === 'console' ? consoleLine(safe) : safe);
    },
  };
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: pino.stdSerializers.errWithCause },
      mixin: () => ({ ...currentRequest() }),
    },
    destination,
  );
}
