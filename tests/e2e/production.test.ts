import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aRedisServer, type RedisServer } from '../support/redis-server.ts';
import { aNamespace, apply, cluster, deleteNamespaces, eventually, kubectl } from './bed.ts';
import { aRunningRelease, podsOf, type RunningRelease, replicas } from './running-release.ts';
import { aWorkload } from './workloads.ts';

let shop: string;
let other: string;
let redis: RedisServer;
let release: RunningRelease;
let jane: string;

beforeAll(async () => {
  [shop, other, redis] = await Promise.all([aNamespace('prod-shop'), aNamespace('prod-other'), aRedisServer()]);
  await apply(shop, aWorkload('web', { replicas: 1, image: 'shop/web:9.99-nope' }));
  await kubectl('create', 'rolebinding', 'jane', '--clusterrole=view', '--user=oidc:jane', '-n', shop);
  const mayCall = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': shop } } }];
  release = await aRunningRelease('prod', () => ({
    'networkPolicy.clients': mayCall,
    'networkPolicy.scrapers': mayCall,
  }));
  jane = await release.token('jane');
});

afterAll(async () => {
  await Promise.all([release?.close(), redis[Symbol.asyncDispose](), deleteNamespaces([shop, other])]);
});

const diagnosed = (namespace: string, token: string | undefined) => release.call('diagnose', { namespace }, token);

describe('the chart, installed where pods are restricted,', () => {
  it('has two replicas ready, of which one may be disrupted', async () => {
    await replicas(release.namespace, 2);

    await eventually(async () => {
      const budget = await kubectl('get', 'pdb', 'kubemend', '-n', release.namespace, '-o', 'jsonpath={.status}');
      expect(JSON.parse(budget)).toMatchObject({ currentHealthy: 2, disruptionsAllowed: 1 });
    });
  });

  it('answers an MCP client outside the cluster with what its user may see', async () => {
    const client = new Client({ name: 'test', version: '0.0.0' });
    const requestInit = { headers: { authorization: `Bearer ${jane}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', release.url), { requestInit }));

    const seen = await client.callTool({ name: 'diagnose', arguments: { namespace: shop } });
    const hidden = await client.callTool({ name: 'diagnose', arguments: { namespace: other } });

    await client.close();
    expect(seen.structuredContent).toMatchObject({
      success: true,
      verdict: 'unhealthy',
      causes: [{ object: { kind: 'Deployment', name: 'web' } }],
    });
    expect(hidden).toMatchObject({ isError: true, structuredContent: { error_type: 'permission_denied' } });
  });

  it('lets nobody in without a token', async () => {
    expect(await diagnosed(shop, undefined)).toMatchObject({ status: 401 });
  });

  it('serves on when a replica is killed', async () => {
    const [killed = ''] = await podsOf(release.namespace);

    await kubectl('delete', 'pod', killed, '-n', release.namespace, '--force', '--grace-period=0');

    expect(await eventually(() => answered(diagnosed(shop, jane)), { seconds: 5, pause: 200 })).toBe(200);
    await replicas(release.namespace, 2);
    expect(await podsOf(release.namespace)).not.toContain(killed);
  });

  it('is not ready while the API server is away, says so to callers, and comes back by itself', async () => {
    await cluster('stop-apiserver');
    try {
      await eventually(async () => expect(await release.get('/ready')).toBe(503), { seconds: 30 });

      expect(await release.get('/health')).toBe(200);
      const asked = await release.call('list_resources', { kind: 'configmaps', namespace: shop }, jane);
      expect(asked).toMatchObject({ status: 503, body: { error_type: 'unavailable' } });
    } finally {
      await cluster('start-apiserver');
    }
    await eventually(async () => expect(await release.get('/ready')).toBe(200), { seconds: 60 });
    await eventually(async () => expect(await diagnosed(shop, jane)).toMatchObject({ status: 200 }), { seconds: 60 });
    await replicas(release.namespace, 2);
  });

  it('counts calls alone while Redis is dead, and stays ready', async () => {
    const port = await release.reach('redis', 6379, redis.port);
    await kubectl(
      'create',
      'secret',
      'generic',
      'keys',
      '-n',
      release.namespace,
      '--from-literal=REDIS_URL=redis://redis:6379',
    );
    const upgraded = await release.upgrade({
      redis: { enabled: true },
      secret: { name: 'keys' },
      'networkPolicy.redis.ports': [port],
    });
    expect(upgraded).toMatchObject({ status: 0 });
    await replicas(release.namespace, 2);
    // New pods may once need longer than Redis has for an answer, and count alone for five seconds then.
    await eventually(
      async () => {
        expect(await diagnosed(shop, jane)).toMatchObject({ status: 200 });
        expect(await redis.ask('DBSIZE')).not.toContain(':0');
      },
      { pause: 6_000 },
    );

    await redis.signal('SIGKILL');

    expect(await diagnosed(shop, jane)).toMatchObject({ status: 200 });
    expect(await release.get('/ready')).toBe(200);
    expect(await fallbacks()).toBeGreaterThan(0);
  });

  it('leaves nothing behind when it is uninstalled', async () => {
    expect(await release.helm('uninstall', '--wait')).toMatchObject({ status: 0 });

    await eventually(async () => expect(await leftOf(release.namespace)).toEqual([]), { seconds: 90 });
  });
});

const answered = async (call: ReturnType<RunningRelease['call']>): Promise<number> => (await call).status;

/** Calls that replicas counted alone, by their own word. */
async function fallbacks(): Promise<number> {
  const counts = await Promise.all(
    (await podsOf(release.namespace)).map(async (pod) => {
      const path = `/api/v1/namespaces/${release.namespace}/pods/${pod}:9090/proxy/metrics`;
      const [, count] = /^mcp_rate_limit_fallback_total (\d+)$/m.exec(await kubectl('get', '--raw', path)) ?? [];
      return Number(count);
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Every object of any kind, in the cluster or the namespace, that says that it is of the release. */
async function leftOf(namespace: string): Promise<readonly string[]> {
  const kinds = (await kubectl('api-resources', '--verbs=list', '-o', 'name')).trim().split('\n');
  const shown = kinds.filter((kind) => !/^(events|componentstatuses|.*metrics\.k8s\.io)/.test(kind)).join(',');
  const label = 'app.kubernetes.io/instance=kubemend';
  const all = await kubectl('get', shown, '-A', '-l', label, '-o', 'name', '--ignore-not-found');
  const secrets = await kubectl('get', 'secrets,leases', '-n', namespace, '-o', 'name');
  return [...all.trim().split('\n'), ...secrets.trim().split('\n')].filter(
    (name) => name !== '' && name !== 'secret/keys',
  );
}
