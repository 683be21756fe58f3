import { Hono } from 'hono';
import type { AnyTool } from '../tools/tool.ts';
import { openApiOf } from './openapi.ts';
import examples from './openapi-examples.json' with { type: 'json' };
import { pageHeaders, sendFile } from './static-files.ts';

export interface ApiDocsOptions {
  readonly tools: readonly AnyTool[];
  readonly version: string;
  /** The folder with the compressed files of Swagger UI, which the build makes. */
  readonly assets: string;
}

/** Nothing from elsewhere, nobody around it; what Swagger UI draws has styles of its own in it. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Paths are relative, so that a proxy may serve them under a prefix. */
const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>kubemend API</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="docs/swagger-ui.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

const start = `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
`;

const types = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
} as const;
type Asset = keyof typeof types;
const isAsset = (name: string): name is Asset => Object.hasOwn(types, name);

const headers = pageHeaders(policy);

/** The REST face described for programs, `/openapi.json`, and for people, `/docs`, without a request to anywhere else. */
export function createApiDocs({ tools, version, assets }: ApiDocsOptions): Hono {
  let document: object | undefined;
  return new Hono()
    .get('/openapi.json', (context) => {
      document ??= openApiOf({ tools, version, examples });
      return context.json(document);
    })
    .get('/docs', (context) => context.html(page, 200, headers))
    .get('/docs/start.js', (context) =>
      context.body(start, 200, { ...headers, 'Content-Type': types['swagger-ui-bundle.js'] }),
    )
    .get('/docs/:asset', async (context) => {
      const asset = context.req.param('asset');
      if (!isAsset(asset)) return context.notFound();
      return sendFile(context, {
        assets,
        name: asset,
        type: types[asset],
        headers: { ...headers, 'Cache-Control': 'public, max-age=3600' },
      });
    });
}
