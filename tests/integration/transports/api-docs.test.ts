import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { anApp } from './http-fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubemend-assets-'));
writeFileSync(join(folder, 'swagger-ui.css.gz'), gzipSync('.swagger-ui {}'));
const app = anApp({ assets: folder });

describe('the description of the REST face', () => {
  it('lists the tools that are offered, for programs', async () => {
    const response = await app.fetch('/openapi.json');
    const { paths } = (await response.json()) as { paths: object };

    expect(response.headers.get('content-type')).toContain('application/json');
    expect(Object.keys(paths)).toContain('/api/v1/tools/echo_text');
  });

  it('is a page that loads nothing from elsewhere, and runs no script in it', async () => {
    const response = await app.fetch('/docs');
    const page = await response.text();

    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self';");
    expect(page).not.toMatch(/https?:/);
    expect(page).not.toMatch(/<script(?![^>]* src=)/);
    expect(await (await app.fetch('/docs/start.js')).text()).toContain("url: 'openapi.json'");
  });

  it('sends its files compressed to those who can read that, and plain to others', async () => {
    const packed = await app.fetch('/docs/swagger-ui.css', { headers: { 'accept-encoding': 'br, gzip' } });
    const plain = await app.fetch('/docs/swagger-ui.css');

    expect([packed.headers.get('content-encoding'), plain.headers.get('content-encoding')]).toEqual(['gzip', null]);
    expect(await plain.text()).toBe('.swagger-ui {}');
  });

  it.each(['/docs/package.json', '/docs/..%2f..%2fpackage.json', '/docs/constructor'])(
    'has nothing at %s',
    async (path) => {
      expect((await app.fetch(path)).status).toBe(404);
    },
  );

  it('says what to do where the page was not built', async () => {
    const response = await app.fetch('/docs/swagger-ui-bundle.js');

    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      error_type: 'unavailable',
      hint: expect.stringContaining('openapi'),
    });
  });
});
