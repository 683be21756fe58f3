import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consoleClient } from '../support/oidc-server.ts';
import { aNamespace, apply, deleteNamespaces, kubectl } from './bed.ts';
import { aChromium, aTab, isTooWide, says } from './chromium.ts';
import { aRunningRelease, type RunningRelease, replicas } from './running-release.ts';
import { aWorkload } from './workloads.ts';

let shop: string;
let release: RunningRelease;
let browser: Browser;

beforeAll(async () => {
  shop = await aNamespace('desk-shop');
  await kubectl('create', 'rolebinding', 'jane', '--clusterrole=edit', '--user=oidc:jane', '-n', shop);
  await apply(shop, aWorkload('web', { replicas: 1 }));
  await kubectl('rollout', 'status', 'deployment/web', '-n', shop, '--timeout=120s');
  await kubectl('set', 'image', 'deployment/web', 'app=busybox:1.63', '-n', shop);
  release = await aRunningRelease('desk', () => ({
    heal: { namespaces: [shop] },
    'settings.consoleClientId': consoleClient.client_id,
  }));
  const { host } = new URL(release.issuer);
  browser = await aChromium(
    `--host-resolver-rules=MAP ${host} 127.0.0.1:${release.issuerPort}`,
    '--ignore-certificate-errors',
  );
  await replicas(release.namespace, 2);
});

afterAll(async () => {
  await Promise.all([browser?.close(), release?.close(), deleteNamespaces([shop])]);
});

const imageOfWeb = (): Promise<string> =>
  kubectl('get', 'deployment', 'web', '-n', shop, '-o', 'jsonpath={.spec.template.spec.containers[0].image}');

describe('a person at the console of the chart', () => {
  it('signs in, plans, and approves at replicas that have seen neither', async () => {
    const { page, troubles, violations, shot } = await aTab(browser, { origins: [release.url, release.issuer] });
    await page.goto(`${release.url}/ui?namespace=${shop}`);
    await page.locator('a ::-p-text(Sign in)').click();
    await page.locator('button ::-p-text(Sign in)').click();
    await says(page, 'oidc:jane');
    await says(page, `1 thing is broken in ${shop}`);
    await shot('chart-cause');

    await page.locator('button ::-p-text(Plan this)').click();
    await says(page, 'Approving takes you to sign in once more');
    await shot('chart-plan');
    expect(await violations()).toEqual([]);
    await kubectl('rollout', 'restart', 'deployment/kubemend', '-n', release.namespace);
    await kubectl('rollout', 'status', 'deployment/kubemend', '-n', release.namespace, '--timeout=120s');
    await replicas(release.namespace, 2);
    expect(await imageOfWeb()).toBe('busybox:1.63');

    await page.locator('button ::-p-text(Approve by signing in)').click();
    await page.waitForNavigation();
    await page.locator('button ::-p-text(Sign in)').click();
    await says(page, 'approved by oidc:jane by signing in to approve');
    await says(page, 'healthy verified');
    await shot('chart-healed');

    expect(await imageOfWeb()).toBe('busybox:1.36');
    expect(troubles).toEqual([]);
  });

  it('sees of other namespaces what RBAC lets them', async () => {
    const phone = { width: 360, scheme: 'dark', origins: [release.url, release.issuer] } as const;
    const { page, troubles, violations, shot } = await aTab(browser, phone);
    await page.goto(`${release.url}/ui?namespace=${release.namespace}`);
    await page.locator('a ::-p-text(Sign in)').click();
    await page.locator('button ::-p-text(Sign in)').click();

    await says(page, `oidc:jane may not list pods in namespace ${release.namespace}`);
    await shot('chart-forbidden-phone');

    expect(await violations()).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    expect(troubles).toEqual([]);
  });
});
