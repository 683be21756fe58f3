import { pino } from 'pino';
import { consoleLine } from './console-line.ts';
import { isBlocked, type Logger, type LoggerOptions } from './logging.ts';
import { redactText } from './redact.ts';
import { requestFields } from './request-context.ts';

/** Characters that wait to be written. */
const mostAtOnce = 16_384;

/**
 * Writes as soon as the code that logs has done its step. A closed or blocked stream loses lines and nothing else: Node
 * writes to a pipe without waiting, while a `SonicBoom` on file descriptor 2 would block a thread.
 */
export function createPinoLogger({ level, format, stream }: LoggerOptions): Logger {
  // Whoever closed stderr is not waiting for a complaint about it.
  stream.on('error', () => {});
  let lines = '';
  const flush = (): void => {
    const written = lines;
    lines = '';
    if (written !== '') stream.write(written);
  };
  const destination = {
    write(line: string): void {
      if (isBlocked(stream)) return;
      // A call ends with two lines: written together they cost it a tenth less.
      if (lines === '') queueMicrotask(flush);
      // A net: secrets are not to be logged in the first place.
      const safe = redactText(line);
      lines += format === 'console' ? consoleLine(safe) : safe;
      if (lines.length > mostAtOnce) flush();
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
