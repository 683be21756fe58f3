/**
 * Packs the built program with the Node that runs this, so that `kubectl mend` needs nothing else on a machine:
 * build/kubectl-mend-OS-ARCH.tar.gz, for the platform that this runs on. Needs `npm run build`.
 */
import { chmod, cp, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { create } from 'tar';
import { archiveName } from './krew-platforms.ts';

const contents = {
  'krew/kubectl-mend': 'kubectl-mend',
  'bin/kubectl_complete-mend': 'kubectl_complete-mend',
  [process.execPath]: 'node',
  // Beside the bin folder in what Node's makers hand out.
  [join(dirname(process.execPath), '../LICENSE')]: 'node.LICENSE',
  dist: 'dist',
  demo: 'demo',
  LICENSE: 'LICENSE',
};

const file = join('build', archiveName(process.platform, process.arch));
const folder = await mkdtemp(join(tmpdir(), 'krew-'));
try {
  for (const [from, to] of Object.entries(contents)) {
    if (to === 'node.LICENSE' && !(await isFile(from))) continue;
    await cp(from, join(folder, to), { recursive: true });
  }
  await chmod(join(folder, 'node'), 0o755);
  await mkdir('build', { recursive: true });
  await create({ cwd: folder, file, gzip: true, portable: true }, ['.']);
  process.stdout.write(`${file}\n`);
} finally {
  await rm(folder, { recursive: true });
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
