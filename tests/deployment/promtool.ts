import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { prometheusFolder } from '../support/prometheus-server.ts';

const folder = prometheusFolder();

/** Runs a program where these files are; what it says. Throws with that when it is not content. */
type Run = (words: readonly string[], files: Readonly<Record<string, string>>) => Promise<string>;

export const promtool: Run = (words, files) => run(join(folder, 'promtool'), words, files);
export const amtool: Run = (words, files) => run(join(folder, 'amtool'), words, files);

async function run(program: string, ...[words, files]: Parameters<Run>): Promise<string> {
  const cwd = await mkdtemp(join(tmpdir(), 'kubemend-promtool-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
    return (await promisify(execFile)(program, [...words], { cwd })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    throw new Error(`${stdout}${stderr}`, { cause: error });
  } finally {
    await rm(cwd, { recursive: true });
  }
}
