import type { Client } from '@modelcontextprotocol/client';
import { afterEach, describe, expect, it } from 'vitest';
import { nextReads } from '../../../src/engines/reads.ts';
import { noMetrics } from '../../../src/platform/metrics.ts';
import { createRateLimiter } from '../../../src/platform/rate-limit.ts';
import { createAuthentication } from '../../../src/transports/authentication.ts';
import { canaryScene } from '../../support/canary-scene.ts';
import { catalogue } from '../../support/catalogue-calls.ts';
import { closeServers, type FakeApiServer } from '../../support/fake-api-server.ts';
import { aBed, aProcess } from '../../support/healing-bed.ts';
import { clustersOf } from '../../support/live-clusters.ts';
import { signingKey } from '../../support/live-writer.ts';
import { bearer, namedCallers } from '../../support/named-callers.ts';
import { type AppFixture, aClient, anApp, aPost } from '../transports/http-fixture.ts';

const servers: FakeApiServer[] = [];
const apps: AppFixture[] = [];
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
  await closeServers(servers.splice(0));
});

/** Jane and Kim may do all, Joe may read namespaces only; the service asks the API server about each of them. */
async function aShop(requests = 1000) {
  const { canaries: _canaries, ...scene } = canaryScene();
  const bed = await aBed(scene.objects, scene);
  servers.push(bed.server);
  bed.server.on(
    ({ path }) => path.endsWith('/subjectaccessreviews'),
    ({ body }, response) => {
      const { spec } = JSON.parse(body) as { spec: { user: string; resourceAttributes?: { resource: string } } };
      const allowed = spec.user !== 'joe' || spec.resourceAttributes?.resource === 'namespaces';
      response.writeHead(201, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ kind: 'SubjectAccessReview', status: { allowed } }));
    },
  );
  const clusters = await clustersOf(bed.server, {
    nextReads,
    cacheTtlMs: 30_000,
    now: () => bed.clock.ms,
    healing: { signingKeys: async () => [signingKey] },
  });
  const limiter = createRateLimiter({ requests, windowSeconds: 60, metrics: noMetrics });
  const { pipeline } = await aProcess(bed, { clusters, tools: catalogue, actAs: 'review', limiter });
  const authentication = createAuthentication({
    authenticator: namedCallers,
    publicUrl: undefined,
    metrics: noMetrics,
  });
  const app = anApp({ pipeline, clusters, authentication, approvalKey: async () => signingKey });
  apps.push(app);
  const as = (token: string): AppFixture => ({
    ...app,
    fetch: (path, init) => {
      const headers = { ...Object.fromEntries(new Headers(init?.headers)), ...bearer(token) };
      return app.fetch(path, { ...init, headers });
    },
  });
  const call = async (token: string, tool: string, args: object) => {
    const response = await as(token).fetch(`/api/v1/tools/${tool}`, aPost(args));
    return [
      response.status,
      (await response.json()) as { details?: { action_id?: string }; actions?: object[] },
    ] as const;
  };
  return { bed, as, call };
}

const pods = { kind: 'pods', namespace: 'shop' };
const restart = { object: 'deployment/web', namespace: 'shop', replicas: 4 };

describe('what one caller has read', { timeout: 30_000 }, () => {
  it('is not given to another one who may not, neither kept nor in flight', async () => {
    const { bed, call } = await aShop();
    expect(await call('jane-admin', 'list_resources', pods)).toMatchObject([200, {}]);
    expect(await call('joe-admin', 'list_resources', pods)).toMatchObject([403, { error_type: 'permission_denied' }]);

    bed.server.on(({ path }) => path.endsWith('/pods'), { delayMs: 100 });
    const both = await Promise.all([
      call('jane-admin', 'diagnose', { namespace: 'shop' }),
      call('joe-admin', 'diagnose', { namespace: 'shop' }),
    ]);

    expect(both[0]).toMatchObject([200, { verdict: 'unhealthy' }]);
    expect(both[1]).toMatchObject([200, { verdict: 'unknown', causes: [] }]);
    expect(JSON.stringify(both[1])).not.toMatch(/web-5d8f|starting|registry\.example/);
  });

  it('does not go on with the cursor of the other', async () => {
    const { call } = await aShop();
    const [, first] = await call('jane-admin', 'list_resources', { ...pods, limit: 1 });
    const { cursor } = first as { cursor?: string };

    expect(cursor).toBeDefined();
    expect(await call('joe-admin', 'list_resources', { ...pods, limit: 1, cursor })).toMatchObject([403, {}]);
  });

  it('is no log for a token without the scope for logs', async () => {
    const { call } = await aShop();
    const asked = { pod_name: 'web-5d8f-0', namespace: 'shop' };
    const [, whole] = await call('jane-logs', 'check_pod_health', asked);
    const [, less] = await call('kim-read', 'check_pod_health', asked);

    expect(JSON.stringify(whole)).toContain('giving up');
    expect(JSON.stringify(less)).not.toContain('giving up');
  });
});

describe('what one caller has planned', { timeout: 30_000 }, () => {
  async function planned() {
    const shop = await aShop();
    const [status, { details }] = await shop.call('jane-admin', 'scale_workload', restart);
    expect(status).toBe(428);
    return { ...shop, id: String(details?.action_id) };
  }

  it('is not listed, not found, not undone for another one who may do the same', async () => {
    const { call, id } = await planned();
    const listed = (token: string, args: object) => call(token, 'list_actions', { all_namespaces: true, ...args });

    expect(await listed('jane-admin', {})).toMatchObject([200, { actions: [{ action_id: id }] }]);
    expect(await listed('kim-admin', {})).toMatchObject([200, { actions: [] }]);
    for (const action of [id, '0'.repeat(26)])
      expect(await listed('kim-admin', { action_id: action })).toMatchObject([
        404,
        { error: expect.stringContaining('no') },
      ]);
    expect(await call('kim-admin', 'undo_action', { action_id: id })).toMatchObject([404, {}]);
  });

  it.each(['modern', 'legacy'] as const)(
    'is no resource of theirs, and completes nothing for who may not list, %s',
    async (era) => {
      const { as, id } = await planned();
      const [jane, kim, joe] = await Promise.all(
        ['jane-admin', 'kim-admin', 'joe-admin'].map((token) => aClient(as(token), era)),
      );
      const uri = `kubemend://actions/${id}`;
      const completed = (client: Client | undefined) =>
        client?.complete({
          ref: { type: 'ref/prompt', name: 'investigate' },
          argument: { name: 'object', value: 'pod/' },
          context: { arguments: { namespace: 'shop' } },
        });

      expect(JSON.stringify(await jane?.readResource({ uri }))).toContain(id);
      await expect(kim?.readResource({ uri })).rejects.toThrow('There is no resource');
      await expect(joe?.readResource({ uri: 'kubemend://reports/shop' })).resolves.not.toMatchObject({
        contents: [{ text: expect.stringContaining('web-5d8f') }],
      });
      expect((await completed(jane))?.completion.values).toContain('pod/starting');
      expect((await completed(joe))?.completion.values).toEqual([]);
    },
  );

  it('is not approved with the state of the question that was put to the first', async () => {
    const { as, bed } = await aShop();
    const round = async (token: string, more: object) => {
      const envelope = {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 't', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } },
      };
      const params = { _meta: envelope, name: 'scale_workload', arguments: restart, ...more };
      const headers = {
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': 'scale_workload',
      };
      const response = await as(token).fetch(
        '/mcp',
        aPost({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }, headers),
      );
      return response.text();
    };
    const first = await round('jane-admin', {});
    const requestState = /"requestState":"([^"]+)"/.exec(first)?.[1];
    const inputResponses = { approve: { action: 'accept', content: { apply: true } } };
    const stolen = await round('kim-admin', { requestState, inputResponses });

    expect(requestState).toBeDefined();
    expect(stolen).toContain('"error"');
    expect(
      bed.server.requests.filter(({ method, query }) => method === 'PATCH' && query.get('dryRun') === null),
    ).toEqual([]);
  });
});

describe('what one caller uses up, or has open', { timeout: 30_000 }, () => {
  it('is not taken from the other', async () => {
    const { call } = await aShop(2);
    for (const status of [200, 200, 429]) expect((await call('jane-admin', 'list_clusters', {}))[0]).toBe(status);

    expect(await call('kim-admin', 'list_clusters', {})).toMatchObject([200, {}]);
  });

  it.each(['GET', 'DELETE'])('a session is not theirs to %s', async (method) => {
    const { as } = await aShop();
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } };
    const opened = await as('jane-admin').fetch('/mcp', aPost({ jsonrpc: '2.0', id: 1, method: 'initialize', params }));
    const headers = {
      'mcp-session-id': opened.headers.get('mcp-session-id') ?? '',
      accept: 'application/json, text/event-stream',
    };
    const list = aPost({ jsonrpc: '2.0', id: 2, method: 'tools/list' }, headers);

    expect((await as('kim-admin').fetch('/mcp', { method, headers })).status).toBe(404);
    expect((await as('jane-admin').fetch('/mcp', list)).status).toBe(200);
  });
});
