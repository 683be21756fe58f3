import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anOidcServer, audience, type OidcServer } from '../support/oidc-server.ts';
import { aNamespace, apply, deleteNamespaces, kubectl, type Service } from './bed.ts';
import { aRelease, askedBy, type Release } from './release.ts';
import { aWorkload } from './workloads.ts';

let home: string;
let shop: string;
let other: string;
let provider: OidcServer;
let release: Release;
let service: Service;

beforeAll(async () => {
  [home, shop, other] = (await Promise.all(['act-as-home', 'act-as-shop', 'act-as-other'].map(aNamespace))) as [
    string,
    string,
    string,
  ];
  provider = await anOidcServer();
  await apply(shop, aWorkload('web', { replicas: 1 }));
  await kubectl('rollout', 'status', 'deployment/web', '-n', shop, '--timeout=60s');
  await kubectl('create', 'rolebinding', 'ops', '--clusterrole=edit', '--group=oidc:ops', '-n', shop);
  release = await aRelease(home, {
    settings: {
      auth: 'oidc',
      oidcIssuers: [provider.issuer],
      oidcAudiences: [audience],
      identity: 'impersonate',
    },
    heal: { namespaces: [shop] },
  });
  service = await release.serve();
});

afterAll(async () => {
  await service.stop();
  await release.uninstall();
  await provider.stop();
  await deleteNamespaces([home, shop, other]);
});

async function called(tool: string, args: object) {
  const token = await provider.sign({ groups: ['ops'], scope: 'k8s:heal' });
  const response = await fetch(`${service.url}/api/v1/tools/${tool}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(args),
  });
  return [response.status, await response.json()] as const;
}

describe('a release that asks in the name of its callers', () => {
  it('is ready though its ServiceAccount may read nothing', async () => {
    expect((await fetch(`${service.url}/ready`)).status).toBe(200);
    expect(
      await kubectl('auth', 'can-i', '--list', '--as', release.account, '-n', shop).then((text) =>
        /\bpods\b|\bdeployments\b/.test(text),
      ),
    ).toBe(false);
  });

  it('shows callers what they themselves may see', async () => {
    expect(await called('diagnose', { namespace: shop })).toMatchObject([200, { verdict: 'healthy' }]);
    expect(await called('list_resources', { kind: 'pods', namespace: other })).toMatchObject([
      403,
      { error_type: 'permission_denied', details: { required_permission: 'list pods' } },
    ]);
  });

  it('plans what they may do, and keeps the plan in a Lease of its own', async () => {
    expect(await called('restart_workload', { object: 'deployment/web', namespace: shop })).toMatchObject([
      428,
      { error_type: 'approval_required' },
    ]);
    expect(await kubectl('get', 'leases', '-n', home, '-o', 'name')).toMatch(/^lease\.\S+\/kubemend-\w{26}$/m);
  });

  it('asks for nothing in its own name but who it is, records and events', async () => {
    const asked = await askedBy(release.account);
    const own = asked.filter(({ impersonated }) => !impersonated);

    expect(own.filter(({ allowed }) => !allowed)).toEqual([]);
    expect(new Set(own.map(({ permission }) => permission.split(' ')[1]))).toEqual(
      new Set(['authentication.k8s.io/selfsubjectreviews', 'coordination.k8s.io/leases', 'events']),
    );
    expect(asked.some(({ impersonated, permission }) => impersonated && permission === 'list pods')).toBe(true);
  });
});
