/** Bundles the program into dist/: what starts it, and the rest in parts that are loaded when needed; nothing to install. */
import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build as bundle, type Plugin, transform } from 'esbuild';
import { writeBillOfMaterials } from './bill-of-materials.ts';
import { buildView } from './build-view.ts';
import { provenance } from './provenance.ts';

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
 * The SDK makes some 170 schemas at every start, most of them only for its `specTypeSchemas` and `isSpecType`, which
 * kubemend does not use. Without that registry the bundler leaves them out, once it knows that making one has no side
 * effects (SDK 2.4).
 */
const schemasInUse: Plugin = {
  name: 'schemas-in-use',
  setup(build) {
    const registry = /^for \(const .+\) register\(key, .+\);$/gm;
    const schema = /^const (\w+Schema) = ([^]+?);$(?=\n(?![\t})\]]))/gm;
    const replaced = async (path: string, pattern: RegExp, replacement: string) => {
      const text = await readFile(path, 'utf8');
      if (text.search(pattern) < 0) throw new Error(`${path} is not what it was: look at schemas-in-use again.`);
      return { contents: text.replaceAll(pattern, replacement) };
    };
    build.onLoad({ filter: /@modelcontextprotocol\/server\/dist\/src-[\w-]+\.mjs$/ }, ({ path }) =>
      replaced(path, registry, ''),
    );
    build.onLoad({ filter: /@modelcontextprotocol\/core\/dist\/(?:schemas|auth)-[\w-]+\.mjs$/ }, ({ path }) =>
      replaced(path, schema, 'const $1 = /* @__PURE__ */ (() => $2)();'),
    );
  },
};

/**
 * Only the kubeconfig's API clients, which kubemend never makes, need the Kubernetes client's models: 4 ms at the first
 * question.
 */
const withoutApiClasses: Plugin = {
  name: 'without-api-classes',
  setup(build) {
    build.onResolve({ filter: /^\.\/gen\/index\.js$/ }, ({ importer }) =>
      importer.endsWith('client-node/dist/config.js') ? { path: resolve('scripts/no-api-classes.ts') } : undefined,
    );
  },
};

/** An alias would catch `undici/lib/…` too. */
const lightUndici: Plugin = {
  name: 'light-undici',
  setup(build) {
    build.onResolve({ filter: /^undici$/ }, () => ({ path: resolve('scripts/light-undici.cjs') }));
  },
};

const warmProgram: Plugin = {
  name: 'warm-program',
  setup(build) {
    build.onResolve({ filter: /\/load-program\.ts$/ }, () => ({ path: resolve('scripts/warm-program.ts') }));
  },
};

const common = {
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node22.19',
  minify: true,
  keepNames: false,
  legalComments: 'none',
  metafile: true,
} as const satisfies BuildOptions;
const { commit, date } = provenance(process.env);
const constants = { 'process.env.KUBEMEND_VERSION': JSON.stringify(version), 'import.meta.dirname': '__dirname' };

await rm('dist', { recursive: true, force: true });
const program = await bundle({
  ...common,
  // Only modules of ESM are split where they import dynamically.
  format: 'esm',
  splitting: true,
  entryPoints: { program: 'src/cli/program.ts' },
  // The bytecode that a run leaves behind belongs to this very text.
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  alias: {
    '@modelcontextprotocol/server/_shims': './scripts/light-shims.ts',
    'socks-proxy-agent': './scripts/no-proxy-agents.ts',
    socks: './scripts/no-proxy-agents.ts',
    hpagent: './scripts/no-proxy-agents.ts',
    debug: './scripts/no-debug.ts',
  },
  plugins: [schemasInUse, lightUndici, withoutApiClasses, withoutSideEffects],
  define: constants,
});
for (const { entryPoint, exports } of Object.values(program.metafile.outputs)) {
  if (entryPoint?.includes('node_modules/') && exports.join() === 'default')
    throw new Error(`${entryPoint} has no names when it is imported dynamically: import it through a module of ours.`);
}
const parts = Object.keys(program.metafile.outputs);
await Promise.all(parts.map(asFunction));

/** A module of ESM is found, linked and evaluated step by step, and keeps no bytecode; a function of CommonJS does. */
async function asFunction(file: string): Promise<void> {
  const { code } = await transform(await readFile(file, 'utf8'), {
    format: 'cjs',
    platform: 'node',
    target: 'node22.19',
    minify: true,
    supported: { 'dynamic-import': false },
  });
  await writeFile(file, `(function(exports,require,module){${code}})`);
}

const programFile = parts.find((file) => program.metafile.outputs[file]?.entryPoint === 'src/cli/program.ts') ?? '';
const main = await bundle({
  ...common,
  format: 'cjs',
  entryPoints: { kubemend: 'src/main.ts' },
  plugins: [warmProgram],
  define: {
    ...constants,
    'process.env.KUBEMEND_COMMIT': JSON.stringify(commit) ?? 'undefined',
    'process.env.KUBEMEND_BUILD_DATE': JSON.stringify(date) ?? 'undefined',
    'process.env.KUBEMEND_PROGRAM': JSON.stringify(basename(programFile)),
  },
});
await chmod('dist/kubemend.js', 0o755);
await mkdir('dist/assets');
const [swagger, view] = [
  ['swagger-ui-bundle.js', 'swagger-ui.css'].map((file) => join('node_modules/swagger-ui-dist', file)),
  await buildView(),
];
const assets = [
  ...(await Promise.all(swagger.map(async (path) => [basename(path), await readFile(path, 'utf8')] as const))),
  ...view.files,
];
for (const [file, text] of assets) await writeFile(`dist/assets/${file}.gz`, gzipSync(text, { level: 9 }));
const packages = await writeBillOfMaterials(
  [program.metafile, main.metafile, view.metafile],
  swagger.map((path) => ({ path, ...(path.endsWith('.js') && { notices: `${path}.LICENSE.txt` }) })),
);
await writeFile('dist/package.json', `${JSON.stringify({ type: 'commonjs' })}\n`);

const files = [...parts, ...Object.keys(main.metafile.outputs)];
const bytes = (await Promise.all(files.map((file) => stat(file)))).reduce((sum, { size }) => sum + size, 0);
console.log(`dist/: ${files.length} files, ${(bytes / 1024).toFixed(0)} KiB, with parts of ${packages} packages`);
