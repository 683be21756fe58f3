import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import * as z from 'zod';

/** A server in a process of its own, so that the load has the other core. */
export interface Service {
  readonly url: string;
  /** Of its metrics, where it has them. */
  readonly metrics: string;
  readonly process: ChildProcess;
  /** Resident memory, in MiB. */
  readonly memory: () => Promise<number>;
  /** Time that it has worked, in ms, to a hundredth of a second. */
  readonly worked: () => Promise<number>;
  /** Collects what is in use no more. */
  readonly collect: () => void;
  stop(): Promise<void>;
}

/** What is in use shows after a collection. */
const collectsWhenTold = 'data:text/javascript,process.on("SIGUSR2",()=>gc())';

/** Linux counts in hundredths of a second (`getconf CLK_TCK`). */
const tickMs = 10;

/** What it says of itself once it listens. */
const listening = z.looseObject({ url: z.string(), metrics: z.string().optional() });

/** Runs a script that says on stderr, in JSON, at which `url` it listens. What it says later is read and dropped. */
export async function aService(script: string, args: readonly string[] = [], env: object = {}): Promise<Service> {
  const child = spawn(process.execPath, ['--expose-gc', '--import', collectsWhenTold, script, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const { url, metrics = '' } = await firstWords(child);
  return {
    url,
    metrics,
    process: child,
    memory: async () => residentMiB(await readFile(`/proc/${child.pid}/status`, 'utf8')),
    collect: () => void child.kill('SIGUSR2'),
    async worked() {
      const [, fields = ''] = (await readFile(`/proc/${child.pid}/stat`, 'utf8')).split(') ');
      const [user, system] = fields.split(' ').slice(11, 13).map(Number);
      return ((user ?? 0) + (system ?? 0)) * tickMs;
    },
    async stop() {
      if (child.exitCode !== null) return;
      child.kill();
      await once(child, 'exit');
    },
  };
}

async function firstWords(child: ChildProcess): Promise<z.output<typeof listening>> {
  if (child.stderr === null) throw new Error('It has no stderr.');
  const said: string[] = [];
  const lines = createInterface({ input: child.stderr });
  for await (const line of lines) {
    said.push(line);
    const words = listening.safeParse(parsed(line));
    if (!words.success) continue;
    child.stderr.resume();
    return words.data;
  }
  throw new Error(`It never listened:\n${said.join('\n')}`);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const residentMiB = (status: string): number => Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;

/** The built program as a service on loopback. */
export const kubemend = (args: readonly string[], env: object = {}): Promise<Service> =>
  aService('dist/kubemend.js', ['serve', '--http', '--port', '0', '--metrics-port', '0', ...args], env);
