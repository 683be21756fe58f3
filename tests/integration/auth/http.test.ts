import { afterEach, describe, expect, it } from 'vitest';
import { noMetrics } from '../../../src/platform/metrics.ts';
import { createAuthentication } from '../../../src/transports/authentication.ts';
import { anAudit } from '../../support/audits.ts';
import { bearer, namedCallers } from '../../support/named-callers.ts';
import { type AppFixture, aClient, anApp, aPost } from '../transports/http-fixture.ts';

const apps: AppFixture[] = [];
afterEach(() => Promise.all(apps.splice(0).map((app) => app.close())));

function aGuarded(publicUrl?: string) {
  const [failures, callers]: [string[], string[]] = [[], []];
  const audited: object[] = [];
  const audit = anAudit((facts) => audited.push(facts));
  const limiter = { take: async (caller: string) => void callers.push(caller) };
  const metrics = { ...noMetrics, authFailure: (reason: string) => void failures.push(reason) };
  const app = anApp({
    authentication: createAuthentication({ authenticator: namedCallers, publicUrl, metrics }),
    call: { limiter, audit },
  });
  apps.push(app);
  return { ...app, failures, callers, audited };
}
const echo = (headers: Record<string, string> = {}) => aPost({ text: 'x' }, headers);
const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'fail_always', arguments: {} } };

describe('whoever is nobody', () => {
  it.each(['/api/v1/tools/echo_text', '/mcp'])('is told at %s where to log in', async (path) => {
    const app = aGuarded();
    const response = await app.fetch(path, echo());

    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(
      'Bearer realm="kubemend", scope="k8s:read", resource_metadata="http://localhost:8080/.well-known/oauth-protected-resource/mcp"',
    );
    expect(await response.json()).toMatchObject({ success: false, error_type: 'permission_denied' });
    expect(app.failures).toEqual(['missing']);
  });

  it.each([
    ['Basic amFuZTpqYW5l', 'missing'],
    ['Bearer', 'missing'],
    ['Bearer a b', 'missing'],
    ['Bearer mallory-admin', 'signature'],
  ])('with %s is not let in', async (authorization, reason) => {
    const app = aGuarded();

    expect((await app.fetch('/api/v1/tools/echo_text', echo({ authorization }))).status).toBe(401);
    expect((await app.fetch('/api/v1/tools', { headers: { authorization } })).status).toBe(401);
    expect(app.failures).toEqual([reason, reason]);
  });

  it('is not let in while nobody can tell who it is, and may try again', async () => {
    const response = await aGuarded().fetch('/api/v1/tools/echo_text', echo(bearer('away-admin')));

    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
  });

  it('may ask whether the service lives, how it is called, and where tokens are', async () => {
    const app = aGuarded('https://mend.example');

    expect((await app.fetch('/health')).status).toBe(200);
    expect((await app.fetch('/openapi.json')).status).toBe(200);
    expect(await (await app.fetch('/.well-known/oauth-protected-resource/mcp')).json()).toEqual({
      resource: 'https://mend.example/mcp',
      resource_name: 'kubemend',
      authorization_servers: ['https://id.example'],
      scopes_supported: ['k8s:read', 'k8s:logs', 'k8s:heal', 'k8s:admin'],
      bearer_methods_supported: ['header'],
    });
  });
});

describe('a token', () => {
  it('lets its bearer call what its scopes allow', async () => {
    expect((await aGuarded().fetch('/api/v1/tools/echo_text', echo(bearer('jane-read')))).status).toBe(200);
  });

  it.each<[string, string, object]>([
    ['REST', '/api/v1/tools/fail_always', {}],
    ['MCP', '/mcp', call],
    ['MCP, in a batch', '/mcp', [call]],
  ])('without a scope is told over %s which ones it needs, before anything runs', async (_, path, body) => {
    const app = aGuarded();
    const response = await app.fetch(path, aPost(body, bearer('jane-read')));

    expect(response.status).toBe(403);
    expect(app.audited).toMatchObject([{ user: 'jane', tool: 'fail_always', outcome: 'permission_denied' }]);
    expect(response.headers.get('www-authenticate')).toContain(
      'error="insufficient_scope", scope="k8s:read k8s:logs k8s:heal"',
    );
  });

  it('of no scope of ours allows nothing', async () => {
    expect((await aGuarded().fetch('/api/v1/tools/echo_text', echo(bearer('jane-none')))).status).toBe(403);
  });
});

describe('two principals', () => {
  it.each(['modern', 'legacy'] as const)('call in their own names in the %s era', async (era) => {
    const app = aGuarded();
    const as = (token: string): AppFixture => ({
      ...app,
      fetch: (path, init) =>
        app.fetch(path, { ...init, headers: { ...Object.fromEntries(new Headers(init?.headers)), ...bearer(token) } }),
    });
    const [jane, joe] = [await aClient(as('jane-read'), era), await aClient(as('joe-read'), era)];
    for (const client of [jane, joe, jane]) await client.callTool({ name: 'echo_text', arguments: { text: 'x' } });

    expect(app.callers).toEqual(['id#jane', 'id#joe', 'id#jane']);
    await Promise.all([jane.close(), joe.close()]);
  });

  it('do not find the sessions of each other', async () => {
    const app = aGuarded();
    const open = { jsonrpc: '2.0', id: 1, method: 'initialize', params: initialize };
    const opened = await app.fetch('/mcp', aPost(open, bearer('jane-read')));
    const session = opened.headers.get('mcp-session-id') ?? '';
    const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' };
    const asked = (token: string) => app.fetch('/mcp', aPost(list, { ...bearer(token), 'mcp-session-id': session }));

    expect(session).not.toBe('');
    expect([(await asked('joe-admin')).status, (await asked('jane-read')).status]).toEqual([404, 200]);
  });
});

const initialize = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'test', version: '1' },
};
