import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

export type Era = 'modern' | 'legacy';

export interface Served {
  /** Where HTTP is served; empty over stdio. */
  readonly url: string;
  /** Lines of the log that came by now, as JSON. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  client(era: Era): Promise<Client>;
  /** As Kubernetes stops it, or as an assistant does; resolves with the exit status once it has ended. */
  stop(): Promise<number | null>;
}

interface ServedOptions {
  readonly kubeconfig: string;
  /** The collector; absent: nothing is exported. */
  readonly collector?: string | undefined;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Variables by which a process of ours exports soon. */
const exporting = ({ kubeconfig, collector, environment }: ServedOptions) => ({
  PATH: process.env['PATH'] ?? '',
  KUBEMEND_KUBECONFIG: kubeconfig,
  ...(collector !== undefined && { OTEL_EXPORTER_OTLP_ENDPOINT: collector }),
  OTEL_BSP_SCHEDULE_DELAY: '50',
  ...environment,
});

const named = { name: 'test', version: '0.0.0' };
const optionsOf = (era: Era) => (era === 'modern' ? { versionNegotiation: { mode: 'auto' as const } } : {});

/** The program itself over HTTP, on a free port. */
export async function servedOverHttp(options: ServedOptions): Promise<Served> {
  const args = [main, 'serve', '--http', '--port', '0', '--metrics-port', '0'];
  const child = spawn(process.execPath, args, { env: exporting(options), stdio: ['ignore', 'ignore', 'pipe'] });
  const log: Readonly<Record<string, unknown>>[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      log.push(JSON.parse(line));
      if (log.at(-1)?.['msg'] === 'serving') resolve(String(log.at(-1)?.['url']));
    });
    child.once('exit', () => reject(new Error(`It ended: ${JSON.stringify(log)}`)));
  });
  return {
    url,
    log,
    async client(era) {
      const client = new Client(named, optionsOf(era));
      await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', url)));
      return client;
    },
    stop: () => ended(child),
  };
}

async function ended(child: ChildProcess): Promise<number | null> {
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const [status] = (await exit) as [number | null];
  return status;
}

/** The program itself over stdio: one process for each client, all with the same log. */
export function servedOverStdio(options: ServedOptions): Served {
  const log: Readonly<Record<string, unknown>>[] = [];
  const clients: Client[] = [];
  return {
    url: '',
    log,
    async client(era) {
      const client = new Client(named, optionsOf(era));
      const transport = new StdioClientTransport({
        command: process.execPath,
        args: [main, 'serve'],
        env: exporting(options),
        stderr: 'pipe',
      });
      const { stderr } = transport;
      if (stderr !== null) createInterface({ input: stderr as never }).on('line', (line) => log.push(JSON.parse(line)));
      await client.connect(transport);
      clients.push(client);
      return client;
    },
    async stop() {
      await Promise.all(clients.map((client) => client.close()));
      return null;
    },
  };
}
