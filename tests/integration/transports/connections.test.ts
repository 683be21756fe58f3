import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { boundConnections } from '../../../src/transports/connections.ts';
import type { HttpService } from '../../../src/transports/http.ts';
import { addressOf } from '../../../src/transports/listener.ts';
import { heldConnections } from '../../support/held-connections.ts';
import { aRunningService } from './service-fixture.ts';

const ending: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(ending.splice(0).map((end) => end()));
});

/** A server of two connections; `waiting` holds the requests to `/wait` that it has not answered. */
async function aServerOfTwo(): Promise<{ readonly server: Server; readonly url: string; waiting: ServerResponse[] }> {
  const waiting: ServerResponse[] = [];
  const server = createServer((asked, answer) => {
    if (asked.url === '/wait') waiting.push(answer);
    else answer.end('ok');
  });
  boundConnections(server, 2);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ending.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, url: addressOf(server), waiting };
}

/** A client that keeps one connection. */
function aClient(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  ending.push(() => agent.destroy());
  return {
    ask: (path: string) =>
      new Promise<{ readonly status: number | undefined; readonly reused: boolean }>((resolve, reject) => {
        const asked = request(`${url}${path}`, { agent }, (answer: IncomingMessage) => {
          answer.resume().once('end', () => resolve({ status: answer.statusCode, reused: asked.reusedSocket }));
        });
        asked.once('error', reject).end();
      }),
  };
}

describe('a server with as many connections as it may have', () => {
  it('closes the one that has asked nothing for longest when another comes', async () => {
    const { url } = await aServerOfTwo();
    const [first, second, third] = [aClient(url), aClient(url), aClient(url)];
    await first.ask('/');
    await second.ask('/');
    await first.ask('/');

    expect(await third.ask('/')).toMatchObject({ status: 200 });
    expect(await first.ask('/')).toEqual({ status: 200, reused: true });
    expect(await second.ask('/')).toEqual({ status: 200, reused: false });
  });

  it('closes none that waits for an answer, and turns away whoever comes then', async () => {
    const { url, waiting } = await aServerOfTwo();
    const answers = [aClient(url).ask('/wait'), aClient(url).ask('/wait')];
    await expect.poll(() => waiting.length).toBe(2);

    await expect(aClient(url).ask('/')).rejects.toThrow(/ECONNRESET|socket hang up/);
    for (const answer of waiting) answer.end();
    expect(await Promise.all(answers)).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(await aClient(url).ask('/')).toMatchObject({ status: 200 });
  });
});

describe('the service', { timeout: 30_000 }, () => {
  async function aService(): Promise<HttpService> {
    const service = await aRunningService();
    ending.push(() => service.stop());
    return service;
  }
  const health = async ({ url }: HttpService) => (await fetch(`${url}/health`)).status;

  it.each([
    ['nothing', ''],
    ['half a request', 'POST /mcp HTTP/1.1\r\nHost: local'],
  ])('answers probes while thousands hold connections and say %s', async (_what, said) => {
    const service = await aService();
    const held = await heldConnections(service.url, 2_500, said);
    ending.push(() => held.release());

    expect(await Promise.all(Array.from({ length: 20 }, () => health(service)))).toEqual(Array(20).fill(200));
    await expect.poll(() => held.open, { timeout: 5_000 }).toBeLessThanOrEqual(1_024);
  });

  it('closes a connection whose request comes a byte at a time', async () => {
    const { url } = await aService();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let said = '';
    socket.on('data', (chunk) => {
      said += String(chunk);
    });
    const closed = once(socket, 'close');
    const startedAt = performance.now();
    const slow = (async () => {
      for (const byte of `POST /mcp HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(200)}`) {
        if (socket.destroyed) return;
        socket.write(byte);
        await pause(100);
      }
    })();
    await Promise.all([closed, slow]);

    // The deadline of headers, and what passes until it is looked at (listener.ts).
    expect(performance.now() - startedAt).toBeLessThan(6_000 + 1_000);
    expect(said).toMatch(/^HTTP\/1\.1 408 [^]*"error":"The request did not come in time\."/);
  });

  it.each([
    ['wanted a proxy', 'CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['said no request', 'NONSENSE\r\n\r\n'],
    ['said half of one', 'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{'],
  ])('stops although somebody who %s does not hang up', async (_what, said) => {
    const service = await aRunningService();
    const socket = connect({ port: Number(new URL(service.url).port), host: '127.0.0.1', allowHalfOpen: true });
    ending.push(() => socket.destroy());
    socket.on('error', () => {}).resume();
    socket.write(said);
    await pause(100);

    await expect(service.stop()).resolves.toBeUndefined();
  });
});
