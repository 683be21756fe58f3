import { pino } from 'pino';
import { consoleLine } from './console-line.ts';
import { currentRequest } from './request-context.ts';

/** What the rest of the program may log with. Fields first, prose second; never secrets or manifests. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** As pino names them; `WARNING` is read as `warn`. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export const logFormats = ['json', 'console'] as const;
export type LogFormat = (typeof logFormats)[number];

/** The part of a stream that lines go to: `process.stderr`. */
export interface LogStream {
  write(line: string): boolean;
  readonly writableLength: number;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly stream: LogStream;
}

/** Nobody reads a stderr that has this many bytes waiting; lines are dropped rather than kept. */
const maxWaitingBytes = 1024 * 1024;

/**
 * Logs one line a call, with the fields of the current request. A closed or blocked stream loses lines and nothing
 * else: Node writes to a pipe without waiting, and a `SonicBoom` on file descriptor 2 would block a thread.
 */
export function createLogger({ level, format, stream }: LoggerOptions): Logger {
  // Whoever closed stderr is not waiting for a complaint about it.
  stream.on('error', () => {});
  const destination = {
    write(line: string): void {
      if (stream.writableLength <= maxWaitingBytes) stream.write(format === 'console' ? consoleLine(line) : line);
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

/** Where nothing is to be logged. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
