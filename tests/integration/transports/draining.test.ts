import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpOptions, HttpService } from '../../../src/transports/http.ts';
import { anObject } from '../../support/builders.ts';
import { aFakeApiServer, type FakeApiServer } from '../../support/fake-api-server.ts';
import { aLoadBalancer } from '../../support/load-balancer.ts';
import { aServiceProcess, type ServiceProcess } from '../../support/service-process.ts';
import { aPost } from './http-fixture.ts';
import { aRunningService } from './service-fixture.ts';

const ending: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(ending.splice(0).map((end) => end()));
});

async function aService(options: Partial<HttpOptions> = {}): Promise<HttpService> {
  const service = await aRunningService(options);
  ending.push(() => service.stop());
  return service;
}

async function aProcess(flags: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ServiceProcess> {
  const service = await aServiceProcess('src/main.ts', flags, env);
  ending.push(() => service.process.kill('SIGKILL'));
  return service;
}

async function anApiServer(): Promise<{ readonly server: FakeApiServer; readonly kubeconfig: string }> {
  const server = await aFakeApiServer({ objects: [anObject('Namespace', 'shop')] });
  ending.push(() => server.close());
  return { server, kubeconfig: await server.kubeconfig() };
}

const call = (url: string, tool: string, body: object) => fetch(`${url}/api/v1/tools/${tool}`, aPost(body));
/** Processes start beside others. */
const aWhile = { timeout: 20_000, interval: 50 };
const listing = { kind: 'namespaces' };

describe('a service that is told to stop', () => {
  it('is not ready at once, and serves on, though nobody keeps a connection', async () => {
    const service = await aService({ drainDelayMs: 500 });
    const stopped = service.stop();

    expect((await fetch(`${service.url}/ready`)).status).toBe(503);
    const { status, headers } = await call(service.url, 'echo_text', { text: 'x' });
    expect([status, headers.get('connection')]).toEqual([200, 'close']);
    expect((await fetch(`${service.url}/health`)).status).toBe(200);
    await stopped;
    await expect(fetch(`${service.url}/health`)).rejects.toThrow('fetch failed');
  });

  it('keeps connections until then', async () => {
    const service = await aService();

    expect((await call(service.url, 'echo_text', { text: 'x' })).headers.get('connection')).toBe('keep-alive');
  });

  it('ends streams as if there was no more to say', async () => {
    const service = await aService({ drainDelayMs: 100 });
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } };
    const opened = await fetch(`${service.url}/mcp`, aPost({ jsonrpc: '2.0', id: 1, method: 'initialize', params }));
    const stream = await fetch(`${service.url}/mcp`, {
      headers: { accept: 'text/event-stream', 'mcp-session-id': opened.headers.get('mcp-session-id') ?? '' },
    });
    const stopped = service.stop();

    expect(stream.status).toBe(200);
    expect(await stream.text()).toBe('');
    await stopped;
  });
});

describe('the process', { timeout: 60_000 }, () => {
  it('answers what it was asked before it ends with 0', async () => {
    const { server, kubeconfig } = await anApiServer();
    const service = await aProcess(['--kubeconfig', kubeconfig]);
    server.on('GET /api/v1/namespaces', { delayMs: 1_000 });
    const answer = call(service.url, 'list_resources', listing);
    await expect.poll(() => server.requests.length, aWhile).toBeGreaterThan(0);

    const status = await service.stop();

    expect((await answer).status).toBe(200);
    expect(status).toBe(0);
    expect(service.log).toContainEqual(expect.objectContaining({ msg: 'stopping' }));
  });

  it('ends at once when it is told twice', async () => {
    const { server, kubeconfig } = await anApiServer();
    const service = await aProcess(['--kubeconfig', kubeconfig]);
    server.on('GET /api/v1/namespaces', 'hang');
    const answer = call(service.url, 'list_resources', listing).catch((error: Error) => error.message);
    await expect.poll(() => server.requests.length, aWhile).toBeGreaterThan(0);
    const exited = once(service.process, 'exit');

    service.process.kill('SIGTERM');
    await expect.poll(() => service.log.at(-1), aWhile).toMatchObject({ msg: 'stopping' });
    service.process.kill('SIGTERM');

    expect(await answer).toBe('fetch failed');
    expect(await exited).toEqual([130, null]);
  });

  it('is alive but not ready until the API server answers', async () => {
    const { server, kubeconfig } = await anApiServer();
    server.on('GET /readyz', { status: 500 }, 1);
    const service = await aProcess(['--kubeconfig', kubeconfig]);
    const ready = await fetch(`${service.url}/ready`);

    expect([ready.status, await ready.json()]).toEqual([503, { status: 'not ready' }]);
    expect((await fetch(`${service.url}/health`)).status).toBe(200);
    expect(service.log).toContainEqual(expect.objectContaining({ level: 'warn', msg: 'not ready' }));
    await expect.poll(async () => (await fetch(`${service.url}/ready`)).status, aWhile).toBe(200);
  });

  it('does not begin where it could not sign what a person is to approve', async () => {
    const begun = aProcess(['--demo', '--heal'], { XDG_STATE_HOME: '/dev/null' });

    await expect(begun).rejects.toThrow(
      'The key that actions are signed with cannot be kept in /dev/null/kubemend/signing-key.',
    );
  });

  it('is replaced, and so is its neighbour, while nobody who calls sees any of it', async () => {
    const balancer = await aLoadBalancer();
    ending.push(() => balancer.close());
    const aReplica = () => aProcess(['--demo', '--drain-delay', '1'], { RATE_LIMIT_ENABLED: 'false' });
    const old = await Promise.all([aReplica(), aReplica()]);
    balancer.replicas = old.map(({ url }) => url);
    await expect.poll(async () => (await call(balancer.url, 'list_clusters', {})).status, aWhile).toBe(200);

    const load = aLoad(() => call(balancer.url, 'list_clusters', {}));
    for (const replica of old) {
      const next = await aReplica();
      balancer.replicas = [...balancer.replicas, next.url];
      await expect.poll(async () => (await fetch(`${next.url}/ready`)).status, aWhile).toBe(200);
      expect(await replica.stop()).toBe(0);
      balancer.replicas = balancer.replicas.filter((url) => url !== replica.url);
    }
    const statuses = await load.end();

    expect(statuses.length).toBeGreaterThan(100);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
  });
});

/** Four callers, each of whom calls again as soon as it has an answer, at most a thousand times; all the answers' statuses. */
function aLoad(ask: () => Promise<Response>): { end(): Promise<readonly number[]> } {
  const statuses: number[] = [];
  const over = new AbortController();
  const callers = Array.from({ length: 4 }, async () => {
    for (let calls = 0; calls < 1_000 && !over.signal.aborted; calls++) {
      const answer = await ask();
      await answer.arrayBuffer();
      statuses.push(answer.status);
      await pause(10);
    }
  });
  return {
    async end() {
      over.abort();
      await Promise.all(callers);
      return statuses;
    },
  };
}
