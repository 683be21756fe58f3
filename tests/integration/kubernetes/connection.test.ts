import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { createConnector } from '../../../src/kubernetes/live/connection.ts';
import { exchange } from '../../../src/kubernetes/live/exchange.ts';
import { aFakeApiServer, closeServers, type FakeApiServer } from '../../support/fake-api-server.ts';
import { selfSigned } from '../../support/self-signed.ts';

const signal = new AbortController().signal;
const servers: FakeApiServer[] = [];
const workers: Worker[] = [];

afterEach(async () => {
  await closeServers(servers.splice(0));
  await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
});

function connecting(url: string, ca?: string) {
  const credentials = { server: url, headers: {}, tls: ca === undefined ? {} : { ca } };
  const connector = createConnector(async () => credentials, { connectMs: 2_000, headersMs: 2_000 });
  const ask = async (path = '/version'): Promise<void> => {
    const request = { path, receiving: () => ({ cap: 1024 }) };
    await exchange(await connector.connect(signal), request, { signal, requestId: () => undefined });
  };
  return { connector, ask };
}

async function asking() {
  const server = await aFakeApiServer();
  servers.push(server);
  return connecting(server.url);
}

/** An HTTP/2 server that goes on while this thread is busy, and how many requests reached it. */
async function elsewhere() {
  const { cert, key } = selfSigned();
  const reached = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(
    `const { workerData: { cert, key, reached }, parentPort } = require('node:worker_threads');
     const server = require('node:http2').createSecureServer({ cert, key }, (request, response) => {
       Atomics.add(reached, 0, 1);
       response.end('{}');
     });
     server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`,
    { eval: true, workerData: { cert, key, reached } },
  );
  workers.push(worker);
  const [port] = (await once(worker, 'message')) as [number];
  return { url: `https://127.0.0.1:${port}`, cert, reached };
}

describe('whoever waits until what is asked is sent', () => {
  it('is told once, also when something was sent before', async () => {
    const { connector, ask } = await asking();
    const told: string[] = [];

    connector.onceSent(() => told.push('early'));
    await Promise.all([ask(), ask()]);
    await ask();
    connector.onceSent(() => told.push('late'));
    await new Promise((resolve) => setImmediate(resolve));
    await connector.close();

    expect(told).toEqual(['early', 'late']);
  });

  it('is not told any more once it has given up', async () => {
    const { connector, ask } = await asking();
    const told: string[] = [];

    connector.onceSent(() => told.push('given up'))();
    await Promise.all([ask(), ask()]);
    await connector.close();

    expect(told).toEqual([]);
  });

  it('can keep this thread busy while the server has all of it over HTTP/2', async () => {
    const { url, cert, reached } = await elsewhere();
    const { connector, ask } = connecting(url, cert);
    const paths = Array.from({ length: 12 }, (_, index) => `/api/v1/${index}`);
    let meanwhile = 0;

    connector.onceSent(() => {
      const endsAt = performance.now() + 5_000;
      while (Atomics.load(reached, 0) < paths.length && performance.now() < endsAt);
      meanwhile = Atomics.load(reached, 0);
    });
    await Promise.all(paths.map(ask));
    await connector.close();

    expect(meanwhile).toBe(paths.length);
  });
});
