import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { viewFiles } from '../../../scripts/build-view.ts';
import { anApp } from '../transports/http-fixture.ts';

const assets = mkdtempSync(join(tmpdir(), 'kubemend-assets-'));
const files = await viewFiles();
for (const [name, text] of files) writeFileSync(join(assets, `${name}.gz`), gzipSync(text));
const app = anApp({ assets });

describe('the page of the console', () => {
  it('loads nothing from elsewhere, has no script or style in it, and is framed by nobody', async () => {
    const response = await app.fetch('/ui');
    const [page, policy] = [await response.text(), response.headers.get('content-security-policy') ?? ''];

    expect(policy.split('; ')).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
        // Text becomes no markup, whatever the script does.
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
      ]),
    );
    expect(policy).not.toContain('unsafe');
    expect(page).not.toMatch(/https?:|<style|<script(?![^>]* src=)| on\w+=/);
    expect(page).toContain('<noscript>');
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it.each([
    ['/ui/console.js', 'text/javascript; charset=utf-8'],
    ['/ui/console.css', 'text/css; charset=utf-8'],
  ])('has its parts beside it: %s', async (path, type) => {
    const response = await app.fetch(path);

    expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
    expect(response.headers.get('cache-control')).toBe('no-cache');
  });

  it.each(['/ui/console.html', '/ui/console-app.html', '/ui/console.constructor', '/ui/..%2fpackage.json'])(
    'has nothing at %s',
    async (path) => {
      expect((await app.fetch(path)).status).toBe(404);
    },
  );

  it('is found with a slash too many', async () => {
    const response = await app.fetch('/ui/?namespace=shop');

    expect([response.status, response.headers.get('location')]).toEqual([308, '../ui?namespace=shop']);
  });

  it('is said to be missing where it was not built', async () => {
    const response = await anApp().fetch('/ui');

    expect([response.status, await response.json()]).toMatchObject([503, { hint: expect.stringContaining('build') }]);
  });

  it('keeps nothing, makes no code of text, and names nothing elsewhere', () => {
    const script = files.get('console.js') ?? '';

    expect(script).not.toMatch(/\beval\(|new Function|document\.write|localStorage|sessionStorage|document\.cookie/);
    expect(script.match(/https?:\/\/[^"'`]*/g)?.filter((url) => !url.startsWith('http://www.w3.org/')) ?? []).toEqual(
      [],
    );
  });

  it('is one file for chat clients, with all of it inside', () => {
    const app = files.get('console-app.html') ?? '';

    expect(app).not.toMatch(/<link rel="stylesheet"|<script[^>]* src=/);
    expect(app.match(/<\/script>/g)).toHaveLength(1);
  });
});
