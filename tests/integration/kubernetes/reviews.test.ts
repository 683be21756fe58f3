import { afterEach, describe, expect, it } from 'vitest';
import { serviceAccountIdentity } from '../../../src/engines/access/request.ts';
import { aFakeApiServer, closeServers, type FakeApiServer } from '../../support/fake-api-server.ts';
import { clustersOf } from '../../support/live-clusters.ts';

const signal = new AbortController().signal;
const servers: FakeApiServer[] = [];
afterEach(() => closeServers(servers.splice(0)));

async function serving(path: string, status: object) {
  const server = await aFakeApiServer({});
  servers.push(server);
  server.on(`POST ${path}`, { json: { status } });
  const reader = await (await clustersOf(server)).reader(undefined);
  return { server, reader };
}

const listPods = { verb: 'list', target: { group: '', resource: 'pods', namespace: 'shop' } } as const;

describe('a review', () => {
  it('of the credentials themselves names nobody', async () => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const { server, reader } = await serving(path, { allowed: true, reason: 'RBAC: allowed by x' });

    expect(await reader.review?.(listPods, undefined, signal)).toEqual({ allowed: true, reason: 'RBAC: allowed by x' });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb: 'list', group: '', resource: 'pods', namespace: 'shop' } },
    });
  });

  it('of somebody else names user and groups', async () => {
    const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
    const { server, reader } = await serving(path, { allowed: false, evaluationError: 'role not found' });
    const who = serviceAccountIdentity('shop', 'api');
    const scrape = { verb: 'get', target: { path: '/metrics' } };

    expect(await reader.review?.(scrape, who, signal)).toEqual({ allowed: false, reason: 'role not found' });
    expect(JSON.parse(server.requests[0]?.body ?? '').spec).toEqual({
      ...who,
      nonResourceAttributes: { verb: 'get', path: '/metrics' },
    });
  });
});

describe('the identity of the credentials', () => {
  it('is what the server says', async () => {
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const { reader } = await serving(path, { userInfo: { username: 'jane', groups: ['dev'], extra: {} } });

    expect(await reader.identity?.(signal)).toEqual({ user: 'jane', groups: ['dev'] });
  });
});
