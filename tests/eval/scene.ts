/**
 * A scene takes more than a namespace: several of them, a node, what the node runs. Its manifest has Namespaces of its
 * own, and directions in comments, which are lines of a shell with `cluster.sh` in its path and the cluster's folder in
 * `$STATE`:
 *
 *     # before: LINE   before the manifest is applied
 *     # after: LINE    after it
 *     # undo: LINE     puts back what neither is deleted with the manifest nor comes back by itself
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { kubeconfig, kubectl, run } from '../e2e/bed.ts';

const folder = 'tests/eval/scenes';
const scripts = resolve('tests/e2e/cluster');

interface Scene {
  readonly file: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly undo: readonly string[];
}

function sceneOf(name: string): Scene {
  const file = resolve(`${folder}/${name}.yaml`);
  const yaml = readFileSync(file, 'utf8');
  const steps = (when: string) =>
    [...yaml.matchAll(new RegExp(`^# ${when}: (.+)$`, 'gm'))].flatMap(([, step]) => step ?? []);
  return { file, before: steps('before'), after: steps('after'), undo: steps('undo') };
}

export async function bringAbout(name: string): Promise<void> {
  const { file, before, after } = sceneOf(name);
  for (const line of before) await take(line);
  await kubectl('apply', '-f', file);
  for (const line of after) await take(line);
}

/** Leaves the cluster as it was, whatever of the scene came about. */
export async function takeBack(name: string): Promise<void> {
  const { file, undo } = sceneOf(name);
  for (const line of undo) await take(line).catch((error: unknown) => console.error(String(error)));
  await kubectl('delete', '--ignore-not-found', '--wait', '--timeout=120s', '-f', file);
}

async function take(line: string): Promise<void> {
  const env = { PATH: `${scripts}:${process.env['PATH']}`, STATE: dirname(await kubeconfig()) };
  const { status, stderr } = await run('bash', ['-ec', line], { env });
  if (status !== 0) throw new Error(`${line}: ${stderr}`);
}
