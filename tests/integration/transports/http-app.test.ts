import { describe, expect, it } from 'vitest';
import { noMetrics } from '../../../src/platform/metrics.ts';
import { fixtureTools, someClusters } from './fixtures.ts';
import { type AppFixture, aClient, anApp, aPost } from './http-fixture.ts';

const discover = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/list',
  params: {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
      'io.modelcontextprotocol/clientInfo': { name: 't', version: '1' },
    },
  },
};
const nested = (depth: number): string => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;

describe('probes', () => {
  it('is healthy as long as it answers', async () => {
    const response = await anApp().fetch('/health');

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'healthy', timestamp: expect.stringMatching(/^\d{4}-.*Z$/) });
  });

  it('is ready when the API server answers', async () => {
    const response = await anApp().fetch('/ready');

    expect([response.status, await response.json()]).toEqual([200, { status: 'ready' }]);
  });

  it('is not ready when the API server does not answer', async () => {
    const clusters = someClusters({ ping: () => Promise.reject(new Error('down')) });
    const response = await anApp({ clusters }).fetch('/ready');

    expect([response.status, await response.json()]).toEqual([503, { status: 'not ready' }]);
  });

  it('answers the kubelet, which calls the pod by its address', async () => {
    expect((await anApp().fetch('/ready', { headers: { host: '10.1.2.3:8080' } })).status).toBe(200);
  });
});

describe('who may call', () => {
  it.each(['localhost', 'localhost:8080', '127.0.0.1:1', '[::1]:8080'])('answers Host %s', async (host) => {
    expect((await anApp().fetch('/api/v1/tools', { headers: { host } })).status).toBe(200);
  });

  it.each(['evil.example', 'localhost.evil.example', '10.0.0.1:8080', ''])('rejects Host %j', async (host) => {
    expect((await anApp().fetch('/api/v1/tools', { headers: { host } })).status).toBe(403);
    expect((await anApp().fetch('/mcp', { ...aPost(discover), headers: { host } })).status).toBe(403);
  });

  it.each(['https://evil.example', 'http://localhost.evil.example', 'null', 'file://'])(
    'rejects pages of %s',
    async (origin) => {
      expect((await anApp().fetch('/mcp', aPost(discover, { origin }))).status).toBe(403);
      expect((await anApp().fetch('/api/v1/tools/echo_text', aPost({ text: 'x' }, { origin }))).status).toBe(403);
    },
  );

  it('answers pages of its own', async () => {
    expect((await anApp().fetch('/api/v1/tools', { headers: { origin: 'http://localhost:8080' } })).status).toBe(200);
  });

  it('answers hosts that the settings name', async () => {
    const allowed = anApp({ allowedHosts: ['kubemend.example'] });

    expect((await allowed.fetch('/api/v1/tools', { headers: { host: 'kubemend.example' } })).status).toBe(200);
  });
});

describe('hostile bodies', () => {
  it.each([
    ['no JSON', '{"a":'],
    ['too deep', nested(65)],
    ['hopelessly deep', nested(100_000)],
    ['many quotes', '"\\"'.repeat(300_000)],
  ])('refuses what is %s', async (_what, body) => {
    const rest = await anApp().fetch('/api/v1/tools/echo_text', aPost(body));
    const mcp = await anApp().fetch('/mcp', aPost(body));

    expect([rest.status, await rest.json()]).toMatchObject([400, { error_type: 'validation_error' }]);
    expect([mcp.status, await mcp.json()]).toMatchObject([400, { error: { code: -32_700 } }]);
  });

  it('refuses more than a mebibyte', async () => {
    const post = aPost({ text: 'x'.repeat(1024 * 1024) });

    expect((await anApp().fetch('/api/v1/tools/echo_text', post)).status).toBe(413);
    expect((await anApp().fetch('/mcp', post)).status).toBe(413);
  });

  it('refuses what a form can send', async () => {
    const form = { ...aPost({ text: 'x' }), headers: { 'content-type': 'text/plain' } };

    expect((await anApp().fetch('/api/v1/tools/echo_text', form)).status).toBe(415);
    expect((await anApp().fetch('/mcp', form)).status).toBe(415);
  });

  it.each(['[]', '1', '"x"', 'null', '{}', '[1,2]', '{"jsonrpc":"2.0"}', '{"jsonrpc":"2.0","method":5,"id":{}}'])(
    'answers %s at /mcp with a client error',
    async (body) => {
      const { status } = await anApp().fetch('/mcp', aPost(body));

      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    },
  );
});

describe('REST', () => {
  it('lists the tools', async () => {
    const response = await anApp().fetch('/api/v1/tools');

    expect(await response.json()).toMatchObject({ tools: fixtureTools.map(({ name }) => ({ name })) });
  });

  it('runs a tool', async () => {
    const response = await anApp().fetch('/api/v1/tools/echo_text', aPost({ text: 'hi' }));

    expect([response.status, await response.json()]).toMatchObject([200, { success: true, texts: ['hi'] }]);
  });

  it('runs a tool without a body', async () => {
    const response = await anApp().fetch('/api/v1/tools/fail_always', { method: 'POST' });

    expect([response.status, await response.json()]).toMatchObject([404, { error_type: 'not_found' }]);
  });

  it('says by which method tools are called', async () => {
    const response = await anApp().fetch('/api/v1/tools/echo_text');

    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await response.json()).toMatchObject({ success: false, error: 'A tool is called with POST.' });
  });

  it('says which setting allows a host', async () => {
    const response = await anApp().fetch('/api/v1/tools', { headers: { host: 'kubemend.example' } });

    expect(await response.json()).toMatchObject({
      error_type: 'refused',
      hint: expect.stringContaining('KUBEMEND_ALLOWED_HOSTS'),
    });
  });

  it.each([
    ['echo_text', { text: 1 }, 400, 'validation_error'],
    ['echo_text', { text: 'x', namespace: 'kube-system' }, 403, 'refused'],
    ['no_such_tool', {}, 404, 'not_found'],
  ])('answers %s with %j by a status', async (tool, body, status, errorType) => {
    const response = await anApp().fetch(`/api/v1/tools/${tool}`, aPost(body));

    expect([response.status, await response.json()]).toMatchObject([status, { success: false, error_type: errorType }]);
  });

  it('says when to come back', async () => {
    const rate = { allowed: false, limit: 100, windowSeconds: 60, remaining: 0, resetSeconds: 9 };
    const limited = anApp({ call: { limiter: { take: async () => rate } } });
    const { status, headers } = await limited.fetch('/api/v1/tools/echo_text', aPost({ text: 'x' }));

    expect([status, headers.get('retry-after')]).toEqual([429, '9']);
    expect([headers.get('ratelimit-policy'), headers.get('ratelimit')]).toEqual([
      '"calls";q=100;w=60',
      '"calls";r=0;t=9',
    ]);
  });

  it.each(['modern', 'legacy'] as const)('says over MCP how many calls are left, in the %s era', async (era) => {
    const seen: string[] = [];
    const rate = { allowed: true, limit: 100, windowSeconds: 60, remaining: 41, resetSeconds: 9 };
    const app = anApp({ call: { limiter: { take: async () => rate } } });
    const noting: AppFixture = {
      ...app,
      async fetch(path, init) {
        const response = await app.fetch(path, init);
        seen.push(response.headers.get('ratelimit') ?? '');
        return response;
      },
    };
    const client = await aClient(noting, era);
    await client.callTool({ name: 'echo_text', arguments: { text: 'x' } });
    await client.close();

    expect(seen).toContain('"calls";r=41;t=9');
  });

  it('ends a call whose client is gone', async () => {
    const client = new AbortController();
    const call = anApp().fetch('/api/v1/tools/wait_forever', { ...aPost({}), signal: client.signal });
    setImmediate(() => client.abort());

    expect((await call).status).toBe(504);
  });
});

describe('every answer', () => {
  it.each(['/health', '/api/v1/tools', '/nowhere', '/mcp'])('of %s echoes the request id', async (path) => {
    const response = await anApp().fetch(path, { headers: { 'x-request-id': 'abc.DEF-1_2' } });

    expect(response.headers.get('x-request-id')).toBe('abc.DEF-1_2');
  });

  it('has an id of ours when the offered one is malformed', async () => {
    const response = await anApp().fetch('/health', { headers: { 'x-request-id': 'a b' } });

    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is counted by its route, which is a closed set', async () => {
    const counted: unknown[] = [];
    const app = anApp({ metrics: { ...noMetrics, httpRequest: (request) => void counted.push(request) } });

    await app.fetch('/health');
    await app.fetch('/api/v1/tools/echo_text', aPost({ text: 'x' }));
    await app.fetch('/x/y', { method: 'PROPFIND' });

    expect(counted).toEqual([
      { method: 'GET', route: '/health', code: 200 },
      { method: 'POST', route: '/api/v1/tools/{tool_name}', code: 200 },
      { method: 'other', route: 'other', code: 404 },
    ]);
  });

  it('says where things are when there is nothing', async () => {
    const response = await anApp().fetch('/nowhere');

    expect([response.status, await response.json()]).toMatchObject([
      404,
      { hint: 'MCP is at /mcp, the tools are at /api/v1/tools, their description at /docs, the console at /ui.' },
    ]);
  });

  it('hides the words of an unexpected error', async () => {
    const broken = anApp({ readiness: { ready: () => Promise.reject(new Error('hunter2')) } });
    const response = await broken.fetch('/ready');

    expect([response.status, await response.text()]).toEqual([500, expect.not.stringContaining('hunter2')]);
  });
});
