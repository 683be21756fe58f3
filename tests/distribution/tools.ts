import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder with what tools.sh has made. */
export const toolFolder = (): string =>
  execFileSync(join(import.meta.dirname, 'tools.sh'), {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();

/** The folder of the kubectl that the cluster of the end-to-end tests was built with. */
export function kubectlFolder(): string {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kubemend/bin');
  const [folder] = globSync('kubernetes-*/', { cwd: cache });
  if (folder === undefined) throw new Error('There is no kubectl: make cluster builds it.');
  return join(cache, folder);
}
