/** Bundles the program into dist/: one entry, split chunks, nothing to install at run time. */
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };

await rm('dist', { recursive: true, force: true });
const { metafile } = await build({
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
