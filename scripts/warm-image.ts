/**
 * Runs in the image while it is made, with its own Node, and leaves behind the bytecode of `serve`, as far as being
 * ready and one diagnosis: nobody can write there later, and half a processor compiles for seconds.
 *
 *     node warm-image.ts DIST CACHE
 */

import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { cacheFileOf } from './bytecode-cache.ts';
import { createLoader, programOf } from './warm-program.ts';

const [dist = 'dist', cache = 'cache'] = process.argv.slice(2);
const program = readdirSync(dist).find((file) => file.startsWith('program-')) ?? '';
mkdirSync(cache, { recursive: true });
process.env.XDG_CACHE_HOME = cache;

const apiServer = await emptyCluster();
const kubeconfig = join(tmpdir(), 'kubeconfig');
const url = `http://127.0.0.1:${(apiServer.address() as AddressInfo).port}`;
writeFileSync(kubeconfig, JSON.stringify(kubeconfigFor(url)));
const http = [
  'serve',
  '--http',
  '--port',
  '18080',
  '--metrics-port',
  '19090',
  '--drain-delay',
  '0',
  '--kubeconfig',
  kubeconfig,
];
const beyondLoopback = ['--host', '0.0.0.0', '--auth'];

await warm([...http, ...beyondLoopback, 'oidc', '--oidc-issuers', url, '--oidc-audiences', 'kubemend'], ready);
await warm([...http, ...beyondLoopback, 'tokenreview'], async () => {
  await ready();
  await diagnosed();
});
apiServer.close();
apiServer.closeAllConnections();
readable(cache);

/** Serves until `use` is through with it. */
async function warm(argv: readonly string[], use: () => Promise<void>): Promise<void> {
  const { load, keep } = createLoader(dist, cacheFileOf(program, argv));
  const stop = new AbortController();
  const ended = programOf(load(`./${program}`))({
    argv,
    environment: {},
    dotenv: '',
    stdin: new PassThrough(),
    stdout: process.stdout,
    stderr: process.stderr,
    signal: stop.signal,
    version: '0.0.0',
    nodeVersion: process.version,
    demo: join(dist, '../demo/shop.kubemend.gz'),
    assets: join(dist, 'assets'),
  });
  await use();
  stop.abort();
  const status = await ended;
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with status ${status}.`);
  keep();
}

async function ready(): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await fetch('http://127.0.0.1:18080/ready');
      await fetch('http://127.0.0.1:18080/health');
      await fetch('http://127.0.0.1:19090/metrics');
      return;
    } catch (error) {
      if (tries === 600) throw error;
      await pause(50);
    }
  }
}

async function diagnosed(): Promise<void> {
  const response = await fetch('http://127.0.0.1:18080/api/v1/tools/diagnose', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer a.b.c' },
    body: '{}',
  });
  if (!response.ok) throw new Error(`A diagnosis failed: ${response.status} ${await response.text()}`);
}

/** Answers what a cluster without anything in it would answer, whatever is asked. */
async function emptyCluster() {
  const status = { authenticated: true, user: { username: 'somebody' }, audiences: ['kubemend'], allowed: true };
  const answer = { metadata: { resourceVersion: '1' }, items: [], rows: [], groups: [], resources: [], status };
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function kubeconfigFor(server: string) {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'empty', cluster: { server } }],
    users: [{ name: 'somebody', user: { token: 'none' } }],
    contexts: [{ name: 'empty', context: { cluster: 'empty', user: 'somebody' } }],
    'current-context': 'empty',
  };
}

/** Whatever user it will run as. */
function readable(path: string): void {
  const folder = statSync(path).isDirectory();
  chmodSync(path, folder ? 0o755 : 0o644);
  if (folder) for (const name of readdirSync(path)) readable(join(path, name));
}
