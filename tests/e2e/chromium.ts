import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import puppeteer, { type Browser, type Frame, type Page } from 'puppeteer-core';
import { eventually } from './bed.ts';

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const screenshots = 'screenshots';

/** A real browser, on Debian: `apt-get install chromium`. */
export const aChromium = (...flags: readonly string[]): Promise<Browser> =>
  puppeteer.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    // Whoever runs the tests in a container has no user namespaces.
    args: ['--no-sandbox', '--disable-dev-shm-usage', ...flags],
  });

export interface Tab {
  readonly page: Page;
  /** Errors of scripts, what the content security policy blocked, requests to other origins than these, dialogs. */
  readonly troubles: readonly string[];
  /** What axe-core finds, by its rules for WCAG 2.2 AA and its best practices. */
  readonly violations: () => Promise<readonly string[]>;
  /** Into a folder that git ignores. */
  readonly shot: (name: string) => Promise<void>;
}

interface Look {
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
  /** Origins that requests may go to. */
  readonly origins: readonly string[];
}

/** A tab of its own, with cookies of its own. */
export async function aTab(browser: Browser, { width = 1200, scheme = 'light', origins }: Look): Promise<Tab> {
  const page = await (await browser.createBrowserContext()).newPage();
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('console', (message) => {
    // That a request was refused is the page's to tell, not the browser's.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      troubles.push(message.text());
  });
  page.on('dialog', (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== 'data:' && protocol !== 'about:' && !origins.includes(origin)) troubles.push(request.url());
  });
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([
    { name: 'prefers-color-scheme', value: scheme },
    { name: 'prefers-reduced-motion', value: 'reduce' },
  ]);
  return {
    page,
    troubles,
    async violations() {
      await page.evaluate(axe);
      const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
      return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
    },
    async shot(name) {
      mkdirSync(screenshots, { recursive: true });
      await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
    },
  };
}

interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

/** What an expression is in the page: as text, for tests have no types of the DOM. */
export const inPage = (frame: Page | Frame, expression: string): Promise<unknown> => frame.evaluate(expression);

/** Waits until the page says this. */
export const says = (frame: Page | Frame, text: string): Promise<unknown> =>
  eventually(
    async () => {
      const shown = String(await inPage(frame, 'document.body.innerText'));
      if (!shown.includes(text)) throw new Error(`The page does not say ${text}, but:\n${shown.slice(0, 2_000)}`);
    },
    { seconds: 90, pause: 100 },
  );

/** Presses Tab until what is focused has this text, as somebody without a mouse does. */
export async function tabTo(page: Page, text: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    if (String(await inPage(page, 'document.activeElement.textContent')).includes(text)) return;
  }
  throw new Error(`Tab does not lead to ${text}.`);
}

/** Whether one has to scroll sideways. */
export const isTooWide = (page: Page): Promise<unknown> =>
  inPage(page, 'document.documentElement.scrollWidth > innerWidth');
