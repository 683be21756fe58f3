/** Bundles the program into dist/: one entry, split chunks, nothing to install at run time. */
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { build as bundle, type Plugin } from 'esbuild';

const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };

/** The Kubernetes client's generated API classes have no side effects, which its package.json does not say (2.0.1). */
const withoutSideEffects: Plugin = {
  name: 'without-side-effects',
  setup(build) {
    const once = 'resolved';
    build.onResolve(
      { filter: /^@kubernetes\/client-node$|^\./ },
      async ({ path, importer, resolveDir, kind, pluginData }) => {
        if (pluginData === once || !`${importer}${path}`.includes('@kubernetes/client-node')) return undefined;
        const found = await build.resolve(path, { importer, resolveDir, kind, pluginData: once });
        return { path: found.path, sideEffects: false };
      },
    );
  },
};

/**
 * `node:http` is required, not imported: to import it evaluates every lazy getter that it has, which loads a WebSocket
 * client and costs 17 ms of a start (Node 24).
 */
const requiredHttp: Plugin = {
  name: 'required-http',
  setup(build) {
    const namespace = 'required';
    build.onResolve({ filter: /^(node:)?http$/ }, ({ namespace: from }) =>
      from === namespace ? { path: 'node:http', external: true } : { path: 'http', namespace },
    );
    build.onLoad({ filter: /.*/, namespace }, () => ({ contents: "module.exports = require('node:http')" }));
  },
};

/** An alias would catch `undici/lib/…` too. */
const lightUndici: Plugin = {
  name: 'light-undici',
  setup(build) {
    build.onResolve({ filter: /^undici$/ }, () => ({ path: resolve('scripts/light-undici.cjs') }));
  },
};

await rm('dist', { recursive: true, force: true });
const { metafile } = await bundle({
  entryPoints: { kubemend: 'src/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  minify: true,
  keepNames: false,
  legalComments: 'none',
  metafile: true,
  alias: {
    '@modelcontextprotocol/server/_shims': './scripts/light-shims.ts',
  },
  plugins: [lightUndici, requiredHttp, withoutSideEffects],
  define: { 'process.env.KUBEMEND_VERSION': JSON.stringify(version) },
  // Packages that were written as CommonJS still call `require` for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';const require=__createRequire(import.meta.url);",
  },
});
await chmod('dist/kubemend.js', 0o755);
await writeFile('dist/package.json', `${JSON.stringify({ type: 'module' })}\n`);

const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
console.log(`dist/: ${Object.keys(metafile.outputs).length} files, ${(bytes / 1024).toFixed(0)} KiB`);
