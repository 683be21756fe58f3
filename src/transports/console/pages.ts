import { Hono } from 'hono';
import type { RequestEnv } from '../json-body.ts';
import { pageHeaders, sendFile } from '../static-files.ts';

/** Nothing from elsewhere, no script or style in the page, no markup made of text, nobody around it. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

const types = {
  'console.css': 'text/css; charset=utf-8',
  'console.js': 'text/javascript; charset=utf-8',
} as const;
type Asset = keyof typeof types;
const isAsset = (name: string): name is Asset => Object.hasOwn(types, name);

/** The console's page and what it is made of; `npm run build` makes them of `src/view`. */
export function createPages(assets: string): Hono<RequestEnv> {
  // The page and its parts are of one version: what was kept is asked for anew.
  const headers = { ...pageHeaders(policy), 'Cross-Origin-Opener-Policy': 'same-origin', 'Cache-Control': 'no-cache' };
  return new Hono<RequestEnv>()
    .get('/ui', (context) =>
      sendFile(context, { assets, name: 'console.html', type: 'text/html; charset=utf-8', headers }),
    )
    .get('/ui/', (context) => context.redirect(`../ui${new URL(context.req.url).search}`, 308))
    .get('/ui/:asset{console\\.\\w+}', async (context) => {
      const name = context.req.param('asset');
      return isAsset(name) ? sendFile(context, { assets, name, type: types[name], headers }) : context.notFound();
    });
}
