/** Packs the built program as a bundle that desktop clients install: build/kubemend-VERSION.mcpb. Needs `npm run build`. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packExtension } from '@anthropic-ai/mcpb';
import { packageFacts } from './package-facts.ts';

const contents = { 'mcpb/manifest.json': 'manifest.json', dist: 'dist', demo: 'demo', LICENSE: 'LICENSE' };

const outputPath = join('build', `${packageFacts.name}-${packageFacts.version}.mcpb`);
const folder = await mkdtemp(join(tmpdir(), 'mcpb-'));
try {
  for (const [from, to] of Object.entries(contents)) await cp(from, join(folder, to), { recursive: true });
  if (!(await packExtension({ extensionPath: folder, outputPath, silent: true })))
    throw new Error('The bundle could not be packed: mcpb/manifest.json is not what it should be.');
  process.stdout.write(`${outputPath}\n`);
} finally {
  await rm(folder, { recursive: true });
}
