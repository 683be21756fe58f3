import { afterEach, describe, expect, it } from 'vitest';
import type { ClustersOptions } from '../../../src/kubernetes/live/clusters.ts';
import type { Reader } from '../../../src/kubernetes/ports.ts';
import { noMetrics } from '../../../src/platform/metrics.ts';
import { runInRequest } from '../../../src/platform/request-context.ts';
import { aFakeApiServer, type FakeApiServer, type Fault } from '../../support/fake-api-server.ts';
import { clustersOf } from '../../support/live-clusters.ts';

const signal = new AbortController().signal;
const web = { kind: 'Pod', namespace: 'shop', name: 'web' };
const path = 'GET /api/v1/namespaces/shop/pods/web';
const servers: FakeApiServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

interface Observed {
  readonly server: FakeApiServer;
  readonly reader: Reader;
  readonly waits: number[];
  readonly counted: string[];
}

async function serving(options: Partial<ClustersOptions> = {}): Promise<Observed> {
  const labels = { app: 'web', filler: 'x'.repeat(5000) };
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop', labels } };
  const server = await aFakeApiServer({ objects: [object] });
  servers.push(server);
  const waits: number[] = [];
  const counted: string[] = [];
  const clusters = await clustersOf(server, {
    metrics: {
      ...noMetrics,
      kubernetesRequest: ({ verb, resource, code }) => counted.push(`${verb} ${resource} ${code}`),
      kubernetesRetry: () => counted.push('retry'),
    },
    rest: { random: () => 1, wait: async (ms) => void waits.push(ms) },
    ...options,
  });
  return { server, reader: await clusters.reader(undefined), waits, counted };
}

describe('a read', () => {
  it.each<[string, Fault]>([
    ['429', { status: 429 }],
    ['502', { status: 502 }],
    ['503', { status: 503 }],
    ['504', { status: 504 }],
    ['a reset', 'reset'],
    ['a reset in the middle of the body', 'reset-mid-body'],
    ['truncated JSON', 'truncated-json'],
  ])('is tried again after %s', async (_name, fault) => {
    const { server, reader, counted } = await serving();
    server.on(path, fault, 2);

    expect(await reader.get(web, signal)).toMatchObject({ metadata: { name: 'web' } });
    expect(counted.filter((what) => what === 'retry')).toHaveLength(2);
    expect(counted.at(-1)).toBe('get pods 200');
  });

  it('tells a login page from an answer', async () => {
    const { server, reader } = await serving();
    server.on(path, { text: '<html>Log in</html>', contentType: 'text/html' });

    await expect(reader.get(web, signal)).rejects.toMatchObject({
      code: 'api_error',
      message: expect.stringContaining('a web page'),
    });
  });

  it('waits longer each time, and gives up after three retries', async () => {
    const { server, reader, waits } = await serving();
    server.on(path, { status: 503, message: 'etcd is away' });

    await expect(reader.get(web, signal)).rejects.toMatchObject({
      code: 'api_error',
      message: expect.stringContaining('etcd is away'),
      details: { status: 503 },
    });
    expect(waits).toEqual([400, 1600, 5000]);
  });

  it('waits as long as the server asks', async () => {
    const { server, reader, waits } = await serving();
    server.on(path, { status: 429, retryAfter: 7 }, 1);

    await reader.get(web, signal);

    expect(waits).toEqual([7000]);
  });

  it('does not wait past its deadline', async () => {
    const { server, reader, waits } = await serving({ rest: { timeouts: { totalMs: 5000 } } });
    server.on(path, { status: 429, retryAfter: 60 });

    await expect(reader.get(web, signal)).rejects.toMatchObject({ code: 'api_error', details: { status: 429 } });
    expect(waits).toEqual([]);
  });

  it.each([400, 409, 500])('is not tried again after %s', async (status) => {
    const { server, reader } = await serving();
    server.on(path, { status, message: 'no' });

    await expect(reader.get(web, signal)).rejects.toMatchObject({ code: 'api_error', details: { status } });
    expect(server.requests).toHaveLength(1);
  });

  it('stops retrying when too much fails', async () => {
    const { server, reader, counted } = await serving();
    server.on(() => true, { status: 503 });

    await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => reader.get({ ...web, name: `web-${index}` }, signal)),
    );

    expect(counted.filter((what) => what === 'retry').length).toBeLessThanOrEqual(12);
  });

  it('does not follow a redirect', async () => {
    const { server, reader } = await serving();
    server.on(path, (_request, response) => void response.writeHead(302, { location: '/version' }).end());

    await expect(reader.get(web, signal)).rejects.toMatchObject({ code: 'api_error', details: { status: 302 } });
    expect(server.requests).toHaveLength(1);
  });

  it('ends in a timeout when headers never come', async () => {
    const { server, reader } = await serving({ rest: { timeouts: { totalMs: 50 } } });
    server.on(path, 'hang');

    await expect(reader.get(web, signal)).rejects.toMatchObject({ code: 'timeout' });
  });

  it('ends in a timeout when the body stops coming', async () => {
    const { server, reader } = await serving({ rest: { timeouts: { headersMs: 200 } } });
    server.on(path, (_request, response) => void response.writeHead(200).write('{"kind":'));

    await expect(reader.get(web, signal)).rejects.toMatchObject({ code: 'timeout' });
  });

  it('ends when its caller gives up', async () => {
    const { server, reader } = await serving();
    const caller = new AbortController();
    server.on(path, () => caller.abort(new Error('enough')));

    await expect(reader.get(web, caller.signal)).rejects.toThrow('enough');
    await expect(reader.get(web, caller.signal)).rejects.toThrow('enough');
  });

  it('answers an HTML page with its status, not with its text', async () => {
    const { server, reader } = await serving();
    server.on(path, (_request, response) => void response.writeHead(418).end('<html>secret page</html>'));

    await expect(reader.get(web, signal)).rejects.toMatchObject({
      message: expect.not.stringContaining('html'),
      details: { status: 418 },
    });
  });

  it('says when the answer is never whole', async () => {
    const { server, reader } = await serving();
    server.on(path, { text: '{"metadata":', contentType: 'application/json' });

    await expect(reader.get(web, signal)).rejects.toMatchObject({
      code: 'api_error',
      message: expect.stringContaining('not whole'),
    });
  });

  it('says when what answers is no API server', async () => {
    const { server, reader } = await serving();
    server.on(() => true, { json: { rows: 7 } });

    await expect(reader.list({ kind: 'pods', limit: 1 }, signal)).rejects.toMatchObject({
      code: 'api_error',
      message: expect.stringContaining('something unexpected'),
    });
  });

  it('says when an answer is no object', async () => {
    const { server, reader } = await serving();
    server.on(path, { json: { hello: 'world' } });

    await expect(reader.get(web, signal)).rejects.toMatchObject({ code: 'api_error' });
  });

  it('hides secrets that the server repeats in its message', async () => {
    const { server, reader } = await serving();
    server.on(path, { status: 403, message: 'token=eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2lnbmF0dXJl is bad' });

    await expect(reader.get(web, signal)).rejects.toMatchObject({ message: expect.not.stringContaining('eyJ') });
  });

  it('carries the id of the request', async () => {
    const { server, reader } = await serving({ userAgent: 'kubemend/1' });

    await runInRequest({ requestId: 'abc-1' }, () => reader.get(web, signal));

    expect(server.requests[0]?.headers).toMatchObject({
      'x-request-id': 'abc-1',
      'audit-id': 'abc-1',
      'user-agent': 'kubemend/1',
      'accept-encoding': 'gzip',
    });
  });

  it('reuses connections', async () => {
    const { server, reader } = await serving();
    const ports = new Set<number | undefined>();
    server.on(path, (request, response) => {
      ports.add(response.socket?.remotePort);
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ metadata: { name: 'web' }, request: request.method }));
    });

    await reader.get(web, signal);
    await reader.get(web, signal);
    await reader.get(web, signal);

    expect(ports.size).toBeLessThan(3);
  });

  it('shares an equal read in flight; one who gives up leaves the others their answer', async () => {
    const { server, reader } = await serving();
    const impatient = new AbortController();
    server.on(path, { delayMs: 50 });

    const [first, second] = [reader.get(web, impatient.signal), reader.get(web, signal)];
    impatient.abort(new Error('enough'));

    await expect(first).rejects.toThrow('enough');
    expect(await second).toMatchObject({ kind: 'Pod' });
    expect(server.requests).toHaveLength(1);
  });
});

describe('a list', () => {
  it('asks for smaller pages when one is too large', async () => {
    const { server, reader } = await serving();
    const filler = 'x'.repeat(1024 * 1024);
    server.on(
      ({ query }) => query.get('limit') === '500',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        for (let sent = 0; sent < 70; sent++) response.write(filler);
        response.end();
      },
    );

    const { objects, reads } = await reader.read(
      [{ verb: 'list', kind: 'Pod', namespace: 'shop', as: 'full' }],
      signal,
    );

    expect(objects).toHaveLength(1);
    expect(reads[0]?.outcome).toBe('ok');
    expect(server.requests.map(({ query }) => query.get('limit'))).toContain('50');
  });
});
