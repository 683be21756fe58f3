import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aService, type Service } from './bed.ts';
import { aChatHost, type ChatHost } from './chat-host.ts';
import { aChromium, aTab, inPage, isTooWide, says } from './chromium.ts';

let browser: Browser;
let service: Service;
let client: Client;
let host: ChatHost;
let uri = '';

beforeAll(async () => {
  [browser, service] = await Promise.all([aChromium(), aService(['--demo'])]);
  client = new Client({ name: 'chat', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${service.url}/mcp`)));
  const { tools } = await client.listTools();
  const meta = tools.find(({ name }) => name === 'diagnose')?._meta as { ui: { resourceUri: string } };
  uri = meta.ui.resourceUri;
  host = await aChatHost(client, uri);
});
afterAll(() => Promise.all([browser.close(), host.close(), client.close(), service.stop()]));

const diagnose = { name: 'diagnose', arguments: { namespace: 'shop' } };

describe('the console in a chat client', () => {
  it('is a page of its own that asks for no domain', async () => {
    const { resources } = await client.listResources();
    const { contents } = await client.readResource({ uri });

    expect(resources.map((resource) => resource.uri)).toContain(uri);
    expect(contents).toEqual([
      {
        uri: 'ui://kubemend/console',
        mimeType: 'text/html;profile=mcp-app',
        text: expect.stringMatching(/^<!doctype html>/),
        _meta: { ui: { csp: { connectDomains: [], resourceDomains: [] }, prefersBorder: true } },
      },
    ]);
  });

  it.each(['light', 'dark'] as const)('shows the result that it stands beside, as %s as its host', async (theme) => {
    // The system is the other way round.
    const tab = await aTab(browser, {
      scheme: theme === 'dark' ? 'light' : 'dark',
      origins: [host.origin],
      width: 480,
    });
    const before = host.calls.length;
    const frame = await host.show(tab.page, diagnose, theme);
    await says(frame, '5 things are broken in shop');
    await says(frame, 'docker.io/shop/rabbitmq:3.13-mangement: not found');
    await tab.shot(`chat-${theme}`);

    expect(host.calls.length).toBe(before);
    expect(await inPage(frame, `getComputedStyle(document.documentElement).colorScheme`)).toBe(theme);
    expect(await inPage(tab.page, 'sizes.at(-1).height')).toBeGreaterThan(400);
    expect(await isTooWide(tab.page)).toBe(false);
    expect(tab.troubles).toEqual([]);
  });

  it('asks the tools through its host', async () => {
    const tab = await aTab(browser, { origins: [host.origin] });
    const frame = await host.show(tab.page, diagnose, 'light');
    await says(frame, '5 things are broken in shop');
    await frame.locator('button ::-p-text(Refresh)').click();
    await frame.locator('a ::-p-text(Timeline)').click();
    await says(frame, 'by kubectl-edit');

    expect(host.calls.map(({ name }) => name)).toEqual(['diagnose', 'get_timeline']);
    expect(tab.troubles).toEqual([]);
  });

  it('plans through its host, which asks the person; a button here approves nothing', async () => {
    const tab = await aTab(browser, { origins: [host.origin] });
    const frame = await host.show(tab.page, diagnose, 'light');
    await says(frame, '5 things are broken in shop');
    await frame.locator('button ::-p-text(Plan this)').click();

    await says(frame, 'There is no tool "rollback_workload"');
    expect(host.calls.at(-1)).toMatchObject({ name: 'rollback_workload', arguments: { object: 'deployment/queue' } });
  });
});
