import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ended, run } from '../bed.ts';

const script = 'tests/e2e/image/image.sh';

/** Of the program, and the tag of its image. */
export const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };

/** The program in the image, restricted as a pod would be. */
export const inContainer = (...words: readonly string[]): Promise<Ended> => run(script, ['run', '--', ...words]);

/** What `make image` built. */
export async function builtImage() {
  const [layout, root] = await Promise.all(
    ['layout', 'root'].map((name) => mkdtemp(join(tmpdir(), `kubemend-${name}-`))),
  );
  const [config] = await Promise.all([
    imageCommand('config'),
    imageCommand('save', layout ?? ''),
    imageCommand('unpack', root ?? ''),
  ]);
  const manifest = await manifestIn(layout ?? '');
  await rm(layout ?? '', { recursive: true });
  return { config: JSON.parse(config) as Config, manifest, root: root ?? '' };
}

interface Config {
  readonly config: {
    readonly User: string;
    readonly Env: readonly string[];
    readonly Labels: Readonly<Record<string, string>>;
    readonly ExposedPorts: object;
  };
}
interface Manifest {
  readonly layers: readonly { readonly size: number; readonly digest: string }[];
}

async function imageCommand(...words: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await run(script, words);
  if (status !== 0) throw new Error(`${stderr}\nThere is no image: run make image.`);
  return stdout;
}

async function manifestIn(layout: string): Promise<Manifest> {
  const read = async (path: string) => JSON.parse(await readFile(join(layout, path), 'utf8'));
  const { manifests } = (await read('index.json')) as { manifests: { digest: string }[] };
  return (await read(`blobs/${manifests[0]?.digest.replace(':', '/')}`)) as Manifest;
}
