import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aService, type Service } from './bed.ts';
import { aChromium, aTab, inPage, isTooWide, says, type Tab, tabTo } from './chromium.ts';

let browser: Browser;
let service: Service;
const folder = mkdtempSync(join(tmpdir(), 'kubemend-console-'));

beforeAll(async () => {
  [browser, service] = await Promise.all([aChromium(), aService(['--demo'])]);
});
afterAll(async () => {
  await Promise.all([browser.close(), service.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

interface Looking {
  readonly query?: string;
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
  readonly at?: Service;
}

async function looking({ query = '', at = service, ...look }: Looking = {}): Promise<Tab> {
  const tab = await aTab(browser, { ...look, origins: [at.url] });
  await tab.page.goto(`${at.url}/ui${query}`);
  return tab;
}

describe('the console on the demo', () => {
  it.each([
    ['wide-light', { scheme: 'light' }],
    ['wide-dark', { scheme: 'dark' }],
    ['phone-light', { scheme: 'light', width: 360 }],
    ['phone-dark', { scheme: 'dark', width: 360 }],
  ] as const)('shows what is broken, for everybody: %s', async (name, look) => {
    const { page, troubles, violations, shot } = await looking(look);
    await says(page, '6 things are broken in all namespaces');
    await says(page, 'docker.io/shop/rabbitmq:3.13-mangement: not found');
    await shot(`causes-${name}`);

    expect(await violations()).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    expect(troubles).toEqual([]);
  });

  it.each([
    ['wide', { scheme: 'dark' }],
    ['phone', { scheme: 'light', width: 360 }],
  ] as const)('shows what happened: %s', async (name, look) => {
    const { page, troubles, violations, shot } = await looking({ ...look, query: '?view=timeline&namespace=shop' });
    await says(page, 'What happened in shop');
    await says(page, 'by kubectl-edit');
    await shot(`timeline-${name}`);

    expect(await violations()).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    expect(troubles).toEqual([]);
  });

  it('draws the chain, and tells it to those who do not see it', async () => {
    const { page } = await looking({ query: '?namespace=shop' });
    await says(page, 'What follows from it');
    const heard = await inPage(page, `[...document.querySelectorAll('.chain li')].map((item) => item.textContent)`);

    expect(await inPage(page, `document.querySelectorAll('.chain rect').length`)).toBe(5);
    expect(heard).toEqual([
      expect.stringMatching(/^Cause: Deployment queue, 1 of 1 pods in ImagePullBackOff/),
      'Then: Service queue, has no endpoint',
      expect.stringMatching(/^Then: Deployment cart, crashes/),
      'Then: Service cart, has no endpoint',
      'Then, which is what users see: Ingress shop, answers 503 on shop.example/cart',
    ]);
  });

  it('is used without a mouse', async () => {
    const { page, troubles } = await looking();
    await says(page, '6 things are broken');
    await page.keyboard.press('Tab');
    expect(await inPage(page, 'document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await inPage(page, 'document.activeElement.tagName')).toBe('H1');

    await tabTo(page, 'Deployment/payments cannot start');
    expect(await inPage(page, `getComputedStyle(document.activeElement).outlineStyle`)).toBe('solid');
    await page.keyboard.press('Enter');
    await says(page, 'restore DATABASE_URL in ConfigMap/payments-config');
    expect(page.url()).toContain('cause=config-key-missing');
    await page.keyboard.press('Enter');
    expect(await inPage(page, `document.querySelectorAll('[aria-expanded=true]').length`)).toBe(0);

    await page.reload();
    await says(page, '6 things are broken');
    await tabTo(page, 'Timeline');
    await page.keyboard.press('Enter');
    await says(page, 'What happened in the default namespace');
    await page.goBack();
    await says(page, '6 things are broken');
    expect(troubles).toEqual([]);
  });

  it('is asked about a namespace and an object by typing, and a link shows the same', async () => {
    const { page } = await looking();
    await says(page, '6 things');
    await page.type('input[list]', 'shop');
    await page.keyboard.press('Tab');
    await page.keyboard.type('deployment/payments');
    await page.keyboard.press('Enter');
    await says(page, 'Deployment/payments in shop');
    const link = page.url();
    const other = await looking({ query: new URL(link).search });

    expect(new URL(link).search).toBe('?namespace=shop&object=deployment%2Fpayments');
    await says(other.page, 'broken in Deployment/payments in shop');
  });

  it('says that nothing is wrong', async () => {
    const { page, violations, shot } = await looking({ query: '?namespace=shop&object=deployment/frontend' });
    await says(page, 'All is well in Deployment/frontend in shop');
    await shot('healthy');

    expect(await violations()).toEqual([]);
  });

  it('says what cannot be asked, and what to do', async () => {
    const { page, violations, shot } = await looking({ query: '?namespace=nowhere' });
    await says(page, 'Not found');
    await shot('not-found');

    expect(await violations()).toEqual([]);
    expect(await inPage(page, `document.querySelector('[role=alert]').innerText`)).toMatch(/nowhere/);
  });

  it('says that nobody answers', async () => {
    const passing = await aService(['--demo']);
    const { page } = await looking({ at: passing });
    await says(page, '6 things');
    await passing.stop();
    await page.locator('button ::-p-text(Refresh)').click();

    await says(page, 'The service does not answer.');
    expect(await inPage(page, `document.querySelector('[role=alert] h1').innerText`)).toContain('No answer');
  });

  it('stays small, sets no cookie, and lets nothing in from elsewhere', async () => {
    const parts = await Promise.all(
      ['/ui', '/ui/console.js', '/ui/console.css'].map((path) => fetch(`${service.url}${path}`)),
    );
    const bytes = await Promise.all(parts.map(async (part) => (await part.arrayBuffer()).byteLength));

    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(60 * 1024);
    expect(parts.map(({ headers }) => headers.getSetCookie())).toEqual([[], [], []]);
    expect(parts[0]?.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; /);
    expect(parts[0]?.headers.get('content-security-policy')).not.toContain('unsafe');
  });
});

const bad = `<img src=x onerror="alert(1)"><script>alert(2)</script> \u202Etxt.exe\u202C {{7*7}} javascript:alert(3)`;

describe('what a cluster says', () => {
  it('may be too little to tell', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    writeFileSync(join(empty, 'objects.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [hostile[0]] }));
    const archived = await aService(['--from', empty]);
    const { page, violations, shot } = await looking({ at: archived });
    await says(page, 'Cannot tell what is wrong in all namespaces');
    await says(page, 'Not seen');
    await shot('unknown');

    expect(await violations()).toEqual([]);
    await archived.stop();
  });

  it('is text, whatever stands in it', async () => {
    const odd = join(folder, 'odd');
    mkdirSync(odd);
    writeFileSync(join(odd, 'objects.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: hostile }));
    const archived = await aService(['--from', odd]);
    const { page, troubles, shot } = await looking({ at: archived });
    await says(page, 'onerror=');
    await shot('hostile');
    const made = await inPage(page, `document.querySelectorAll('#console img, #console script').length`);
    const steering = await inPage(page, `/[\\u202a-\\u202e\\u2066-\\u2069]/.test(document.body.innerText)`);

    expect([made, steering, troubles]).toEqual([0, false, []]);
    await archived.stop();
  });
});

const at = '2026-11-27T00:00:00Z';
const hostile = [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop', creationTimestamp: at },
    status: { phase: 'Active' },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop', uid: 'u-1', creationTimestamp: at },
    spec: { containers: [{ name: 'app', image: 'registry.example/web:1' }] },
    status: {
      phase: 'Pending',
      startTime: at,
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: at }],
      containerStatuses: [
        {
          name: 'app',
          ready: false,
          restartCount: 0,
          image: 'registry.example/web:1',
          imageID: '',
          state: { waiting: { reason: 'CreateContainerError', message: bad } },
        },
      ],
    },
  },
];
