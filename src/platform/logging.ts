import { AsyncLocalStorage } from 'node:async_hooks';

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

/** Nobody reads a stream that has this many bytes waiting; lines are dropped rather than kept. */
const maxWaitingBytes = 1024 * 1024;
export const isBlocked = ({ writableLength }: Pick<LogStream, 'writableLength'>): boolean =>
  writableLength > maxWaitingBytes;

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly stream: LogStream;
}

/**
 * Logs one line a call, with the fields of the current request. What writes the lines is loaded with the first of them:
 * most processes that an assistant starts never write one.
 */
export function createLogger(options: LoggerOptions): Logger {
  const least = logLevels.indexOf(options.level);
  let writer: Promise<Logger> | undefined;
  let loaded: Logger | undefined;
  const load = async (): Promise<Logger> => {
    const { createPinoLogger } = await import('./pino-logger.ts');
    loaded = createPinoLogger(options);
    return loaded;
  };
  const at = (level: keyof Logger) => (fields: object, message: string) => {
    if (logLevels.indexOf(level) < least) return;
    if (loaded !== undefined) return loaded[level](fields, message);
    const inRequest = AsyncLocalStorage.snapshot();
    writer ??= load();
    void writer.then((log) => inRequest(() => log[level](fields, message)));
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Where nothing is to be logged. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
