import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { anObject, aPod } from '../../support/builders.ts';
import { aFakeApiServer, type FakeApiServer, type Fault as ServerFault } from '../../support/fake-api-server.ts';
import type { Fault as ConnectionFault } from '../../support/fault-proxy.ts';
import { aServiceBed, type ServiceBed } from './service-bed.ts';

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

const objects = [anObject('Namespace', 'shop'), ...['web', 'db', 'cache'].map((name) => aPod(name))];
const pods = 'GET /api/v1/namespaces/shop/pods';
const listing = { kind: 'pods', namespace: 'shop' };

async function aShop(user?: object, token?: string): Promise<{ server: FakeApiServer; bed: ServiceBed }> {
  const server = await aFakeApiServer({ objects, ...(token !== undefined && { token }) });
  ending.push(() => server.close());
  const bed = await aServiceBed(server, user && { user });
  ending.push(() => bed.close());
  return { server, bed };
}
const asked = ({ requests }: FakeApiServer) =>
  requests.filter(({ method, path }) => `${method} ${path}` === pods).length;

/** What all who call see, what it cost, and what is seen once it is over. */
async function seenOf({ server, bed }: Awaited<ReturnType<typeof aShop>>, mend: () => void) {
  const overRest = await bed.rest('list_resources', listing);
  const requests = asked(server);
  const overMcp = await bed.mcp('list_resources', listing);
  const text = await bed.exposed();
  const health = (await fetch(`${bed.url}/health`)).status;
  mend();
  const afterwards = (await bed.rest('list_resources', listing)).status;
  return { overRest, overMcp, requests, text, health, afterwards, logged: bed.logged.slice(0, 2) };
}

/** The same for everybody, told once a call. */
const failedWith = (status: number, type: string, says: RegExp) => ({
  overRest: {
    status,
    body: { success: false, error_type: type, error: expect.stringMatching(says), hint: expect.any(String) },
  },
  overMcp: { success: false, error_type: type },
  text: expect.stringContaining(`mcp_tool_errors_total{tool_name="list_resources",error_type="${type}"} 2`),
  logged: [{ outcome: type }, { outcome: type }],
  health: 200,
  afterwards: 200,
});

describe('an API server', () => {
  it.each<readonly [string, ServerFault, number, string, RegExp, number]>([
    ['answers 429', { status: 429 }, 502, 'api_error', /answered 429/, 4],
    ['answers 429 and says when to come back', { status: 429, retryAfter: 1 }, 502, 'api_error', /answered 429/, 4],
    ['wants nobody back today', { status: 429, retryAfter: 86_400 }, 502, 'api_error', /answered 429/, 1],
    ['answers 500', { status: 500, message: 'etcd is away' }, 502, 'api_error', /etcd is away/, 1],
    ['answers 503', { status: 503 }, 502, 'api_error', /answered 503/, 4],
    ['answers 401', { status: 401 }, 403, 'permission_denied', /does not accept these credentials/, 2],
    ['answers 410', { status: 410, reason: 'Expired' }, 400, 'validation_error', /too old/, 2],
    ['sends half of its JSON', 'truncated-json', 502, 'api_error', /not whole JSON/, 4],
    ['sends a web page', { text: '<html>', contentType: 'text/html' }, 502, 'api_error', /a web page/, 1],
    ['sends JSON of somebody else', { json: { rows: 7 } }, 502, 'api_error', /unexpected/, 1],
    ['resets in the middle', 'reset-mid-body', 503, 'unavailable', /broke/, 4],
    ['never answers', 'hang', 504, 'timeout', /took too long/, 4],
  ])('%s: callers are told so', async (_what, fault, status, type, says, atMost) => {
    const shop = await aShop();
    let broken = true;
    shop.server.on(({ method, path }) => broken && `${method} ${path}` === pods, fault);

    const seen = await seenOf(shop, () => {
      broken = false;
    });

    expect(seen).toMatchObject(failedWith(status, type, says));
    expect(seen.requests).toBeLessThanOrEqual(atMost);
  });
});

describe('a connection to an API server', () => {
  it.each<readonly [string, ConnectionFault, number, string, RegExp]>([
    ['is closed at once', 'close', 503, 'unavailable', /broke/],
    ['says nothing', 'hang', 504, 'timeout', /took too long/],
    ['stops in the middle of an answer', { hangAfter: 300 }, 504, 'timeout', /took too long/],
    ['is reset in the middle of an answer', { resetAfter: 300 }, 503, 'unavailable', /broke/],
    ['speaks another language', { says: '\u0000\u0001\u0002 SSH-2.0\r\n' }, 503, 'unavailable', /does not speak HTTP/],
    [
      'has a head without end',
      { says: `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}` },
      503,
      'unavailable',
      /does not speak HTTP/,
    ],
  ])('%s: callers are told so', async (_what, fault, status, type, says) => {
    const shop = await aShop();
    shop.bed.proxy.fault = fault;

    const seen = await seenOf(shop, () => {
      shop.bed.proxy.fault = undefined;
    });

    expect(seen).toMatchObject(failedWith(status, type, says));
    expect(shop.bed.proxy.connections).toBeLessThanOrEqual(20);
  });

  it.each<readonly [string, ConnectionFault]>([
    ['a byte at a time', { piece: 1, everyMs: 0 }],
    ['late', { lateMs: 200 }],
  ])('brings its answer %s: callers see nothing of it', async (_what, fault) => {
    const { bed } = await aShop();
    bed.proxy.fault = fault;

    expect((await bed.rest('list_resources', listing)).status).toBe(200);
  });
});

describe('a token', () => {
  it('that is exchanged in its file is read again when the old one is refused', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'kubemend-token-')), 'token');
    await writeFile(file, 'old');
    const { server, bed } = await aShop({ tokenFile: file }, 'old');
    expect((await bed.rest('list_resources', listing)).status).toBe(200);

    server.setToken('new');
    expect(await bed.rest('list_resources', listing)).toMatchObject({
      status: 403,
      body: { error_type: 'permission_denied', hint: expect.stringContaining('expired') },
    });
    await writeFile(file, 'new');
    expect((await bed.rest('list_resources', listing)).status).toBe(200);
  });
});
