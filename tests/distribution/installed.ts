import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** The built program under its names, as npm puts them on a PATH, and a home of its own. */
export function installed() {
  const folder = mkdtempSync(join(tmpdir(), 'kubemend-installed-'));
  for (const name of ['kubemend', 'kubectl-mend']) symlinkSync(join(root, 'dist/kubemend.js'), join(folder, name));
  symlinkSync(join(root, 'bin/kubectl_complete-mend'), join(folder, 'kubectl_complete-mend'));
  const path = [folder, dirname(process.execPath), process.env['PATH']].join(delimiter);
  return { folder, environment: { ...process.env, PATH: path, HOME: folder, TERM: 'dumb' } };
}
