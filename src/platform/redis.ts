import { once } from 'node:events';
import { Redis } from 'ioredis';
import { AppError } from './errors.ts';
import type { Logger } from './logging.ts';

/** A Redis that all replicas share. It connects when it is first asked, and again by itself. */
export interface SharedRedis {
  /**
   * What it answers, within a second.
   * @throws AppError `unavailable` in every other case: nobody knows then whether it did what it was asked.
   */
  ask<T>(command: (client: Redis) => Promise<T>): Promise<T>;
  close(): void;
}

const commandMs = 200;
const deadMs = 500;
const connectMs = 500;
/** How long a command waits for a connection. */
const readyMs = 700;
/** Shorter than that, so that whoever asks after an outage finds it gone. */
const longestPauseMs = 500;

/** @param url May hold a password, which is in no message and no line of the log. */
export function openRedis(url: string, log: Pick<Logger, 'info' | 'warn'>): SharedRedis {
  const client = new Redis(url, {
    lazyConnect: true,
    connectionName: 'kubemend',
    // Whoever asks waits for an answer now, or for none.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    autoResendUnfulfilledCommands: false,
    commandTimeout: commandMs,
    connectTimeout: connectMs,
    // A connection that a network has lost is dead, and looks open until TCP gives up a quarter of an hour later.
    socketTimeout: deadMs,
    retryStrategy: (times) => Math.min(times * 100, longestPauseMs),
    // After a failover the name may lead to another server.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
  });
  let told: string | undefined;
  client.on('error', (error: unknown) => {
    const reason = reasonOf(error);
    if (told !== reason) log.warn({ redis: reason }, 'Redis cannot be asked');
    told = reason;
  });
  client.on('ready', () => {
    if (told !== undefined) log.info({}, 'Redis answers again');
    told = undefined;
  });

  let connecting: Promise<unknown> | undefined;
  async function connected(): Promise<void> {
    if (client.status === 'ready') return;
    connecting ??= once(client, 'ready', { signal: AbortSignal.timeout(readyMs) }).finally(() => {
      connecting = undefined;
    });
    // Why it fails is an event.
    if (client.status === 'wait') client.connect().catch(() => {});
    await connecting;
  }

  return {
    async ask(command) {
      try {
        await connected();
        return await command(client);
      } catch (error) {
        throw unavailable(reasonOf(error));
      }
    },
    close: () => client.disconnect(),
  };
}

/** What the first word of an answer means (`redis.conf`, `server.c`). */
const meanings: Readonly<Record<string, string>> = {
  WRONGPASS: 'does not take the user or the password of REDIS_URL',
  NOAUTH: 'wants a password, and REDIS_URL has none',
  NOPERM: 'does not let the user of REDIS_URL do what is needed',
  READONLY: 'is read-only: it is a replica',
  MASTERDOWN: 'is a replica that has lost its master',
  LOADING: 'is still loading its data',
  MISCONF: 'cannot save its data, and takes no writes',
  OOM: 'has no memory left',
  timeout: 'does not answer in time',
};

/** Not the error itself, which may carry the command that failed, and with it the password. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'AbortError' || error.message === 'Command timed out') return 'timeout';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return /^[A-Z]{3,}(?= )/.exec(error.message)?.[0] ?? 'connection lost';
}

const unavailable = (reason: string): AppError =>
  new AppError('unavailable', `Redis ${meanings[reason] ?? `does not answer (${reason})`}.`, {
    hint: 'Look at the Redis that REDIS_URL names.',
    details: { redis: reason },
  });
