import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { freePort } from './free-port.ts';

export type Labels = Readonly<Record<string, string>>;

/** One series of an answer, with its points: seconds since the epoch, and a number as text. */
export interface Answer {
  readonly metric: Labels;
  readonly values: readonly (readonly [number, string])[];
}

export interface RaisedAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly state: 'pending' | 'firing';
}

export interface Target {
  readonly labels: Labels;
  readonly health: string;
  readonly lastError: string;
}

/** A real Prometheus on loopback, with all that it keeps in a folder of its own. */
export interface PrometheusServer {
  /** What a panel is drawn from: a point every second of the last minute. Throws when the query is not understood. */
  range(query: string): Promise<readonly Answer[]>;
  alerts(): Promise<readonly RaisedAlert[]>;
  targets(): Promise<readonly Target[]>;
  /** Labels of the exemplars of a query. */
  exemplars(query: string): Promise<readonly Labels[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface PrometheusOptions {
  /** Where its targets are and what they are labelled with, as its configuration has it. */
  readonly scrape: object;
  /** The text of a file of rules. */
  readonly rules: string;
  /** Where it is to run, when not here. */
  readonly place?: Place;
}

/** Another network. */
export interface Place {
  /** Words before a command that have it run there. */
  readonly enter: readonly string[];
  /** A way to a port of loopback there: the port of loopback here, and what ends it. */
  reach(port: number): Promise<{ readonly port: number; close(): Promise<void> }>;
}

/** Where prometheus, promtool and amtool are. */
export const prometheusFolder = (): string =>
  execFileSync(join(import.meta.dirname, 'prometheus.sh'), { encoding: 'utf8' }).trim();

/** It scrapes every second. */
export async function aPrometheusServer({ scrape, rules, place }: PrometheusOptions): Promise<PrometheusServer> {
  const folder = await mkdtemp(join(tmpdir(), 'kubemend-prometheus-'));
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: ['rules.yaml'],
    scrape_configs: [{ job_name: 'kubemend', ...scrape }],
  };
  await writeFile(join(folder, 'rules.yaml'), rules);
  await writeFile(join(folder, 'prometheus.yaml'), stringify(config));
  const port = await freePort();
  const words = [
    `--config.file=${join(folder, 'prometheus.yaml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--enable-feature=exemplar-storage',
    '--log.level=warn',
  ];
  const [command, ...before] = [...(place?.enter ?? []), join(prometheusFolder(), 'prometheus')];
  // In a group of its own, since a script may stand before it.
  const server = spawn(command, [...before, ...words], { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  // Whoever gave up waiting for it leaves none behind.
  process.once('exit', end);
  function end(): void {
    if (server.exitCode === null && server.signalCode === null && server.pid !== undefined)
      process.kill(-server.pid, 'SIGKILL');
  }
  const said: string[] = [];
  server.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const ended = once(server, 'exit').then(() => {
    throw new Error(`prometheus ended: ${said.join('')}`);
  });
  ended.catch(() => {
    // It is told by whoever asks it.
  });
  const way = await place?.reach(port);
  const address = `127.0.0.1:${way?.port ?? port}`;
  await Promise.race([ended, answering(`http://${address}/-/ready`)]);

  async function ask<T>(path: string, parameters: Labels = {}): Promise<T> {
    const response = await fetch(`http://${address}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`);
    const { data, error } = (await response.json()) as { data: T; error?: string };
    if (error !== undefined) throw new Error(`${parameters['query']}: ${error}`);
    return data;
  }
  const lastMinute = () => ({ start: String(Date.now() / 1_000 - 60), end: String(Date.now() / 1_000) });
  return {
    async range(query) {
      return (await ask<{ result: readonly Answer[] }>('query_range', { query, step: '1', ...lastMinute() })).result;
    },
    async alerts() {
      return (await ask<{ alerts: readonly RaisedAlert[] }>('alerts')).alerts;
    },
    async targets() {
      return (await ask<{ activeTargets: readonly Target[] }>('targets')).activeTargets;
    },
    async exemplars(query) {
      const found = await ask<readonly { exemplars: readonly { labels: Labels }[] }[]>('query_exemplars', {
        query,
        ...lastMinute(),
      });
      return found.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels));
    },
    async [Symbol.asyncDispose]() {
      const gone = once(server, 'close');
      end();
      await Promise.all([gone, way?.close()]);
      await rm(folder, { recursive: true });
    },
  };
}

async function answering(url: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { ok } = await fetch(url).catch(() => ({ ok: false }));
    if (ok) return;
    if (attempt >= 100) throw new Error(`${url} does not answer`);
    await sleep(100);
  }
}
