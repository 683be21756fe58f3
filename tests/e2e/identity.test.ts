import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anOidcServer, audience, type OidcServer } from '../support/oidc-server.ts';
import { aNamespace, apply, aService, deleteNamespaces, kubectl, type Service } from './bed.ts';
import { called as restCall } from './rest-call.ts';
import { aWorkload } from './workloads.ts';

let shop: string;
let other: string;
let provider: OidcServer;
const services: Service[] = [];

beforeAll(async () => {
  [shop, other, provider] = await Promise.all([aNamespace('who-shop'), aNamespace('who-other'), anOidcServer()]);
  await apply(shop, aWorkload('web', { replicas: 1 }));
  await kubectl('create', 'serviceaccount', 'viewer', '-n', shop);
  await kubectl('create', 'rolebinding', 'viewer', '--clusterrole=view', `--serviceaccount=${shop}:viewer`, '-n', shop);
  await kubectl('create', 'rolebinding', 'ops', '--clusterrole=view', '--group=oidc:ops', '-n', shop);
});

afterAll(async () => {
  await Promise.all([...services.map((service) => service.stop()), provider.stop(), deleteNamespaces([shop, other])]);
});

async function serving(...flags: readonly string[]): Promise<Service> {
  const service = await aService(flags);
  services.push(service);
  return service;
}

const tokenOf = async (account: string, aud = 'kubemend'): Promise<string> =>
  (await kubectl('create', 'token', account, '-n', shop, `--audience=${aud}`)).trim();

/** Status and body of one call. */
async function called({ url }: Service, token: string | undefined, tool: string, args: object) {
  const { status, body } = await restCall(url, tool, args, token);
  return [status, body] as const;
}

const listed = (service: Service, token: string | undefined, namespace: string) =>
  called(service, token, 'list_resources', { kind: 'pods', namespace });

const denied = (who: string) => [
  403,
  {
    error_type: 'permission_denied',
    error: expect.stringContaining(who),
    details: expect.objectContaining({ required_permission: 'list pods' }),
  },
];

describe('a ServiceAccount that calls with a token for us', () => {
  it('sees what it may see, and nothing else', async () => {
    const service = await serving('--auth', 'tokenreview');
    const token = await tokenOf('viewer');

    expect(await listed(service, token, shop)).toMatchObject([200, { success: true }]);
    expect(await listed(service, token, other)).toMatchObject(denied(`system:serviceaccount:${shop}:viewer`));
    expect(await called(service, token, 'diagnose', { namespace: shop })).toMatchObject([200, { verdict: 'healthy' }]);
  });

  it('is nobody without a token, with one for others, and with one that is made up', async () => {
    const service = await serving('--auth', 'tokenreview');

    for (const token of [undefined, await tokenOf('viewer', 'vault'), 'made.up.token'])
      expect(await listed(service, token, shop)).toMatchObject([401, { error_type: 'permission_denied' }]);
  });

  it('may no longer once it was taken away', async () => {
    await kubectl('create', 'serviceaccount', 'guest', '-n', shop);
    await kubectl('create', 'rolebinding', 'guest', '--clusterrole=view', `--serviceaccount=${shop}:guest`, '-n', shop);
    const service = await serving('--auth', 'tokenreview', '--k8s-cache-ttl', '0');
    const token = await tokenOf('guest');
    expect(await listed(service, token, shop)).toMatchObject([200, {}]);

    await kubectl('delete', 'rolebinding', 'guest', '-n', shop);

    await expect
      .poll(() => listed(service, token, shop), { timeout: 45_000, interval: 2_000 })
      .toMatchObject([403, {}]);
  });
});

describe('a person with a token of the identity provider', () => {
  const oidc = () => ['--auth', 'oidc', '--oidc-issuers', provider.issuer, '--oidc-audiences', audience];
  const janes = (scope: string) => provider.sign({ groups: ['ops'], scope });

  it.each(['serviceaccount+sar', 'impersonate'])('sees by %s what their groups may see', async (identity) => {
    const service = await serving(...oidc(), '--identity', identity);
    const token = await janes('k8s:logs');

    expect(await listed(service, token, shop)).toMatchObject([200, { success: true }]);
    expect(await listed(service, token, other)).toMatchObject(denied('oidc:jane'));
  });

  it('needs the scope for what they do, and then the permission for it', async () => {
    const service = await serving(...oidc(), '--heal');
    const restart = (token: string) =>
      called(service, token, 'restart_workload', { object: 'deployment/web', namespace: shop });

    expect(await restart(await janes('k8s:read'))).toMatchObject([
      403,
      { details: { required_scope: 'k8s:read k8s:logs k8s:heal' } },
    ]);
    expect(await restart(await janes('k8s:heal'))).toMatchObject([
      403,
      { error_type: 'refused', error: expect.stringMatching(/G7: .*patch apps\/deployments/) },
    ]);
  });

  it('is let in again when the provider was away at the start', async () => {
    const late = await anOidcServer();
    const token = await late.sign({ groups: ['ops'], scope: 'k8s:read' });
    await late.stop();
    const service = await serving('--auth', 'oidc', '--oidc-issuers', late.issuer, '--oidc-audiences', audience);

    expect((await fetch(`${service.url}/ready`)).status).toBe(503);
    expect(await listed(service, token, shop)).toMatchObject([503, { error_type: 'unavailable' }]);
    await late.start();
    expect((await fetch(`${service.url}/ready`)).status).toBe(200);
    expect(await listed(service, token, shop)).toMatchObject([200, {}]);
    await late.stop();
  });
});
