import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { anOidcServer, consoleClient, type OidcServer } from '../support/oidc-server.ts';
import {
  aNamespace,
  apply,
  aService,
  deleteNamespaces,
  eventually,
  kubeconfig,
  kubectl,
  kubemend,
  type Service,
} from './bed.ts';
import { aChatHost } from './chat-host.ts';
import { aChromium, aTab, inPage, isTooWide, says } from './chromium.ts';
import { aHealer } from './healer.ts';
import { aWorkload } from './workloads.ts';

let browser: Browser;
let provider: OidcServer;
let service: Service;
let shop: string;
let open: Service;
const folder = mkdtempSync(join(tmpdir(), 'kubemend-console-'));
const auditFile = join(folder, 'audit.jsonl');
const binding = `console-${randomBytes(3).toString('hex')}`;

beforeAll(async () => {
  [browser, provider, shop] = await Promise.all([aChromium(), anOidcServer({ withPage: true }), aNamespace('console')]);
  await kubectl('create', 'clusterrolebinding', binding, '--clusterrole=cluster-admin', '--user=oidc:jane');
  await broken('web');
  // What others did is not its history: it has a key of its own.
  open = await aService(['--heal', '--k8s-cache-ttl', '0'], aHealer(shop).env);
  const flags = ['--auth', 'oidc', '--oidc-issuers', provider.issuer, '--oidc-audiences', 'kubemend'];
  service = await aService(
    ['--heal', '--audit-file', auditFile, ...flags, '--console-client-id', consoleClient.client_id],
    aHealer(shop).env,
  );
});
afterAll(async () => {
  await Promise.all([
    browser.close(),
    service.stop(),
    open.stop(),
    provider.stop(),
    kubectl('delete', 'clusterrolebinding', binding),
    deleteNamespaces([shop]),
  ]);
  rmSync(folder, { recursive: true, force: true });
});

/** A workload whose last rollout names an image that does not exist. */
async function broken(name: string): Promise<void> {
  await apply(shop, aWorkload(name, { replicas: 1 }));
  await kubectl('rollout', 'status', `deployment/${name}`, '-n', shop, '--timeout=120s');
  await kubectl('set', 'image', `deployment/${name}`, 'app=busybox:1.63', '-n', shop);
  await eventually(async () => {
    const pods = await kubectl('get', 'pods', '-n', shop, '-l', `app=${name}`);
    if (!/ImagePull|ErrImage/.test(pods)) throw new Error(pods);
  });
}

const imageOf = async (name: string): Promise<string> =>
  kubectl('get', 'deployment', name, '-n', shop, '-o', 'jsonpath={..image}');

describe('a person at the console of a cluster', () => {
  it('signs in, sees the cause, plans, approves by signing in anew, and sees it verified', async () => {
    // Another site than its provider's, as browsers see it: cookies stay at home that are not meant to come along.
    const home = service.url.replace('127.0.0.1', 'localhost');
    const { page, troubles, violations, shot } = await aTab(browser, { origins: [home, provider.issuer] });
    await page.goto(`${home}/ui?namespace=${shop}`);
    await says(page, 'Sign in');
    await shot('sign-in');
    expect(await violations()).toEqual([]);

    await page.locator('a ::-p-text(Sign in)').click();
    await page.locator('button ::-p-text(Sign in)').click();
    await says(page, `1 thing is broken in ${shop}`);
    await says(page, 'oidc:jane');
    expect(page.url()).toBe(`${home}/ui?namespace=${shop}`);
    expect(await inPage(page, 'document.cookie')).toBe('');

    await page.locator('button ::-p-text(Plan this)').click();
    await says(page, 'Approving takes you to sign in once more');
    await says(page, 'The API server would take the change of Deployment/web and the pods of its new template.');
    await shot('plan');
    expect(await violations()).toEqual([]);
    expect(await imageOf('web')).toBe('busybox:1.63');
    expect(provider.asked).toBe(1);

    await page.locator('button ::-p-text(Approve by signing in)').click();
    await page.waitForNavigation();
    expect(await imageOf('web')).toBe('busybox:1.63');
    await page.locator('button ::-p-text(Sign in)').click();
    await says(page, 'approved by oidc:jane by signing in to approve');
    await says(page, 'healthy verified');
    await shot('healed');
    await page.setViewport({ width: 360, height: 800 });
    await shot('healed-phone');

    expect(await isTooWide(page)).toBe(false);
    expect(await violations()).toEqual([]);

    await page.locator('a ::-p-text(All actions)').click();
    await says(page, 'What you planned and did');
    await says(page, 'rollback workload');
    await shot('actions-phone');
    expect(await violations()).toEqual([]);
    await page.locator('a ::-p-text(rollback workload)').click();
    await page.locator('button ::-p-text(Plan to undo it)').click();
    await says(page, 'Approving takes you to sign in once more');
    await page.locator('button ::-p-text(Decline)').click();
    await says(page, 'declined');
    expect(provider.asked).toBe(2);
    expect(await imageOf('web')).toBe('busybox:1.36');
    expect(troubles).toEqual([]);
  });

  it('has left a trail: who asked, who approved, what came of it', async () => {
    const records = readFileSync(auditFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { audit: Record<string, unknown> }).audit);
    const verified = await kubemend(['audit', 'verify', auditFile]);

    expect(records).toContainEqual(expect.objectContaining({ tool: 'rollback_workload', user: 'oidc:jane' }));
    expect(records).toContainEqual(
      expect.objectContaining({
        tool: 'approve_action',
        user: 'oidc:jane',
        outcome: 'begun',
        client: consoleClient.client_id,
      }),
    );
    expect(records).toContainEqual(expect.objectContaining({ action: 'rollback_workload', outcome: 'healthy' }));
    expect(verified.status).toBe(0);
  });

  it('is the only one who reaches what approves', async () => {
    const token = await provider.sign({ scope: 'k8s:admin' });
    const response = await fetch(`${service.url}/api/v1/tools/approve_action`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ action_id: '0'.repeat(26) }),
    });

    expect([response.status, await response.json()]).toMatchObject([404, { error_type: 'not_found' }]);
  });
});

describe('where nobody signs in', () => {
  it('a plan is shown with the command that approves it, and no button', async () => {
    await broken('api');
    const { page, troubles, violations } = await aTab(browser, { origins: [open.url] });
    await page.goto(`${open.url}/ui?namespace=${shop}&object=deployment/api`);
    await says(page, '1 thing is broken in Deployment/api');
    await page.locator('button ::-p-text(Plan this)').click();
    await says(page, 'kubemend heal approve ');
    const buttons = await inPage(page, `[...document.querySelectorAll('main button')].map((each) => each.textContent)`);

    expect(buttons).toEqual([]);
    expect(await violations()).toEqual([]);
    expect(troubles).toEqual([]);
    expect(await imageOf('api')).toBe('busybox:1.63');
  });

  it('one of several clusters is chosen', async () => {
    const config = parse(readFileSync(await kubeconfig(), 'utf8')) as { contexts: { name: string }[] };
    const file = join(folder, 'kubeconfig');
    writeFileSync(
      file,
      stringify({ ...config, contexts: [...config.contexts, { ...config.contexts[0], name: 'other' }] }),
    );
    const two = await aService([], { KUBECONFIG: file });
    const { page, troubles } = await aTab(browser, { origins: [two.url] });
    await page.goto(`${two.url}/ui?namespace=${shop}`);
    await says(page, `broken in ${shop}`);
    await page.waitForSelector('.chooser select');
    await page.select('.chooser select', 'other');
    await says(page, 's · other');

    expect(new URL(page.url()).searchParams.get('cluster')).toBe('other');
    expect(troubles).toEqual([]);
    await two.stop();
  });

  it('a button in a chat client plans, and its host asks the person', async () => {
    await broken('mail');
    const asked: string[] = [];
    const client = new Client(
      { name: 'chat', version: '1' },
      { versionNegotiation: { mode: 'auto' }, capabilities: { elicitation: { form: {} } } },
    );
    client.setRequestHandler('elicitation/create', async ({ params }) => {
      asked.push(params.message);
      return { action: 'accept' as const, content: { apply: true } };
    });
    await client.connect(new StreamableHTTPClientTransport(new URL(`${open.url}/mcp`)));
    const host = await aChatHost(client, 'ui://kubemend/console');
    const tab = await aTab(browser, { origins: [host.origin] });
    const diagnose = { name: 'diagnose', arguments: { namespace: shop, object: 'deployment/mail' } };
    const frame = await host.show(tab.page, diagnose, 'light');
    await says(frame, '1 thing is broken in Deployment/mail');
    await frame.locator('button ::-p-text(Plan this)').click();
    await says(frame, 'approved by mcp-client');
    await says(frame, 'healthy verified');

    expect(asked).toEqual([expect.stringContaining('Nothing has changed yet. The plan:')]);
    expect(await imageOf('mail')).toBe('busybox:1.36');
    expect(tab.troubles).toEqual([]);
    await Promise.all([host.close(), client.close()]);
  });
});
