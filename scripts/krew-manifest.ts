/** Writes krew's manifest of the archives in build/: build/mend.yaml. `--all` wants every platform to be there. */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { architectures, archiveName, operatingSystems } from './krew-platforms.ts';
import { packageFacts, repositoryUrl } from './package-facts.ts';

const version = `v${packageFacts.version}`;
const built = await readdir('build');
const platforms = await Promise.all(
  Object.entries(operatingSystems)
    .flatMap(([platform, os]) => Object.entries(architectures).map(([cpu, arch]) => ({ platform, os, cpu, arch })))
    .map(({ platform, os, cpu, arch }) => ({ os, arch, file: archiveName(platform, cpu) }))
    .filter(({ file }) => process.argv.includes('--all') || built.includes(file))
    .map(async ({ os, arch, file }) => ({
      selector: { matchLabels: { os, arch } },
      uri: `${repositoryUrl}/releases/download/${version}/${file}`,
      sha256: createHash('sha256')
        .update(await readFile(join('build', file)))
        .digest('hex'),
      bin: 'kubectl-mend',
    })),
);
const manifest = {
  apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
  kind: 'Plugin',
  metadata: { name: 'mend' },
  spec: {
    version,
    homepage: repositoryUrl,
    shortDescription: 'Find out why workloads are broken, and mend them',
    description: [
      'Finds the root cause of what is broken in a namespace, a workload, a node or a whole cluster: with the chain of',
      'objects from it to what you see, the evidence, and the fix. It only reads. "kubectl mend heal" mends: it shows a plan,',
      'asks, applies it once, watches until it is healthy, and can take it back.',
    ].join('\n'),
    caveats: 'Begin with: kubectl mend diagnose -n NAMESPACE\n"kubectl mend doctor" says what it may read here.\n',
    platforms,
  },
};
await writeFile('build/mend.yaml', stringify(manifest, { lineWidth: 0 }));
process.stdout.write(`build/mend.yaml: ${platforms.length} platforms\n`);
