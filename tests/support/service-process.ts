import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** The HTTP service as a process of its own, on free ports. */
export interface ServiceProcess {
  readonly url: string;
  /** Where its metrics are: `127.0.0.1:9090`. */
  readonly metricsHost: string;
  readonly process: ChildProcess;
  /** Its log, as far as it has come. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** The value of one metric, with its labels as they are exposed. */
  metric(name: string): Promise<number>;
  /** Sends SIGTERM; resolves to the exit status. */
  stop(): Promise<number | null>;
}

/** @param script `src/main.ts` or the built `dist/kubemend.js`. */
export async function aServiceProcess(
  script: string,
  flags: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<ServiceProcess> {
  const args = [script, 'serve', '--http', '--port', '0', '--metrics-port', '0', ...flags];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // Whoever gave up waiting for it leaves none behind.
  process.once('exit', () => child.kill('SIGKILL'));
  const log: Record<string, unknown>[] = [];
  const { promise: serving, resolve, reject } = Promise.withResolvers<Readonly<Record<string, unknown>>>();
  const words: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    words.push(line);
    const entry = parsed(line);
    if (entry === undefined) return;
    log.push(entry);
    if (entry['msg'] === 'serving') resolve(entry);
  });
  child.once('close', () => reject(new Error(`the service ended before it served: ${words.join('\n')}`)));
  const { url, metrics } = await serving;

  return {
    url: String(url),
    metricsHost: new URL(String(metrics)).host,
    process: child,
    log,
    async metric(name) {
      const text = await (await fetch(`${String(metrics)}/metrics`)).text();
      const line = text.split('\n').find((each) => each.startsWith(`${name} `));
      return Number(line?.slice(name.length));
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
      return child.exitCode;
    },
  };
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
