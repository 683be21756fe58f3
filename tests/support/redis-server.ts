import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.ts';

/** A real redis-server on loopback, with nothing kept on disk. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** `SIGSTOP` lets it hang, `SIGCONT` go on, `SIGKILL` ends it. */
  readonly signal: (name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL') => Promise<void>;
  /** After a kill: on the same port, empty. */
  readonly start: () => Promise<void>;
  /** What it answers to one command, as the protocol has it. */
  readonly ask: (...words: readonly string[]) => Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** @param flags Of redis-server: `['--requirepass', 'secret']`. */
export async function aRedisServer(flags: readonly string[] = []): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'kubemend-redis-'));
  const port = await freePort();
  const words = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder, ...flags];
  let server: ChildProcess;

  const start = async () => {
    server = spawn('redis-server', words, { stdio: 'ignore' });
    const failed = once(server, 'error').then(([error]) => {
      throw new Error('redis-server cannot be run: install the package redis-server', { cause: error });
    });
    await Promise.race([failed, listening(port)]);
  };
  const signal: RedisServer['signal'] = async (name) => {
    const gone = once(server, 'exit');
    server.kill(name);
    if (name === 'SIGKILL') await gone;
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    signal,
    start,
    ask: (...asked) => answerOf(port, asked),
    async [Symbol.asyncDispose]() {
      if (server.exitCode === null && server.signalCode === null) await signal('SIGKILL');
      await rm(folder, { recursive: true });
    },
  };
}

async function listening(port: number): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await answerOf(port, ['PING']);
      return;
    } catch (error) {
      if (attempt >= 100) throw error;
      await sleep(50);
    }
  }
}

/** One command by the inline protocol, which needs no client. */
async function answerOf(port: number, words: readonly string[]): Promise<string> {
  const socket = createConnection(port, '127.0.0.1');
  socket.end(`${words.join(' ')}\r\n`);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer.trim();
}
