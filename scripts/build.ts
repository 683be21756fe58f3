/** Bundles the program into dist/: one entry, split chunks, nothing to install at run time. */
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
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
    'socks-proxy-agent': './scripts/no-proxy-agents.ts',
    socks: './scripts/no-proxy-agents.ts',
    hpagent: './scripts/no-proxy-agents.ts',
    // Its build for Node is CommonJS, of which a split bundle exports nothing by name; this one is the same as modules.
    yaml: './node_modules/yaml/browser/index.js',
  },
  plugins: [schemasInUse, lightUndici, withoutSideEffects],
  define: { 'process.env.KUBEMEND_VERSION': JSON.stringify(version) },
  // Packages that were written as CommonJS call `require`, for Node's own modules only.
  banner: { js: 'const require=globalThis.process.getBuiltinModule;' },
});
const outputs = Object.keys(metafile.outputs);
await Promise.all(outputs.map(getBuiltins));
await chmod('dist/kubemend.js', 0o755);
await writeFile('dist/package.json', `${JSON.stringify({ type: 'module' })}\n`);

const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
console.log(`dist/: ${outputs.length} files, ${(bytes / 1024).toFixed(0)} KiB`);

/**
 * Makes a file get Node's own modules instead of importing them: an import evaluates every lazy getter that a module
 * has. `node:fs` then loads its streams, `node:crypto` the Web Crypto API, `node:http` a WebSocket client. A Node that is
 * too old has no `getBuiltinModule`, and must come as far as main's words about that.
 */
async function getBuiltins(file: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const imports = /\bimport\s*(?:\*\s*as\s+)?([\w$]+|\{[^{}]*\})\s*from\s*"([\w:/]+)"/g;
  const got = text.replaceAll(imports, (statement, names: string, module: string) => {
    if (!isBuiltin(module)) return statement;
    const whole = `globalThis.process.getBuiltinModule?.("${module}")??{}`;
    // The default export of such a module is the module.
    const [asDefault, name] = /\bdefault as ([\w$]+),?/.exec(names) ?? [];
    if (asDefault === undefined) return `const ${names.replaceAll(' as ', ':')}=${whole}`;
    return `const ${name}=${whole},${names.replace(asDefault, '').replaceAll(' as ', ':')}=${name}`;
  });
  await writeFile(file, got);
}
