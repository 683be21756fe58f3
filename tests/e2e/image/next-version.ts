/** The next version of the program in the registry of the cluster: an image of its own that says another version. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cluster, run } from '../bed.ts';
import { version } from './image.ts';

const program = 'app/dist/kubemend.js';

/** @returns the tag that it has, which is what it says, beside that of `image`. */
export async function aNextVersion(image: string): Promise<string> {
  const next = `${version}-next`;
  const folder = await mkdtemp(join(tmpdir(), 'kubemend-next-'));
  const [files, layer] = [join(folder, 'files.tar'), join(folder, 'layer.tar')];
  try {
    await cluster('exec', '--', 'crane', 'export', image, files);
    await tar('-x', '-f', files, '-C', folder, program);
    await sayingOf(join(folder, program), next);
    await tar('-c', '-f', layer, '-C', folder, '--owner=0', '--group=0', program);
    const tagged = `${image.slice(0, image.lastIndexOf(':'))}:${next}`;
    await cluster('exec', '--', 'crane', 'append', '--base', image, '--new_layer', layer, '--new_tag', tagged);
    return next;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function tar(...args: readonly string[]): Promise<void> {
  const { status, stderr } = await run('tar', args);
  if (status !== 0) throw new Error(stderr);
}

async function sayingOf(file: string, next: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const said = JSON.stringify(version);
  if (!text.includes(said)) throw new Error(`${program} does not say that it is ${said}.`);
  await writeFile(file, text.replace(said, JSON.stringify(next)));
}
