import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approveAction } from '../../../src/tools/mend/approve-action.ts';
import type { HttpService } from '../../../src/transports/http.ts';
import { aBrowser, type Browser } from '../../support/browser.ts';
import { anObject } from '../../support/builders.ts';
import { aLiveDeployment } from '../../support/healing.ts';
import { aBed, aProcess, type Bed, type Process, recordOf, writesOf } from '../../support/healing-bed.ts';
import { aNode } from '../../support/nodes.ts';
import { anOidcServer, type OidcServer } from '../../support/oidc-server.ts';
import { aConsole, aRequest, aSignedIn, sessionOf } from './console-fixture.ts';

let provider: OidcServer;
let bed: Bed;
let process: Process;
let service: HttpService;
let browser: Browser;

beforeAll(async () => {
  provider = await anOidcServer();
});
afterAll(() => provider.stop());

beforeEach(async () => {
  const around = [anObject('Namespace', 'shop'), anObject('Namespace', 'default'), aNode('node-1'), aNode('node-2')];
  bed = await aBed([...around, ...aLiveDeployment().all]);
  process = await aProcess(bed);
  provider.person = 'jane';
  service = await serving();
  browser = await aSignedIn(service);
});
afterEach(async () => {
  await Promise.all([service.stop(), process.idle()]);
  await bed.server.close();
});

const serving = (heals = true): Promise<HttpService> =>
  aConsole({
    provider,
    heals,
    pipeline: { ...process.pipeline, tools: process.pipeline.tools.filter((tool) => tool !== approveAction) },
    clusters: process.clusters,
    approving: { ...process.pipeline, tools: [approveAction] },
  });

const web = { object: 'deployment/web' };

/** As the page plans. */
async function planned(): Promise<string> {
  const response = await browser.fetch(`${service.url}/api/v1/tools/restart_workload`, aRequest(web));
  const { details } = (await response.json()) as { details: { action_id: string } };
  return details.action_id;
}

async function asked(path: 'approve' | 'decline', id: string, by = browser): Promise<readonly [number, object]> {
  const response = await by.fetch(`${service.url}/ui/${path}`, aRequest({ action_id: id, namespace: 'shop' }));
  return [response.status, (await response.json()) as object];
}

/** Where the page sends the person to approve. */
async function wayToApprove(id: string): Promise<string> {
  const [, body] = await asked('approve', id);
  return (body as { location: string }).location;
}

describe('approving at the console', { timeout: 30_000 }, () => {
  it('takes signing in anew: then the plan is applied once, in the name of whoever did', async () => {
    const id = await planned();
    const before = provider.asked;
    const way = new URL(await wayToApprove(id));
    expect([way.searchParams.get('prompt'), way.searchParams.get('max_age')]).toEqual(['login', '0']);
    expect(writesOf(bed)).toEqual([]);
    const { url } = await browser.go(way);
    await process.idle();

    expect(provider.asked).toBe(before + 1);
    expect(url.href).toBe(`${service.url}/ui?view=actions&action=${id}&namespace=shop`);
    expect(recordOf(bed, id)).toMatchObject({ state: 'healthy', approvedBy: 'oidc:jane by signing in to approve' });
    expect(writesOf(bed)).toEqual(['PATCH deployments/web']);
    expect(process.audit.map(({ outcome }) => outcome)).toEqual([
      'planned',
      'applying',
      'written',
      'verifying',
      'healthy',
    ]);
    expect(await sessionOf(service, browser)).toEqual({ sign_in: 'possible', user: 'oidc:jane' });
  });

  it('is nothing that a page can do: asking for it changes nothing', async () => {
    const id = await planned();
    const [status] = await asked('approve', id);

    expect(status).toBe(200);
    expect(recordOf(bed, id).state).toBe('planned');
  });

  it('is for whoever looked at the plan', async () => {
    const id = await planned();
    const way = await wayToApprove(id);
    provider.person = 'joe';
    // The provider would ask first whether Jane is to be signed out.
    for (const name of browser.cookies.keys()) if (name.startsWith('_session')) browser.cookies.delete(name);
    await browser.go(way);

    expect(await sessionOf(service, browser)).toEqual({
      sign_in: 'possible',
      user: 'oidc:jane',
      notice: expect.objectContaining({ error: expect.stringContaining('Somebody else signed in') }),
    });
    expect(recordOf(bed, id).state).toBe('planned');
  });

  it('does not take a sign-in of before, whoever talked the provider out of asking', async () => {
    const id = await planned();
    const before = provider.asked;
    await browser.go(await wayToApprove(id), (address) => {
      address.searchParams.delete('prompt');
      address.searchParams.delete('max_age');
      return address;
    });

    expect(provider.asked).toBe(before);
    expect(await sessionOf(service, browser)).toMatchObject({ notice: { error: 'You were not signed in.' } });
    expect(recordOf(bed, id).state).toBe('planned');
  });

  it('works once: what was used is worth nothing, and neither is the plan', async () => {
    const id = await planned();
    let back = '';
    let cookies = new Map<string, string>();
    await browser.go(await wayToApprove(id), (address) => {
      if (address.pathname !== '/ui/callback') return address;
      back = address.href;
      cookies = new Map(browser.cookies);
      return address;
    });
    await process.idle();
    const again = aBrowser();
    for (const [name, value] of cookies) again.cookies.set(name, value);
    await again.go(back);

    expect(await sessionOf(service, again)).toMatchObject({ notice: { error: 'You were not signed in.' } });
    expect(await asked('approve', id)).toMatchObject([
      403,
      { error: `G3: The plan ${id} was used already: it is healthy.` },
    ]);
    expect(writesOf(bed)).toEqual(['PATCH deployments/web']);
  });

  it('tells why not, when the object is not as it was', async () => {
    const id = await planned();
    const way = await wayToApprove(id);
    bed.server.remove({ kind: 'Deployment', namespace: 'shop', name: 'web' });
    await browser.go(way);

    expect(await sessionOf(service, browser)).toMatchObject({
      notice: { error: expect.stringContaining('not as it was') },
    });
    expect(writesOf(bed)).toEqual([]);
  });

  it('shows nobody the plans of others', async () => {
    const id = await planned();
    provider.person = 'joe';
    const joe = await aSignedIn(service);

    expect(await asked('approve', id, joe)).toMatchObject([404, { error: 'There is no such action.' }]);
    expect(await asked('decline', id, joe)).toMatchObject([404, {}]);
  });

  it('takes the scope to heal', async () => {
    const id = await planned();
    const reading = await serving(false);
    const reader = await aSignedIn(reading);
    const response = await reader.fetch(`${reading.url}/ui/approve`, aRequest({ action_id: id, namespace: 'shop' }));

    expect([response.status, await response.json()]).toMatchObject([403, { details: { required_scope: 'k8s:heal' } }]);
    await reading.stop();
  });

  it('is not for programs, even with a token of the person', async () => {
    const id = await planned();
    const token = await provider.sign({ scope: 'k8s:admin' });
    const request = aRequest({ action_id: id, namespace: 'shop' });
    const headers = { ...(request.headers as Record<string, string>), authorization: `Bearer ${token}` };
    const alone = await fetch(`${service.url}/ui/approve`, { ...request, headers });
    const beside = await browser.fetch(`${service.url}/ui/approve`, { ...request, headers });

    expect([alone.status, beside.status]).toEqual([403, 403]);
  });

  it.each<[string, unknown]>([
    ['no plan', {}],
    ['more than a plan', { action_id: 'x', approval: 'approved' }],
    ['nothing', null],
  ])('is told what it takes, when it is asked for %s', async (_, body) => {
    const response = await browser.fetch(`${service.url}/ui/approve`, aRequest(body));

    expect([response.status, await response.json()]).toMatchObject([400, { error_type: 'validation_error' }]);
  });
});

describe('declining at the console', { timeout: 30_000 }, () => {
  it('needs no more than being signed in', async () => {
    const id = await planned();

    expect(await asked('decline', id)).toMatchObject([200, { state: 'declined' }]);
    expect(recordOf(bed, id).steps.at(-1)).toMatchObject({ state: 'declined', by: 'oidc:jane at the console' });
  });

  it('is not for whoever is not', async () => {
    const id = await planned();

    expect((await asked('decline', id, aBrowser()))[0]).toBe(401);
    expect(recordOf(bed, id).state).toBe('planned');
  });
});
