/**
 * Everything that is derived from the source: `node scripts/generate.ts` writes it, `--check` fails when what is there
 * differs. Folders that are generated as a whole lose what no longer belongs there.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { demoExamples } from './demo-examples.ts';
import { alertsFile, runbooksPage } from './generate-alerts.ts';
import { apiPage } from './generate-api.ts';
import { chartFolder, chartReadme, chartSchemaFile } from './generate-chart.ts';
import { configurationPage } from './generate-configuration.ts';
import { dashboardFile } from './generate-dashboard.ts';
import { guardsPage } from './generate-guards.ts';
import { mcpbManifest } from './generate-mcpb.ts';
import { metricsPage } from './generate-metrics.ts';
import { policySchemaFile } from './generate-policy-schema.ts';
import { rbacFile } from './generate-rbac.ts';
import { rulePages } from './generate-rules.ts';
import { serverJson } from './generate-server-json.ts';
import { toolsPage } from './generate-tools.ts';

const root = join(import.meta.dirname, '..');
const ownFolders = ['docs/rules'];

const examples = await demoExamples();
const pages = new Map([
  ['docs/api.md', apiPage(examples)],
  ['docs/configuration.md', configurationPage()],
  ['docs/guards.md', guardsPage()],
  ['docs/metrics.md', metricsPage()],
  ['docs/runbooks/README.md', runbooksPage()],
  ['docs/tools.md', toolsPage()],
  [`${chartFolder}/README.md`, chartReadme()],
  [`${chartFolder}/values.schema.json`, chartSchemaFile()],
  [`${chartFolder}/files/rbac.yaml`, rbacFile()],
  ['docs/healing-policy.schema.json', policySchemaFile()],
  ['k8s/helm/kubemend/files/alerts.yaml', alertsFile()],
  ['k8s/helm/kubemend/files/dashboard.json', dashboardFile()],
  ['mcpb/manifest.json', mcpbManifest()],
  ['server.json', serverJson()],
  ['src/transports/openapi-examples.json', `${JSON.stringify(examples, null, 2)}\n`],
  ...[...rulePages()].map(([path, text]): [string, string] => [`docs/rules/${path}`, text]),
]);

const written = new Map(
  await Promise.all([...pages.keys()].map(async (path) => [path, await contentOf(path)] as const)),
);
const differing = [...pages.keys()].filter((path) => written.get(path) !== pages.get(path));
const stray = (await Promise.all(ownFolders.map(filesIn))).flat().filter((path) => !pages.has(path));

if (process.argv.includes('--check')) {
  for (const path of differing) process.stderr.write(`${path} differs from its source\n`);
  for (const path of stray) process.stderr.write(`${path} has no source\n`);
  if (differing.length + stray.length > 0) {
    process.stderr.write('Run: npm run generate\n');
    process.exitCode = 1;
  }
} else {
  for (const path of differing) await write(path, pages.get(path) ?? '');
  await Promise.all(stray.map((path) => rm(join(root, path))));
  process.stdout.write(`${pages.size} files, ${differing.length} written, ${stray.length} removed\n`);
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

/** Empty when there is no such file yet. */
async function contentOf(path: string): Promise<string> {
  return readFile(join(root, path), 'utf8').catch(() => '');
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ name }) => `${folder}/${name}`);
}
