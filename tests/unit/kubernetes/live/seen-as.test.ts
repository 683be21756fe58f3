import { afterEach, describe, expect, it } from 'vitest';
import { builtinType } from '../../../../src/kubernetes/live/builtin-types.ts';
import { createRest, type Rest } from '../../../../src/kubernetes/live/rest.ts';
import { restSeenAs } from '../../../../src/kubernetes/live/seen-as.ts';
import type { View } from '../../../../src/kubernetes/ports.ts';
import { noMetrics } from '../../../../src/platform/metrics.ts';
import { anObject, aPod } from '../../../support/builders.ts';
import {
  aFakeApiServer,
  closeServers,
  type FakeApiServer,
  type RecordedRequest,
} from '../../../support/fake-api-server.ts';
import { clustersOf } from '../../../support/live-clusters.ts';

const servers: FakeApiServer[] = [];
afterEach(() => closeServers(servers.splice(0)));

const signal = new AbortController().signal;
const jane = { user: 'jane', groups: ['ops', 'system:authenticated'] };
const pods = { kind: 'pods', namespace: 'shop', limit: 10 };

type Asked = { readonly user?: string; readonly resourceAttributes: Readonly<Record<string, string>> };
const isReview = ({ path }: RecordedRequest): boolean => path.endsWith('/subjectaccessreviews');
const askedIn = ({ body }: RecordedRequest): Asked => (JSON.parse(body) as { spec: Asked }).spec;

/** A cluster in which `allowed` says what the user may do. */
async function aCluster(allowed: (asked: Asked) => boolean, view: View = { user: jane, logs: true }) {
  const server = await aFakeApiServer({ objects: [anObject('Namespace', 'shop'), aPod('web-1')] });
  servers.push(server);
  const reviews: Asked[] = [];
  server.on(isReview, (request, response) => {
    const asked = askedIn(request);
    reviews.push(asked);
    response.writeHead(201, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ kind: 'SubjectAccessReview', status: { allowed: allowed(asked) } }));
  });
  const clusters = await clustersOf(server, { cacheTtlMs: 0 });
  return { server, reviews, clusters, seen: clusters.as(view) };
}

/** What a cluster is talked to with, but for what is changed. */
const restOf = (server: FakeApiServer, own: Partial<Rest>): Rest => ({
  ...createRest({
    credentials: async () => ({ server: server.url, headers: {}, tls: { rejectUnauthorized: false } }),
    metrics: noMetrics,
    requestId: () => undefined,
  }),
  ...own,
});

describe('a cluster as somebody else sees it', () => {
  it('is read with our credentials once the API server has said that they may, too', async () => {
    const { seen, reviews } = await aCluster(() => true);
    const reader = await seen.reader(undefined);

    expect((await reader.list(pods, signal)).rows).toHaveLength(1);
    expect(reviews).toEqual([
      {
        ...jane,
        resourceAttributes: { verb: 'list', group: '', resource: 'pods', namespace: 'shop' },
      },
    ]);
  });

  it('is not read when they may not, and says what they lack', async () => {
    const { seen, server } = await aCluster(({ resourceAttributes }) => resourceAttributes['resource'] !== 'pods');
    const reader = await seen.reader(undefined);

    await expect(reader.list(pods, signal)).rejects.toMatchObject({
      code: 'permission_denied',
      message: 'jane may not list pods in namespace shop.',
      details: { required_permission: 'list pods', namespace: 'shop' },
    });
    expect(server.requests.filter(({ path }) => path.endsWith('/pods'))).toEqual([]);
  });

  it('is closed to them when that cannot be asked', async () => {
    const { seen, server } = await aCluster(() => true);
    server.on(isReview, { status: 500 });
    const reader = await seen.reader(undefined);

    await expect(reader.list(pods, signal)).rejects.toMatchObject({ code: 'unavailable' });
    expect(server.requests.filter(({ path }) => path.endsWith('/pods'))).toEqual([]);
  });

  it('is asked about once for equal reads, for each user apart', async () => {
    const { clusters, reviews } = await aCluster(() => true);
    const read = async (user: string): Promise<void> => {
      const reader = await clusters.as({ user: { user, groups: [] }, logs: true }).reader(undefined);
      await reader.list(pods, signal);
    };
    await Promise.all([read('jane'), read('jane'), read('joe')]);
    await read('jane');

    expect(new Set(reviews.map(({ user }) => user))).toEqual(new Set(['jane', 'joe']));
    expect(reviews).toHaveLength(2);
  });

  it('is asked about anew before each change', async () => {
    const answers = [true, false];
    const { server, clusters } = await aCluster(() => answers.shift() ?? false);
    const changes: unknown[] = [];
    const rest = restOf(server, { write: async (request) => changes.push(request) });
    const seen = restSeenAs({ rest, view: { user: jane, logs: true }, metrics: noMetrics });
    const asking = { verb: 'patch', type: builtinType('Deployment'), namespace: 'shop', name: 'web' } as const;
    const change = () => seen.write({ asking, path: '/', method: 'PATCH', body: {} }, { signal });
    await change();

    await expect(change()).rejects.toMatchObject({ details: { required_permission: 'patch apps/deployments' } });
    expect(changes).toHaveLength(1);
    await Promise.all([rest.close(), clusters.close()]);
  });

  it('answers what the credentials may as what the user may', async () => {
    const { seen } = await aCluster(({ resourceAttributes }) => resourceAttributes['resource'] === 'pods');
    const reader = await seen.reader(undefined);

    expect(await reader.can?.(['list pods', 'list secrets'], 'shop', signal)).toEqual([
      { permission: 'list pods', allowed: true },
      { permission: 'list secrets', allowed: false },
    ]);
    expect(await reader.identity?.(signal)).toEqual(jane);
  });

  it('has no logs for a token that does not allow them', async () => {
    const { seen, server } = await aCluster(() => true, { logs: false });
    const reader = await seen.reader(undefined);
    const target = { namespace: 'shop', pod: 'web-1', container: 'app', previous: false, tailLines: 10 };

    await expect(reader.log(target, signal)).rejects.toMatchObject({
      code: 'permission_denied',
      details: { required_scope: 'k8s:logs' },
    });
    expect((await reader.list(pods, signal)).rows).toHaveLength(1);
    expect(server.requests.filter(({ path }) => path.endsWith('/log'))).toEqual([]);
  });
});

describe('a cluster that is asked in the name of a user', () => {
  const impersonated = (user: string): View => ({
    user: { user, groups: ['ops', 'büro', 'system:masters'] },
    by: 'impersonation',
    logs: true,
  });

  it('gets the user and the groups with each request, and none of Kubernetes itself', async () => {
    const { seen, server, reviews } = await aCluster(() => false, impersonated('jané'));
    const reader = await seen.reader(undefined);
    await reader.list(pods, signal);

    const headers = server.requests.find(({ path }) => path.endsWith('/pods'))?.headers;
    expect([headers?.['impersonate-user'], headers?.['impersonate-group']]).toEqual(['jan%C3%A9', 'ops, b%C3%BCro']);
    expect(reviews).toEqual([]);
  });

  it('is not asked in the name of Kubernetes itself', async () => {
    const { seen } = await aCluster(() => true, impersonated('system:admin'));

    await expect(seen.reader(undefined)).rejects.toMatchObject({ code: 'permission_denied' });
  });
});
