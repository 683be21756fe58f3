/** Writes the manual page, dist/kubemend.1. */
import { writeFile } from 'node:fs/promises';
import { commandTree } from '../src/cli/command-tree.ts';
import { manualPage } from './manual-page.ts';
import { packageFacts } from './package-facts.ts';
import { provenance } from './provenance.ts';

const { version } = packageFacts;
const { program } = await commandTree({
  argv: [],
  environment: {},
  dotenv: '',
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: AbortSignal.abort(),
  version,
  nodeVersion: process.version,
  demo: '',
  assets: '',
});
const { date = Date.now() } = provenance(process.env);
await writeFile('dist/kubemend.1', manualPage({ program, version, date: new Date(date) }));
