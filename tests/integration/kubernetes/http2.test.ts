import { once } from 'node:events';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { ClustersOptions } from '../../../src/kubernetes/live/clusters.ts';
import type { Reader } from '../../../src/kubernetes/ports.ts';
import { aFaultProxy, type FaultProxy } from '../../support/fault-proxy.ts';
import { writeKubeconfig } from '../../support/kubeconfig-file.ts';
import { liveClusters } from '../../support/live-clusters.ts';
import { selfSigned } from '../../support/self-signed.ts';

const signal = new AbortController().signal;
const web = { kind: 'Pod', namespace: 'shop', name: 'web' };
const servers: Http2SecureServer[] = [];
const proxies: FaultProxy[] = [];

afterEach(async () => {
  await Promise.all(proxies.splice(0).map((proxy) => proxy[Symbol.asyncDispose]()));
  for (const server of servers.splice(0)) server.close();
});

interface Observed {
  readonly reader: Reader;
  /** How many connections were made, and how many requests came. */
  readonly seen: { sessions: number; requests: number };
  /** On the way to it. */
  readonly proxy: FaultProxy;
}

/** An API server of one pod over HTTP/2; `first` gets the first requests, one each. */
async function serving(
  first: readonly ((stream: ServerHttp2Stream) => void)[] = [],
  options: Partial<ClustersOptions> = {},
): Promise<Observed> {
  const { cert, key } = selfSigned();
  const seen = { sessions: 0, requests: 0 };
  const server = createSecureServer({ cert, key });
  servers.push(server);
  server.on('session', () => {
    seen.sessions += 1;
  });
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    const answer = first[seen.requests] ?? answerPod;
    seen.requests += 1;
    answer(stream);
  });
  const authority = Buffer.from(cert).toString('base64');
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await aFaultProxy((server.address() as AddressInfo).port);
  proxies.push(proxy);
  const kubeconfig = await writeKubeconfig([
    {
      name: 'http2',
      server: `https://127.0.0.1:${proxy.port}`,
      cluster: { 'certificate-authority-data': authority },
    },
  ]);
  return { reader: await liveClusters(kubeconfig, options).reader(undefined), seen, proxy };
}

function answerPod(stream: ServerHttp2Stream): void {
  stream.respond({ ':status': 200, 'content-type': 'application/json' });
  stream.end(JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' } }));
}

describe('an API server that speaks HTTP/2', () => {
  it('is asked over one connection, however many ask', async () => {
    const { reader, seen } = await serving();

    const names = await Promise.all(
      Array.from({ length: 20 }, (_, index) => reader.get({ ...web, name: `web-${index}` }, signal)),
    );

    expect(names).toHaveLength(20);
    expect(seen).toEqual({ sessions: 1, requests: 20 });
  });

  it.each<[string, (stream: ServerHttp2Stream) => void]>([
    ['resets a stream', (stream) => stream.close(2)],
    ['refuses a stream', (stream) => stream.close(7)],
    [
      'ends in the middle of an answer',
      (stream) => {
        stream.respond({ ':status': 200 });
        stream.write('{"kind":', () => stream.session?.destroy());
      },
    ],
    ['breaks the connection', (stream) => stream.session?.destroy()],
  ])('is asked again when it %s', async (_name, fault) => {
    const { reader, seen } = await serving([fault]);

    expect(await reader.get(web, signal)).toMatchObject({ metadata: { name: 'web' } });
    expect(seen.requests).toBe(2);
  });

  it('is asked over a new connection after it said goodbye', async () => {
    const { reader, seen } = await serving([
      (stream) => {
        stream.session?.goaway();
        answerPod(stream);
      },
    ]);

    await reader.get(web, signal);
    await reader.get(web, signal);

    expect(seen).toEqual({ sessions: 2, requests: 2 });
  });

  it('may not keep anybody waiting for ever', async () => {
    const { reader } = await serving(
      Array.from({ length: 8 }, () => () => {}),
      { rest: { timeouts: { headersMs: 200, totalMs: 1000 }, wait: async () => {} } },
    );

    await expect(reader.get(web, signal)).rejects.toMatchObject({ code: 'timeout' });
  });

  it('is asked over a new connection when a network has lost the old one', { timeout: 20_000 }, async () => {
    const timeouts = { connectMs: 300, headersMs: 200, totalMs: 1000 };
    const { reader, seen, proxy } = await serving([], { rest: { timeouts, wait: async () => {} } });
    await reader.get(web, signal);
    proxy.fault = 'hang';
    await expect(reader.get(web, signal)).rejects.toMatchObject({ code: 'timeout' });

    proxy.fault = undefined;

    // undici asks once more whether anybody is there, and waits a second.
    await expect
      .poll(() => reader.get(web, signal).catch(() => undefined), { timeout: 10_000 })
      .toMatchObject({ metadata: { name: 'web' } });
    expect(seen.sessions).toBe(2);
  });

  it('is asked over a new connection also when those who ask are impatient', async () => {
    const { reader, seen, proxy } = await serving([], { rest: { timeouts: { connectMs: 100 } } });
    await reader.get(web, signal);
    proxy.fault = 'hang';
    await expect(reader.get(web, AbortSignal.timeout(300))).rejects.toThrow('timeout');

    proxy.fault = undefined;

    expect(await reader.get(web, signal)).toMatchObject({ metadata: { name: 'web' } });
    expect(seen.sessions).toBe(2);
  });

  it('is not asked over a new connection for one who is impatient while others are answered', async () => {
    const { reader, seen } = await serving([() => {}], { rest: { timeouts: { connectMs: 100 } } });
    const impatient = reader.get(web, AbortSignal.timeout(300));
    await reader.get({ ...web, name: 'other' }, signal);

    await expect(impatient).rejects.toThrow('timeout');
    expect(await reader.get(web, signal)).toMatchObject({ metadata: { name: 'web' } });
    expect(seen.sessions).toBe(1);
  });

  it('sends large answers through its windows', async () => {
    const texts = Array.from({ length: 200 }, () => 'x'.repeat(100 * 1024));
    const { reader } = await serving([
      (stream) => {
        stream.respond({ ':status': 200 });
        stream.end(
          JSON.stringify({
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: 'web', namespace: 'shop' },
            spec: { texts },
          }),
        );
      },
    ]);

    expect(await reader.get(web, signal)).toMatchObject({ spec: { texts } });
  });
});
