import { afterEach, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../src/engines/objects.ts';
import type { Read } from '../../../src/engines/snapshot-data.ts';
import type { ClustersOptions } from '../../../src/kubernetes/live/clusters.ts';
import type { NextReads, Reader } from '../../../src/kubernetes/ports.ts';
import {
  aFakeApiServer,
  closeServers,
  type FakeApiServer,
  type FakeApiServerOptions,
} from '../../support/fake-api-server.ts';
import { clustersOf } from '../../support/live-clusters.ts';

const signal = new AbortController().signal;
const servers: FakeApiServer[] = [];

afterEach(async () => {
  await closeServers(servers.splice(0));
});

async function collecting(
  nextReads: NextReads | readonly Read[],
  options: FakeApiServerOptions = {},
  more: Partial<ClustersOptions> = {},
): Promise<{ server: FakeApiServer; reader: Reader }> {
  const server = await aFakeApiServer({ ...options, objects: [namespace, ...(options.objects ?? [])] });
  servers.push(server);
  const decide: NextReads = typeof nextReads === 'function' ? nextReads : () => nextReads;
  const clusters = await clustersOf(server, { nextReads: decide, ...more });
  return { server, reader: await clusters.reader(undefined) };
}

const namespace: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
const object = (kind: string, name: string, more: object = {}, apiVersion = 'v1'): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop' },
  ...more,
});

const list = (kind: string, as: 'full' | 'metadata' | 'table' = 'full', more: object = {}): Read => ({
  verb: 'list',
  kind,
  namespace: 'shop',
  as,
  ...more,
});
const get = (kind: string, name: string, more: object = {}): Read => ({
  verb: 'get',
  kind,
  namespace: 'shop',
  name,
  ...more,
});
const log = (previous = false): Read => ({
  verb: 'log',
  namespace: 'shop',
  pod: 'web',
  container: 'app',
  previous,
  tailLines: 5,
});

describe('collect', () => {
  it('brings objects, heads, pod rows and logs, each with its outcome', async () => {
    const broken = {
      spec: { nodeName: 'n1', containers: [{ name: 'app' }, { name: 'side' }] },
      status: {
        containerStatuses: [{ ready: true, restartCount: 5 }, { state: { waiting: { reason: 'CrashLoopBackOff' } } }],
      },
    };
    const reads = [
      list('Deployment'),
      list('Pod', 'table'),
      list('Secret', 'metadata'),
      log(),
      get('ConfigMap', 'web'),
    ];
    const { reader } = await collecting(reads, {
      objects: [
        object('Deployment', 'web', {}, 'apps/v1'),
        object('Pod', 'web', broken),
        object('Secret', 'db', { data: { password: 'Y2FuYXJ5' } }),
        object('ConfigMap', 'web', { data: { mode: 'plain' } }),
      ],
      logs: { 'shop/web/app': 'hello' },
    });

    const data = await reader.collect({ namespace: 'shop' }, signal);

    expect(data).toMatchObject({
      source: 'live',
      cluster: 'fake',
      version: 'v1.36.3',
      scope: { namespace: 'shop' },
      podRows: [
        {
          namespace: 'shop',
          name: 'web',
          ready: 1,
          containers: 2,
          status: 'CrashLoopBackOff',
          restarts: 5,
          age: '5m',
          node: 'n1',
        },
      ],
      heads: [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' } }],
      logs: [{ pod: 'web', lines: [{ text: 'hello' }] }],
    });
    expect(data.objects.map(({ kind, apiVersion }) => `${apiVersion} ${kind}`)).toEqual([
      'apps/v1 Deployment',
      'v1 ConfigMap',
    ]);
    expect(data.reads).toEqual(reads.map((read) => ({ read, outcome: 'ok' })));
    expect(data.cost).toMatchObject({ requests: 5, bytes: expect.any(Number), durationMs: expect.any(Number) });
    expect(JSON.stringify(data)).not.toContain('Y2FuYXJ5');
  });

  it('asks again with what it found until nothing is left to read, and reads nothing twice', async () => {
    const { server, reader } = await collecting(
      ({ objects }) => [list('Pod'), ...objects.map(({ metadata }) => get('ConfigMap', metadata.name)), list('Pod')],
      { objects: [object('Pod', 'web')] },
    );

    const { reads } = await reader.collect({ namespace: 'shop' }, signal);

    expect(reads.map(({ read, outcome }) => [read.verb, outcome])).toEqual([
      ['list', 'ok'],
      ['get', 'absent'],
    ]);
    expect(server.requests.filter(({ path }) => path.endsWith('/pods'))).toHaveLength(1);
  });

  it('stops after eight rounds', async () => {
    const { reader } = await collecting(({ reads }) => [get('Pod', `web-${reads.length}`)]);

    expect((await reader.collect({ namespace: 'shop' }, signal)).reads).toHaveLength(8);
  });

  it('makes a read that fails a result, in the words of the server', async () => {
    const { server, reader } = await collecting(
      [list('Pod'), list('Service'), list('Node', 'full', { namespace: undefined }), list('Node', 'table')],
      {
        denied: ['list services'],
      },
    );
    server.on('GET /api/v1/nodes', { status: 500, message: 'etcd is away' }, 1);

    const { reads } = await reader.collect({ namespace: 'shop' }, signal);

    expect(reads).toMatchObject([
      { outcome: 'ok' },
      { outcome: 'denied', message: expect.stringContaining('cannot list resource "services"') },
      { outcome: 'failed', message: expect.stringContaining('etcd is away') },
      { outcome: 'failed', message: expect.stringContaining('Only pods') },
    ]);
  });

  it('takes what does not exist for a finding', async () => {
    const reads = [
      get('Pod', 'gone'),
      log(true),
      list('Gateway', 'full', { apiVersion: 'gateway.networking.k8s.io/v1' }),
      list('Lease'),
    ];
    const { server, reader } = await collecting(reads, { objects: [object('Pod', 'web')] });
    server.on('GET /apis/coordination.k8s.io/v1/namespaces/shop/leases', { status: 404 });

    expect((await reader.collect({ namespace: 'shop' }, signal)).reads.map(({ outcome }) => outcome)).toEqual([
      'absent',
      'absent',
      'absent',
      'absent',
    ]);
  });

  it('asks an exact kind of its group version alone, once', async () => {
    const certificate = {
      group: 'cert-manager.io',
      version: 'v1',
      kind: 'Certificate',
      resource: 'certificates',
      namespaced: true,
      verbs: ['get', 'list'],
      shortNames: [],
    };
    const apiVersion = 'cert-manager.io/v1';
    const reads = [list('Certificate', 'full', { apiVersion }), get('Certificate', 'web', { apiVersion })];
    const { server, reader } = await collecting(reads, {
      types: [certificate],
      objects: [object('Certificate', 'web', {}, apiVersion)],
    });

    const { reads: results } = await reader.collect({ namespace: 'shop' }, signal);

    expect(results.map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
    expect(server.requests.map(({ path }) => path).filter((path) => /^\/apis(\/[^/]+\/[^/]+)?$/.test(path))).toEqual([
      '/apis/cert-manager.io/v1',
    ]);
  });

  it('keeps one of an object that two reads bring', async () => {
    const { reader } = await collecting(
      [list('Pod'), get('Pod', 'web'), list('Event'), list('Event', 'full', { apiVersion: 'events.k8s.io/v1' })],
      {
        objects: [object('Pod', 'web'), object('Event', 'e'), object('Event', 'e', {}, 'events.k8s.io/v1')],
      },
    );

    expect((await reader.collect({ namespace: 'shop' }, signal)).objects.map(({ kind }) => kind)).toEqual([
      'Pod',
      'Event',
      'Event',
    ]);
  });

  it('reads lists page by page', async () => {
    const objects = Array.from({ length: 1201 }, (_, index) => object('ConfigMap', `c-${index}`));
    const { server, reader } = await collecting([list('ConfigMap')], { objects });

    expect((await reader.collect({ namespace: 'shop' }, signal)).objects).toHaveLength(1201);
    expect(
      server.requests.filter(({ path }) => path.endsWith('configmaps')).map(({ query }) => query.get('continue')),
    ).toEqual([null, '500', '1000']);
  });

  it('starts again when a list expires on the way, and cuts it when that happens again', async () => {
    const objects = Array.from({ length: 600 }, (_, index) => object('ConfigMap', `c-${index}`));
    const { server, reader } = await collecting([list('ConfigMap')], { objects }, { cacheTtlMs: 0 });
    const expiry = { status: 410, reason: 'Expired' };
    server.on(({ query }) => query.has('continue'), expiry, 1);

    const whole = await reader.collect({ namespace: 'shop' }, signal);
    server.on(({ query }) => query.has('continue'), expiry);
    const cut = await reader.collect({ namespace: 'shop' }, signal);

    expect(whole).toMatchObject({ objects: { length: 600 }, reads: [{ outcome: 'ok' }] });
    expect(cut).toMatchObject({
      objects: { length: 500 },
      reads: [{ outcome: 'truncated', message: expect.stringContaining('500') }],
    });
  });

  it('tells the namespace of each row when pods of all are read', async () => {
    const { reader } = await collecting([{ verb: 'list', kind: 'Pod', as: 'table' }], {
      objects: [object('Pod', 'web')],
    });

    expect((await reader.collect({}, signal)).podRows).toMatchObject([{ namespace: 'shop', name: 'web' }]);
  });

  it('answers from its cache for a while, and asks again when told to keep nothing', async () => {
    const cached = await collecting([list('Pod')]);
    const uncached = await collecting([list('Pod')], {}, { cacheTtlMs: 0 });

    await cached.reader.collect({}, signal);
    const second = await cached.reader.collect({}, signal);
    await uncached.reader.collect({}, signal);
    await uncached.reader.collect({}, signal);

    expect(second.cost).toMatchObject({ requests: 0, bytes: 0 });
    const lists = (server: FakeApiServer) => server.requests.filter(({ path }) => path.endsWith('/pods'));
    expect([lists(cached.server).length, lists(uncached.server).length]).toEqual([1, 2]);
  });

  it('says which namespace was meant', async () => {
    const { reader } = await collecting([list('Pod'), { verb: 'get', kind: 'Namespace', name: 'shpo' }]);

    await expect(reader.collect({ namespace: 'shpo' }, signal)).rejects.toMatchObject({
      code: 'not_found',
      details: { suggestions: ['shop'] },
    });
  });

  it('brings a list of at most so many items, or says that there are more', async () => {
    const { reader } = await collecting([list('Pod', 'full', { atMost: 2 }), list('Service', 'full', { atMost: 2 })], {
      objects: [...['a', 'b', 'c'].map((name) => object('Pod', name)), object('Service', 'web')],
    });

    const { objects, reads } = await reader.collect({ namespace: 'shop' }, signal);

    expect(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual(['Service/web']);
    expect(reads.map(({ outcome }) => outcome)).toEqual(['exceeded', 'ok']);
  });

  it('says which object was meant', async () => {
    const { reader } = await collecting([get('Pod', 'wbe')], { objects: [object('Pod', 'web')] });

    await expect(
      reader.collect({ namespace: 'shop', object: { kind: 'Pod', namespace: 'shop', name: 'wbe' } }, signal),
    ).rejects.toMatchObject({ code: 'not_found', details: { suggestions: ['web'] } });
  });

  it('surfaces the failure when all that is known is that a kind is not served', async () => {
    const { reader } = await collecting([list('Pod'), list('HTTPRoute')], { denied: ['list pods'] });

    await expect(reader.collect({ namespace: 'shop' }, signal)).rejects.toMatchObject({ code: 'permission_denied' });
  });

  it('surfaces the missing permission when nothing at all may be read', async () => {
    const { reader } = await collecting([list('Pod'), list('Service')], { denied: ['list pods', 'list services'] });

    await expect(reader.collect({ namespace: 'shop' }, signal)).rejects.toMatchObject({
      code: 'permission_denied',
      details: { required_permission: 'list pods' },
    });
  });

  it('surfaces that the API server does not answer', async () => {
    const { server, reader } = await collecting([list('Pod'), list('Service')]);
    server.on(() => true, 'reset');

    await expect(reader.collect({ namespace: 'shop' }, signal)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('reads on while one read is not answered, and ends when there is enough', async () => {
    const enough = new AbortController();
    const { server, reader } = await collecting(
      ({ objects, reads }) => [
        list('Event'),
        list('Pod'),
        ...objects.map(({ metadata }) => get('ConfigMap', metadata.name)),
        ...reads.flatMap(({ outcome }) => (outcome === 'failed' ? [get('Secret', 'late')] : [])),
      ],
      { objects: [object('Pod', 'web')] },
    );
    server.on('GET /api/v1/namespaces/shop/events', 'hang');
    server.on('GET /api/v1/namespaces/shop/configmaps/web', () => enough.abort());

    const { reads, objects } = await reader.collect({ namespace: 'shop' }, signal, { enough: enough.signal });

    expect(objects.map(({ kind }) => kind)).toEqual(['Pod']);
    expect(reads.map(({ read, outcome }) => [read.verb === 'log' ? 'log' : read.kind, outcome])).toEqual([
      ['Event', 'failed'],
      ['Pod', 'ok'],
      ['ConfigMap', 'failed'],
      ['Secret', 'failed'],
    ]);
    expect(reads[0]?.message).toMatch(/^not answered in \d+\.\d s$/);
    expect(server.requests.map(({ path }) => path)).not.toContain('/api/v1/namespaces/shop/secrets/late');
  });

  it('tells when the first questions are on their way, before they are answered', async () => {
    const told: string[] = [];
    const { server, reader } = await collecting(async () => [list('Pod')]);
    server.on('GET /api/v1/namespaces/shop/pods', { delayMs: 50 });

    const collected = reader.collect({ namespace: 'shop' }, signal, { asked: () => told.push('asked') });
    await collected.then(() => told.push('answered'));

    expect(told).toEqual(['asked', 'answered']);
  });

  it('says so when nothing at all was answered in time', async () => {
    const enough = new AbortController();
    const { server, reader } = await collecting([list('Pod'), list('Service')]);
    server.on(
      () => true,
      () => enough.abort(),
    );

    await expect(reader.collect({ namespace: 'shop' }, signal, { enough: enough.signal })).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('Nothing was answered in'),
    });
  });

  it('ends when its caller gives up', async () => {
    const caller = new AbortController();
    const { server, reader } = await collecting([list('Pod')]);
    server.on('GET /api/v1/namespaces/shop/pods', () => caller.abort(new Error('enough')));

    await expect(reader.collect({ namespace: 'shop' }, caller.signal)).rejects.toThrow('enough');
  });

  it('works without a version', async () => {
    const { server, reader } = await collecting([list('Pod')]);
    server.on('GET /version', { status: 500 }, 1);

    expect(await reader.collect({}, signal)).not.toHaveProperty('version');
    expect(await reader.collect({}, signal)).toHaveProperty('version');
  });
});
