import { afterEach, describe, expect, it } from 'vitest';
import { createAdmission } from '../../../src/platform/admission.ts';
import { noMetrics } from '../../../src/platform/metrics.ts';
import { createRateLimiter } from '../../../src/platform/rate-limit.ts';
import { createAuthentication } from '../../../src/transports/authentication.ts';
import type { HttpOptions } from '../../../src/transports/http.ts';
import { anAudit } from '../../support/audits.ts';
import { bearer, namedCallers } from '../../support/named-callers.ts';
import { somePipeline } from './fixtures.ts';
import { aPost } from './http-fixture.ts';
import { aRunningService } from './service-fixture.ts';

const ending: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(ending.splice(0).map((end) => end()));
});

async function aService(options: Partial<HttpOptions>) {
  const authentication = createAuthentication({ authenticator: namedCallers, metrics: noMetrics });
  const service = await aRunningService({ authentication, ...options });
  ending.push(() => service.stop());
  return service;
}

type Post = (path: string, body: unknown, token?: string, more?: Readonly<Record<string, string>>) => Promise<Response>;
const poster =
  ({ url }: { readonly url: string }): Post =>
  (path, body, token = 'jane-read', more = {}) =>
    fetch(`${url}${path}`, aPost(body, { ...bearer(token), ...more }));

/** How often each status came. */
async function tally(answers: readonly Promise<Response>[]): Promise<Readonly<Record<number, number>>> {
  const statuses = await Promise.all(
    answers.map(async (answer) => {
      const response = await answer;
      await response.arrayBuffer();
      return response.status;
    }),
  );
  return Object.fromEntries([...Map.groupBy(statuses, (status) => status)].map(([key, all]) => [key, all.length]));
}
const times = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const echo = '/api/v1/tools/echo_text';
const wait = '/api/v1/tools/wait_forever';

describe('calls in a window', { timeout: 30_000 }, () => {
  it('beyond the limit are refused, by one and by a thousandfold, and written down', { timeout: 30_000 }, async () => {
    const audited: unknown[] = [];
    const limiter = createRateLimiter({ requests: 2, windowSeconds: 60, metrics: noMetrics });
    const audit = anAudit(({ outcome }) => audited.push(outcome));
    const post = poster(await aService({ pipeline: somePipeline({ limiter, audit }) }));

    expect(await tally(times(2, () => post(echo, { text: 'x' })))).toEqual({ 200: 2 });
    const refused = await post(echo, { text: 'x' });
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, expect.closeTo(59, -1)]);
    expect(await refused.json()).toMatchObject({ success: false, error_type: 'rate_limited' });
    expect(await tally(times(2_000, () => post(echo, { text: 'x' })))).toEqual({ 429: 2_000 });

    expect(audited.filter((outcome) => outcome === 'rate_limited')).toHaveLength(2_001);
    expect((await post(echo, { text: 'x' }, 'joe-read')).status).toBe(200);
  });

  it('are counted one by one where an older client sends many at once', async () => {
    const limiter = createRateLimiter({ requests: 60, windowSeconds: 60, metrics: noMetrics });
    const post = poster(await aService({ pipeline: somePipeline({ limiter }) }));
    const opened = await post('/mcp', initialize);
    const session = { 'mcp-session-id': opened.headers.get('mcp-session-id') ?? '' };
    const params = { name: 'echo_text', arguments: { text: 'x' } };
    const batch = (size: number) => times(size, (id) => ({ jsonrpc: '2.0', id, method: 'tools/call', params }));

    const text = await (await post('/mcp', batch(100), undefined, session)).text();
    const tooMany = await post('/mcp', batch(101), undefined, session);
    const farTooMany = await post('/mcp', batch(8_000), undefined, session);

    expect([text.match(/"success":true/g)?.length, text.match(/"rate_limited"/g)?.length]).toEqual([60, 40]);
    expect([tooMany.status, farTooMany.status]).toEqual([400, 400]);
    expect(await tooMany.json()).toMatchObject({ error: { message: expect.stringContaining('100 messages') } });
  });
});

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } },
};

describe('calls that run at once', { timeout: 30_000 }, () => {
  /** What one may have of a hundred, and of fifty places to wait in (the defaults). */
  const aBusyService = async () => {
    const shed: string[] = [];
    const admission = createAdmission({ waitMs: 500, onShed: (reason) => shed.push(reason) });
    const service = await aService({ pipeline: somePipeline({ admission }) });
    const running: Promise<Response>[] = [];
    ending.unshift(() => Promise.all([service.stop(), ...running]));
    return { service, shed, running, post: poster(service) };
  };

  it('are ten of one caller, and an eleventh may try again', async () => {
    const { post, running, shed } = await aBusyService();
    running.push(...times(10, () => post(wait, {})));

    const eleventh = await post(echo, { text: 'x' });

    expect([eleventh.status, eleventh.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await eleventh.json()).toMatchObject({ error_type: 'unavailable', details: { reason: 'queue_timeout' } });
    expect(shed).toEqual(['queue_timeout']);
    expect((await post(echo, { text: 'x' }, 'joe-read')).status).toBe(200);
  });

  it('are a hundred of all, fifty wait, and of a thousand none is forgotten', async () => {
    const { post, running, shed, service } = await aBusyService();
    running.push(...times(100, (index) => post(wait, {}, `caller${index % 10}-read`)));
    await expect.poll(async () => (await post(echo, { text: 'x' }, 'late-read')).status, { timeout: 10_000 }).toBe(503);
    shed.length = 0;

    const answers = times(900, (index) => post(echo, { text: 'x' }, `other${index % 90}-read`));

    expect((await fetch(`${service.url}/health`)).status).toBe(200);
    expect(await tally(answers)).toEqual({ 503: 900 });
    expect(Map.groupBy(shed, (reason) => reason).get('queue_timeout')?.length).toBeGreaterThanOrEqual(50);
    expect(shed).toContain('queue_full');
  });
});

describe('sessions of older clients', { timeout: 30_000 }, () => {
  it('refuse an id that is in use, and answer the request that has it', async () => {
    const post = poster(await aService({ pipeline: somePipeline({ timeoutMs: 1_000 }) }));
    const opened = await post('/mcp', initialize);
    const session = { 'mcp-session-id': opened.headers.get('mcp-session-id') ?? '' };
    const call = (name: string) => ({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name, arguments: {} } });
    const first = post('/mcp', call('wait_forever'), undefined, session).then((response) => response.text());
    await new Promise((resolve) => setTimeout(resolve, 100));
    const second = await post('/mcp', call('wait_forever'), undefined, session);

    expect(second.status).toBe(400);
    expect(await second.json()).toMatchObject({ error: { code: -32_600 } });
    expect(await first).toContain('"error_type":"timeout"');
    expect((await post('/mcp', call('wait_forever'), undefined, session)).status).toBe(200);
  });

  it('are a hundred of one caller, who ends only own ones by opening more', async () => {
    const service = await aService({});
    const post = poster(service);
    const open = async (token: string) =>
      (await post('/mcp', initialize, token)).headers.get('mcp-session-id') ?? 'none';
    const asked = async (token: string, session: string) =>
      (await post('/mcp', { jsonrpc: '2.0', id: 2, method: 'ping' }, token, { 'mcp-session-id': session })).status;
    const joes = await open('joe-read');
    const streamOf = (token: string, session: string) =>
      fetch(`${service.url}/mcp`, {
        headers: { authorization: `Bearer ${token}`, 'mcp-session-id': session, accept: 'text/event-stream' },
      });
    const stream = await streamOf('jane-read', await open('jane-read'));
    for (const _ of times(100, () => 0)) await open('jane-read');

    expect(await stream.text()).toBe('');
    expect(await asked('joe-read', joes)).toBe(200);
    expect(await asked('jane-read', 'x'.repeat(10_000))).toBe(404);
  });
});
