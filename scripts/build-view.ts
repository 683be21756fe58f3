import { readFile } from 'node:fs/promises';
import { build, type Metafile } from 'esbuild';

/** What a browser loads, all of it, before it is compressed. */
const mostBytes = 60 * 1024;

/** The files of the console by name: its page with script and style beside it, and as one file for chat clients. */
export async function viewFiles(): Promise<ReadonlyMap<string, string>> {
  return (await buildView()).files;
}

export async function buildView(): Promise<{ files: ReadonlyMap<string, string>; metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    entryPoints: { console: 'src/view/main.tsx', style: 'src/view/console.css' },
    outdir: 'view',
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome123', 'firefox121', 'safari17.5'],
    charset: 'utf8',
    legalComments: 'none',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  });
  const [script = '', style = ''] = ['.js', '.css'].map(
    (end) => outputFiles.find(({ path }) => path.endsWith(end))?.text,
  );
  const page = await readFile('src/view/index.html', 'utf8');
  const bytes = Buffer.byteLength(page + script + style);
  if (bytes > mostBytes) throw new Error(`The console has ${bytes} bytes, more than ${mostBytes}.`);
  const app = inlined(page, { script, style });
  const files = new Map([
    ['console.html', page],
    ['console.js', script],
    ['console.css', style],
    ['console-app.html', app],
  ]);
  return { files, metafile };
}

/** A replacement as a function: `$` means nothing in it. */
const inlined = (page: string, { script, style }: { readonly script: string; readonly style: string }): string =>
  [
    ['<link rel="stylesheet" href="ui/console.css">', `<style>${style}</style>`],
    ['<script type="module" src="ui/console.js"></script>', `<script type="module">${script}</script>`],
  ].reduce((text, [tag = '', whole = '']) => {
    if (!text.includes(tag)) throw new Error(`src/view/index.html has no ${tag}`);
    return text.replace(tag, () => whole);
  }, page);
