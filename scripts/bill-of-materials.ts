/**
 * Writes down what of others is in dist/: `sbom.cdx.json` lists the packages (CycloneDX), `THIRD-PARTY-LICENSES.txt` has the
 * texts that go with them. Both come from what the bundler took in; to npm all of it is only needed for development.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Metafile } from 'esbuild';

interface Component {
  readonly name: string;
  readonly group?: string;
  readonly version: string;
  readonly evidence?: { readonly licenses?: readonly { readonly license: { readonly text: { content: string } } }[] };
}
interface BillOfMaterials {
  readonly components: readonly Component[];
}

/** A file that is shipped as its package has it, with what that says of the packages inside. */
export interface CopiedFile {
  readonly path: string;
  readonly notices?: string;
}

export async function writeBillOfMaterials(
  metafiles: readonly Metafile[],
  copied: readonly CopiedFile[],
): Promise<number> {
  const { components, ...rest } = await listed([...metafiles, ...copied.map(asBundled)]);
  const owners = new Map<string, string[]>();
  for (const component of components) {
    for (const text of textsOf(component)) owners.set(text, [...(owners.get(text) ?? []), nameOf(component)]);
  }
  for (const { path, notices } of copied) {
    if (notices !== undefined) owners.set(await readFile(notices, 'utf8'), [`packages inside ${path}`]);
  }
  const chapters = [...owners].map(([text, names]) => `${rule}\n${names.join('\n')}\n\n${text.trim()}\n\n`);
  await writeFile('dist/THIRD-PARTY-LICENSES.txt', [preamble, ...chapters].join(''));
  // The texts are in that file.
  const bare = components.map(({ evidence: _texts, ...component }) => component);
  await writeFile('dist/sbom.cdx.json', `${JSON.stringify({ ...rest, components: bare }, null, 2)}\n`);
  return components.length;
}

const rule = '='.repeat(80);
const preamble = 'Packages that kubemend contains, whole or in part, and their licences.\n\n';

const nameOf = ({ group, name, version }: Component): string =>
  `${group === undefined ? name : `${group}/${name}`}@${version}`;

function textsOf(component: Component): readonly string[] {
  const texts = component.evidence?.licenses ?? [];
  if (texts.length === 0) throw new Error(`${nameOf(component)} has no licence to ship with it.`);
  return texts.map(({ license }) => Buffer.from(license.text.content, 'base64').toString('utf8'));
}

const asBundled = ({ path }: CopiedFile): Metafile => ({
  inputs: { [path]: { bytes: 1, imports: [] } },
  outputs: {
    [path]: { bytes: 1, inputs: { [path]: { bytesInOutput: 1 } }, imports: [], exports: [], entryPoint: path },
  },
});

async function listed(metafiles: readonly Metafile[]): Promise<BillOfMaterials> {
  const folder = await mkdtemp(join(tmpdir(), 'kubemend-sbom-'));
  try {
    const metafile = join(folder, 'metafile.json');
    await writeFile(metafile, JSON.stringify(merged(metafiles)));
    const flags = ['--gather-license-texts', '--output-reproducible', '--output-file', '-', metafile];
    const generator = 'node_modules/@cyclonedx/cyclonedx-esbuild/bin/cyclonedx-esbuild-cli.js';
    const { stdout } = await promisify(execFile)(process.execPath, [generator, ...flags], { maxBuffer: 2 ** 26 });
    return JSON.parse(stdout) as BillOfMaterials;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Without what the bundler read and then left out. */
function merged(metafiles: readonly Metafile[]): Metafile {
  const outputs = Object.fromEntries(
    metafiles.flatMap(({ outputs }, index) =>
      Object.entries(outputs).map(([file, output]) => {
        const used = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
        return [`${index}/${file}`, { ...output, inputs: Object.fromEntries(used) }] as const;
      }),
    ),
  );
  return { inputs: Object.assign({}, ...metafiles.map(({ inputs }) => inputs)), outputs };
}
