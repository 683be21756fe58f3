import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import type { Row } from './measure.ts';

/** Unpacked size of what npm publishes; there are no dependencies to install. */
export async function measureSize(): Promise<readonly Row[]> {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ) as { unpackedSize: number }[];
  const bundle = readdirSync('dist').reduce((sum, file) => sum + statSync(`dist/${file}`).size, 0);
  return [
    {
      what: 'published package with its dependencies',
      measured: `${((packed?.unpackedSize ?? 0) / 2 ** 20).toFixed(1)} MB (bundle ${(bundle / 2 ** 20).toFixed(1)} MB)`,
      limit: '15 MB',
      aim: '8 MB',
    },
  ];
}
