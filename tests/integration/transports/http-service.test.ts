import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, describe, expect, it } from 'vitest';
import { createPrometheusMetrics } from '../../../src/platform/prometheus.ts';
import type { HttpOptions, HttpService } from '../../../src/transports/http.ts';
import { startMetrics } from '../../../src/transports/metrics-endpoint.ts';
import { anAudit } from '../../support/audits.ts';
import { somePipeline } from './fixtures.ts';
import { aRunningService } from './service-fixture.ts';

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((service) => service.stop()));
});

async function aService(options: Partial<HttpOptions> = {}): Promise<HttpService> {
  const service = await aRunningService(options);
  open.push(service);
  return service;
}

const post = (url: string, body: string) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });

describe('the HTTP service', () => {
  it('serves MCP, REST and probes on one port', async () => {
    const { url } = await aService();
    const client = new Client({ name: 't', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`)));

    expect((await client.listTools()).tools).toHaveLength(3);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    expect((await post(`${url}/api/v1/tools/echo_text`, '{"text":"x"}')).status).toBe(200);
  });

  it('takes a body in chunks', async () => {
    const { url } = await aService();
    const headers = { 'content-type': 'application/json' };
    const body = ReadableStream.from([Buffer.from('{"text":'), Buffer.from('"x"}')]);

    const response = await fetch(`${url}/api/v1/tools/echo_text`, { method: 'POST', headers, body, duplex: 'half' });

    expect(await response.json()).toMatchObject({ success: true, texts: ['x'] });
  });

  it.each([
    ['OPTIONS', '/mcp', 400],
    ['PUT', '/mcp', 400],
    ['DELETE', '/mcp', 400],
    ['POST', '/mcp', 400],
    ['DELETE', '/api/v1/tools', 404],
    ['OPTIONS', '/api/v1/tools/echo_text', 405],
    ['POST', '/health', 404],
    ['POST', '/api/v1/tools/fail_always', 404],
  ])('answers %s %s without a body by %i', async (method, path, status) => {
    const { url } = await aService();

    expect((await fetch(`${url}${path}`, { method })).status).toBe(status);
  });

  it('ends the session that a client of 2025 gives back', async () => {
    const { url } = await aService();
    const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp`));
    await new Client({ name: 't', version: '1' }).connect(transport);
    const headers = { 'mcp-session-id': transport.sessionId ?? '' };

    expect((await fetch(`${url}/mcp`, { method: 'DELETE', headers })).status).toBe(200);
    expect((await fetch(`${url}/mcp`, { method: 'DELETE', headers })).status).toBe(404);
  });

  it('refuses a body in chunks that is too large', async () => {
    const { url } = await aService();
    const body = ReadableStream.from(Array.from({ length: 40 }, () => new Uint8Array(32 * 1024)));
    const headers = { 'content-type': 'application/json' };

    const response = await fetch(`${url}/api/v1/tools/echo_text`, {
      method: 'POST',
      headers,
      body,
      duplex: 'half',
    });

    expect(response.status).toBe(413);
  });

  it('ends the call of a client that hangs up', async () => {
    const ended = Promise.withResolvers<string>();
    const { url } = await aService({
      pipeline: somePipeline({ audit: anAudit(({ outcome }) => ended.resolve(String(outcome))) }),
    });
    const hangup = new AbortController();
    const call = fetch(`${url}/api/v1/tools/wait_forever`, { method: 'POST', signal: hangup.signal });
    setTimeout(() => hangup.abort(), 50);

    await expect(call).rejects.toThrow('aborted');
    expect(await ended.promise).toBe('timeout');
  });

  it('survives bytes that are no HTTP', async () => {
    const { url } = await aService();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.end('\u0000\u0001 garbage\r\n\r\n');
    await once(socket.resume(), 'close');

    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it('survives a Host header that is no host', async () => {
    const { url } = await aService();
    const status = await new Promise((resolve, reject) => {
      request(`${url}/mcp`, { headers: { host: 'a b/c@d' } }, ({ statusCode }) => resolve(statusCode))
        .on('error', reject)
        .end();
    });

    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  it('lets calls that run end when it stops, and takes no new ones', async () => {
    const gate = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const limiter = {
      take: async () => {
        started.resolve();
        await gate.promise;
        return undefined;
      },
    };
    const service = await aService({ pipeline: somePipeline({ limiter }), drainMs: 5000 });
    const call = post(`${service.url}/api/v1/tools/echo_text`, '{"text":"x"}');
    await started.promise;

    const stopped = service.stop();
    await expect(fetch(`${service.url}/health`)).rejects.toThrow('fetch failed');
    gate.resolve();

    expect((await call).status).toBe(200);
    await stopped;
  });

  it('ends calls that do not end by themselves', async () => {
    const service = await aService();
    const call = fetch(`${service.url}/api/v1/tools/wait_forever`, { method: 'POST' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await service.stop();

    const { status, headers } = await call;
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    expect(await (await call).json()).toMatchObject({
      error_type: 'unavailable',
      hint: expect.stringMatching(/replica/),
    });
  });

  it('ends streams of clients that only listen', async () => {
    const service = await aService();
    const client = new Client({ name: 't', version: '1' });
    await client.connect(new StreamableHTTPClientTransport(new URL(`${service.url}/mcp`)));

    await service.stop();

    await expect(client.listTools()).rejects.toThrow('fetch failed');
  });

  it('cannot listen on a port that is taken', async () => {
    const { url } = await aService();

    await expect(aService({ port: Number(new URL(url).port) })).rejects.toThrow('EADDRINUSE');
  });
});

describe('the metrics endpoint', () => {
  it('serves the metrics at its path, and nothing else', async () => {
    const metrics = createPrometheusMetrics({ version: '1', nodeVersion: '24', tools: [] });
    const endpoint = await startMetrics(metrics, '127.0.0.1', 0, '/metrics');
    open.push(endpoint);

    const scraped = await fetch(`${endpoint.url}/metrics?x=1`);

    expect(scraped.headers.get('content-type')).toContain('text/plain');
    expect(await scraped.text()).toContain('mcp_server_info{version="1",node_version="24"} 1');
    expect((await fetch(`${endpoint.url}/`)).status).toBe(404);
    expect((await fetch(`${endpoint.url}/metrics`, { method: 'POST' })).status).toBe(404);
  });
});
