import { pino } from 'pino';
import { consoleLine } from './console-line.ts';
import { isBlocked, type Logger, type LoggerOptions } from './logging.ts';
import { redactText } from './redact.ts';
import { requestFields } from './request-context.ts';

/**
 * Writes at once. A closed or blocked stream loses lines and nothing else: Node writes to a pipe without waiting, while
 * a `SonicBoom` on file descriptor 2 would block a thread.
 */
export function createPinoLogger({ level, format, stream }: LoggerOptions): Logger {
  // Whoever closed stderr is not waiting for a complaint about it.
  stream.on('error', () => {});
  const destination = {
    write(line: string): void {
      if (isBlocked(stream)) return;
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
      mixin: requestFields,
    },
    destination,
  );
}
