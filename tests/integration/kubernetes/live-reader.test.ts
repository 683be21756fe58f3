import { afterEach, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../src/engines/objects.ts';
import type { Reader, ResourceType } from '../../../src/kubernetes/ports.ts';
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

async function serving(options: FakeApiServerOptions): Promise<{ server: FakeApiServer; reader: Reader }> {
  const server = await aFakeApiServer(options);
  servers.push(server);
  const clusters = await clustersOf(server);
  return { server, reader: await clusters.reader(undefined) };
}

const object = (kind: string, name: string, more: object = {}, apiVersion = 'v1'): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop' },
  ...more,
});
const pod = (name: string, more: object = {}) => object('Pod', name, more);
const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

const certificate: ResourceType = {
  group: 'cert-manager.io',
  version: 'v1',
  kind: 'Certificate',
  resource: 'certificates',
  namespaced: true,
  verbs: ['get', 'list'],
  shortNames: ['cert'],
};

describe('resolve', () => {
  it.each([
    ['deploy', 'Deployment'],
    ['Deployment', 'Deployment'],
    ['deployments.apps', 'Deployment'],
    ['deployments.v1.apps', 'Deployment'],
    ['PODS', 'Pod'],
    ['hpa', 'HorizontalPodAutoscaler'],
  ])('knows %s without asking', async (written, kind) => {
    const { server, reader } = await serving({});

    expect(await reader.resolve(written, signal)).toMatchObject({ kind });
    expect(server.requests).toEqual([]);
  });

  it.each([true, false])('finds kinds of CRDs (aggregated discovery: %s)', async (aggregatedDiscovery) => {
    const { reader } = await serving({ types: [certificate], aggregatedDiscovery });

    expect(await reader.resolve('certificates.cert-manager.io', signal)).toEqual(certificate);
    expect(await reader.resolve('cert', signal)).toEqual(certificate);
  });

  it('names the nearest kinds for one that is not served', async () => {
    const { reader } = await serving({ types: [certificate] });

    await expect(reader.resolve('deploymnet', signal)).rejects.toMatchObject({
      code: 'not_found',
      details: { suggestions: expect.arrayContaining(['Deployment']) },
      hint: expect.stringContaining('Did you mean'),
    });
  });

  it('lives with a group that does not answer', async () => {
    const { server, reader } = await serving({ types: [certificate], aggregatedDiscovery: false });
    server.on('GET /apis/apps/v1', { status: 500 });

    expect(await reader.resolve('cert', signal)).toEqual(certificate);
  });
});

describe('get', () => {
  it('returns the object with its kind, slimmed', async () => {
    const managedFields = [{ manager: 'kubectl', operation: 'Update', time: 't', fieldsV1: { 'f:spec': {} } }];
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}', note: 'kept' };
    const { reader } = await serving({
      objects: [{ ...pod('web-1'), metadata: { name: 'web-1', namespace: 'shop', annotations, managedFields } }],
    });

    expect(await reader.get({ kind: 'po', namespace: 'shop', name: 'web-1' }, signal)).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'web-1',
        namespace: 'shop',
        annotations: { note: 'kept' },
        managedFields: [{ manager: 'kubectl', operation: 'Update', time: 't' }],
      },
    });
  });

  it('never returns the values of a Secret', async () => {
    const { reader } = await serving({ objects: [object('Secret', 'db', { data: { password: 'Y2FuYXJ5' } })] });

    const secret = await reader.get({ kind: 'secret', namespace: 'shop', name: 'db' }, signal);

    expect(JSON.stringify(secret)).not.toContain('Y2FuYXJ5');
    expect(secret).toMatchObject({ data: { password: expect.stringContaining('[REDACTED:secret') } });
  });

  it('suggests the nearest names', async () => {
    const { reader } = await serving({ objects: [namespace('shop'), pod('web-1'), pod('database-1')] });

    await expect(reader.get({ kind: 'Pod', namespace: 'shop', name: 'wbe-1' }, signal)).rejects.toMatchObject({
      code: 'not_found',
      message: 'Pod/wbe-1 in namespace shop does not exist.',
      details: { namespace: 'shop', suggestions: ['web-1'] },
    });
  });

  it('names the few namespaces that there are when none is near', async () => {
    const { reader } = await serving({ objects: [namespace('zebra'), namespace('kube-system')] });

    await expect(reader.get({ kind: 'Pod', namespace: 'nope', name: 'x' }, signal)).rejects.toMatchObject({
      code: 'not_found',
      hint: 'There are: zebra.',
    });
  });

  it('says when it is the namespace that does not exist', async () => {
    const { reader } = await serving({ objects: [namespace('shop')] });

    await expect(reader.get({ kind: 'Pod', namespace: 'shpo', name: 'web' }, signal)).rejects.toMatchObject({
      code: 'not_found',
      message: 'Namespace/shpo does not exist.',
      details: { suggestions: ['shop'] },
    });
  });

  it('suggests nothing where listing is denied', async () => {
    const { reader } = await serving({ denied: ['list pods', 'get namespaces'] });

    await expect(reader.get({ kind: 'Pod', namespace: 'shop', name: 'web' }, signal)).rejects.toMatchObject({
      code: 'not_found',
      details: { suggestions: [] },
    });
  });

  it('names the permission that is missing', async () => {
    const { reader } = await serving({ denied: ['get deployments'] });

    await expect(reader.get({ kind: 'deploy', namespace: 'shop', name: 'web' }, signal)).rejects.toMatchObject({
      code: 'permission_denied',
      details: { required_permission: 'get apps/deployments', namespace: 'shop', status: 403 },
    });
  });

  it.each(['../secrets/db', 'a/b', 'a%2fb', 'a?b', 'a b', 'a\u0000', '', 'x'.repeat(254)])(
    'refuses the name %j',
    async (name) => {
      const { server, reader } = await serving({});

      await expect(reader.get({ kind: 'Pod', namespace: 'shop', name }, signal)).rejects.toMatchObject({
        code: 'validation_error',
      });
      await expect(reader.get({ kind: 'Pod', namespace: name || '..', name: 'web' }, signal)).rejects.toMatchObject({
        code: 'validation_error',
      });
      expect(server.requests).toEqual([]);
    },
  );

  it('refuses kinds that cannot be read by name', async () => {
    const { reader } = await serving({ types: [{ ...certificate, verbs: ['create'] }] });

    await expect(reader.get({ kind: 'cert', namespace: 'shop', name: 'web' }, signal)).rejects.toMatchObject({
      code: 'validation_error',
      message: 'Certificate is a kind that cannot be read by name.',
    });
  });

  it('needs a namespace for what lives in one, and ignores it for what does not', async () => {
    const { reader } = await serving({ objects: [namespace('shop')] });

    await expect(reader.get({ kind: 'Pod', name: 'web' }, signal)).rejects.toMatchObject({ code: 'validation_error' });
    expect(await reader.get({ kind: 'ns', namespace: 'x', name: 'shop' }, signal)).toMatchObject({ kind: 'Namespace' });
  });
});

describe('list', () => {
  const pods = ['a', 'b', 'c'].map((name) => pod(name, { spec: { nodeName: 'n1', containers: [{}] } }));

  it('returns the columns of the server, page by page', async () => {
    const { reader } = await serving({ objects: pods });
    const query = { kind: 'pods', namespace: 'shop', limit: 2 };

    const first = await reader.list(query, signal);
    const second = await reader.list({ ...query, ...(first.cursor && { cursor: first.cursor }) }, signal);

    expect(first).toMatchObject({
      type: { kind: 'Pod' },
      columns: ['Name', 'Ready', 'Status', 'Restarts', 'Age'],
      rows: [
        { namespace: 'shop', cells: ['a', '0/1', 'Unknown', '0', '5m'] },
        { cells: ['b', '0/1', 'Unknown', '0', '5m'] },
      ],
      remaining: 1,
    });
    expect(second.rows.map(({ cells }) => cells[0])).toEqual(['c']);
    expect(second.cursor).toBeUndefined();
  });

  it('tells the namespace of each row when all are asked for', async () => {
    const { reader } = await serving({ objects: pods });

    const { rows } = await reader.list({ kind: 'pods', limit: 1 }, signal);

    expect(rows).toEqual([{ namespace: 'shop', cells: ['a', '0/1', 'Unknown', '0', '5m'] }]);
  });

  it('passes selectors on', async () => {
    const labelled = { ...pod('d'), metadata: { name: 'd', namespace: 'shop', labels: { app: 'web' } } };
    const { reader } = await serving({ objects: [...pods, labelled] });

    const { rows } = await reader.list(
      { kind: 'pods', limit: 9, labelSelector: 'app in (web,api)', fieldSelector: 'metadata.name!=a' },
      signal,
    );

    expect(rows.map(({ cells }) => cells[0])).toEqual(['d']);
  });

  it('refuses a cursor of another question, and one that it did not make', async () => {
    const { reader } = await serving({ objects: pods });
    const { cursor = '' } = await reader.list({ kind: 'pods', namespace: 'shop', limit: 1 }, signal);

    await expect(reader.list({ kind: 'pods', limit: 1, cursor }, signal)).rejects.toMatchObject({
      code: 'validation_error',
    });
    await expect(reader.list({ kind: 'pods', limit: 1, cursor: 'bm9uc2Vuc2U' }, signal)).rejects.toMatchObject({
      code: 'validation_error',
    });
  });

  it('makes pages of its own where the server knows none', async () => {
    const { server, reader } = await serving({});
    const rows = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ cells: [name] }));
    server.on('GET /api/v1/namespaces/shop/pods', { json: { columnDefinitions: [{ name: 'Name' }], rows } });
    const query = { kind: 'pods', namespace: 'shop', limit: 2 };

    const first = await reader.list(query, signal);
    const second = await reader.list({ ...query, ...(first.cursor && { cursor: first.cursor }) }, signal);
    const third = await reader.list({ ...query, ...(second.cursor && { cursor: second.cursor }) }, signal);

    expect([first, second, third].map((page) => page.rows.map(({ cells }) => cells[0]))).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e'],
    ]);
    expect([first.remaining, second.remaining, third.cursor]).toEqual([3, 1, undefined]);
  });

  it('says that the namespace does not exist instead of listing nothing', async () => {
    const { reader } = await serving({ objects: [namespace('shop')] });

    await expect(reader.list({ kind: 'pods', namespace: 'shpo', limit: 1 }, signal)).rejects.toMatchObject({
      code: 'not_found',
    });
    expect((await reader.list({ kind: 'pods', namespace: 'shop', limit: 1 }, signal)).rows).toEqual([]);
  });

  it('refuses kinds that cannot be listed', async () => {
    const { reader } = await serving({ types: [{ ...certificate, verbs: ['create'] }] });

    await expect(reader.list({ kind: 'cert', limit: 1 }, signal)).rejects.toMatchObject({ code: 'validation_error' });
  });

  it('answers an expired cursor with what to do', async () => {
    const { server, reader } = await serving({ objects: pods });
    const { cursor = '' } = await reader.list({ kind: 'pods', limit: 1 }, signal);
    server.on('GET /api/v1/pods', { status: 410, reason: 'Expired' });

    await expect(reader.list({ kind: 'pods', limit: 1, cursor }, signal)).rejects.toMatchObject({
      code: 'validation_error',
      details: { status: 410, problems: [{ path: 'cursor' }] },
    });
  });

  it('names the selector that the server refuses, in its words', async () => {
    const { server, reader } = await serving({});
    server.on('GET /api/v1/pods', { status: 400, message: "found '=', expected: identifier" });

    await expect(reader.list({ kind: 'pods', limit: 1, labelSelector: 'a===b' }, signal)).rejects.toMatchObject({
      code: 'validation_error',
      details: { problems: [{ path: 'label_selector', message: "found '=', expected: identifier" }] },
    });
  });
});

describe('events', () => {
  const event = (name: string, more: object, involved = 'web-1') =>
    object('Event', name, { involvedObject: { kind: 'Pod', name: involved }, ...more });

  it('returns those of the object, newest last, whatever timestamps they have', async () => {
    const { reader } = await serving({
      objects: [
        event('new', { series: { lastObservedTime: '2026-01-03T00:00:00Z' }, eventTime: '2026-01-01T00:00:00Z' }),
        event('old', { lastTimestamp: '2026-01-01T12:00:00Z' }),
        event('none', {}),
        event('middle', { lastTimestamp: null, eventTime: '2026-01-02T00:00:00Z' }),
        event('foreign', {}, 'db-1'),
      ],
    });

    const events = await reader.events({ kind: 'pods', namespace: 'shop', name: 'web-1' }, signal);

    expect(events.map(({ metadata }) => metadata.name)).toEqual(['none', 'old', 'middle', 'new']);
  });

  it('looks in namespace default for objects without one', async () => {
    const { server, reader } = await serving({});

    await reader.events({ kind: 'Node', name: 'n1' }, signal);

    expect(server.requests[0]?.path).toBe('/api/v1/namespaces/default/events');
  });
});

describe('log', () => {
  const target = { namespace: 'shop', pod: 'web-1', container: 'app', previous: false, tailLines: 2 };

  it('returns the last lines without timestamps, control characters and secrets', async () => {
    const { reader } = await serving({
      objects: [pod('web-1')],
      logs: { 'shop/web-1/app': ['first', '\u001b[31mred\u001b[0m', 'password=canary'] },
    });

    expect(await reader.log(target, signal)).toMatchObject({
      container: 'app',
      lines: [
        { at: '2026-01-02T03:04:05.123456789Z', text: 'red' },
        { text: expect.stringMatching(/^password=\[REDACTED/) },
      ],
    });
  });

  it('does not take an excuse of the kubelet for an empty log', async () => {
    const { reader } = await serving({
      objects: [pod('web-1')],
      logs: { 'shop/web-1/app?previous': ['unable to retrieve container logs for containerd://0123'] },
    });

    await expect(reader.log({ ...target, previous: true }, signal)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('keeps the end of a log that is larger than the cap', async () => {
    const lines = Array.from({ length: 600 }, (_, index) => `${index} ${'x'.repeat(10_000)}`);
    const { reader } = await serving({ objects: [pod('web-1')], logs: { 'shop/web-1/app': lines } });

    const { lines: read } = await reader.log({ ...target, tailLines: 600 }, signal);

    expect(read.at(-1)?.text).toMatch(/^599 x+…$/);
    expect(read.length).toBeGreaterThan(300);
  });

  it('asks for few bytes when it wants few lines, and keeps the end of them', async () => {
    const lines = Array.from({ length: 100 }, (_, index) => `${index} ${'x'.repeat(10_000)}`);
    const { server, reader } = await serving({ objects: [pod('web-1')], logs: { 'shop/web-1/app': lines } });

    const { lines: read } = await reader.log({ ...target, tailLines: 100 }, signal);

    expect(server.requests.at(-1)?.query.get('limitBytes')).toBe(`${512 * 1024}`);
    expect(read.at(-1)?.text).toMatch(/^99 x+…$/);
  });

  it('says of how many lines it handed on only the beginning', async () => {
    const { reader } = await serving({
      objects: [pod('web-1')],
      logs: { 'shop/web-1/app': ['short', 'x'.repeat(200_000)] },
    });
    const lengths: number[] = [];

    const { clipped, whole } = await reader.streamLog(
      target,
      (lines) => lengths.push(...lines.map(({ text }) => text.length)),
      signal,
    );

    expect({ clipped, whole, lengths }).toEqual({ clipped: 1, whole: true, lengths: [5, 8193] });
  });

  it('streams a log, and asks for no more than was wanted', async () => {
    const { server, reader } = await serving({
      objects: [pod('web-1')],
      logs: { 'shop/web-1/app': ['first', 'second', 'password=canary'] },
    });
    const texts: string[] = [];

    const streamed = await reader.streamLog(
      { ...target, sinceSeconds: 60 },
      (lines) => texts.push(...lines.map(({ text }) => text)),
      signal,
    );

    expect(texts).toEqual(['second', expect.stringMatching(/^password=\[REDACTED/)]);
    expect(streamed.whole).toBe(true);
    expect(Object.fromEntries(server.requests.at(-1)?.query ?? [])).toEqual({
      container: 'app',
      timestamps: 'true',
      tailLines: '2',
      sinceSeconds: '60',
    });
  });

  it('takes a stream that breaks for a cut, not for a failure', async () => {
    const { server, reader } = await serving({
      objects: [pod('web-1')],
      logs: { 'shop/web-1/app': ['first', 'second'] },
    });
    server.on(({ path }) => path.endsWith('/log'), 'reset-mid-body');
    const texts: string[] = [];

    const { whole } = await reader.streamLog(target, (lines) => texts.push(...lines.map(({ text }) => text)), signal);

    expect(whole).toBe(false);
    expect(texts[0]).toMatch(/^f/);
  });

  it('says that there is no earlier instance', async () => {
    const { reader } = await serving({ objects: [pod('web-1')] });

    await expect(reader.log({ ...target, previous: true }, signal)).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('previous terminated container "app" in pod "web-1" not found'),
    });
  });

  it('suggests the nearest pod', async () => {
    const { reader } = await serving({ objects: [namespace('shop'), pod('web-1')] });

    await expect(reader.log({ ...target, pod: 'web-2' }, signal)).rejects.toMatchObject({
      details: { suggestions: ['web-1'] },
    });
  });
});

describe('can', () => {
  it('asks the API server for each permission', async () => {
    const { server, reader } = await serving({ denied: ['list secrets', 'get pods/log'] });

    expect(
      await reader.can?.(
        ['list secrets', 'get pods/log', 'list apps/deployments', 'get metrics.k8s.io/pods'],
        'shop',
        signal,
      ),
    ).toEqual([
      { permission: 'list secrets', allowed: false },
      { permission: 'get pods/log', allowed: false },
      { permission: 'list apps/deployments', allowed: true },
      { permission: 'get metrics.k8s.io/pods', allowed: true },
    ]);
    expect(
      server.requests.map(
        ({ body }) => (JSON.parse(body) as { spec: { resourceAttributes: object } }).spec.resourceAttributes,
      ),
    ).toEqual(
      expect.arrayContaining([
        { verb: 'get', group: '', resource: 'pods', subresource: 'log', namespace: 'shop' },
        { verb: 'list', group: 'apps', resource: 'deployments', namespace: 'shop' },
        { verb: 'get', group: 'metrics.k8s.io', resource: 'pods', namespace: 'shop' },
      ]),
    );
  });
});

describe('read', () => {
  it('executes just the given reads', async () => {
    const { reader } = await serving({ objects: [pod('web-1')] });

    const data = await reader.read([{ verb: 'list', kind: 'Pod', namespace: 'shop', as: 'metadata' }], signal);

    expect(data).toMatchObject({
      version: 'v1.36.3',
      heads: [{ kind: 'Pod', apiVersion: 'v1' }],
      reads: [{ outcome: 'ok' }],
    });
  });
});

describe('a fresh read', () => {
  it('asks again for what was read a moment ago', async () => {
    const { server, reader } = await serving({ objects: [pod('web-0')] });
    const reads = [{ verb: 'list', kind: 'Pod', namespace: 'shop', as: 'full' }] as const;
    await reader.read(reads, signal);
    server.apply(pod('web-1'));

    const kept = await reader.read(reads, signal);
    const fresh = await reader.read(reads, signal, { fresh: true });

    expect([kept.objects.length, fresh.objects.length]).toEqual([1, 2]);
  });
});
