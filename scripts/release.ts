/**
 * Says what a release would do:
 *
 *     npm run release                  what a tag would publish, and what is in the way
 *     npm run release -- check [TAG]   whether everything says the same version; with a tag, whether it may be released
 *     npm run release -- notes TAG     what CHANGELOG.md says of it
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { architectures, archiveName, operatingSystems } from './krew-platforms.ts';
import { packageFacts, repositoryUrl } from './package-facts.ts';
import { notesOf, problemsOf } from './release-facts.ts';

const root = join(import.meta.dirname, '..');
const [command = 'plan', tag] = process.argv.slice(2);
const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
const upgrading = readFileSync(join(root, 'docs/upgrading.md'), 'utf8');
const { name, version, mcpName } = packageFacts;

const problems = problemsOf({ root, changelog, upgrading, tag: command === 'plan' ? `v${version}` : tag });
const archives = Object.keys(operatingSystems).flatMap((os) =>
  Object.keys(architectures).map((cpu) => archiveName(os, cpu)),
);
const plan = `The tag v${version} would publish

  npm             ${name}@${version}, with provenance
  image           ghcr.io/kubemend/${name}:${version} for linux/amd64 and linux/arm64, signed, with its bill of materials
  chart           oci://ghcr.io/kubemend/charts/${name} ${version}, signed
  MCP registry    ${mcpName} ${version}
  GitHub release  ${repositoryUrl}/releases/tag/v${version}
                  ${name}-${version}.mcpb, mend.yaml, ${archives.join(', ')}
`;

switch (command) {
  case 'plan':
    process.stdout.write(plan);
    tell(problems, '\nNothing is in the way.');
    break;
  case 'check':
    tell(problems, `Everything says ${version}.`);
    break;
  case 'notes': {
    const notes = notesOf(changelog).find((each) => `v${each.version}` === tag);
    tell(notes === undefined ? [`CHANGELOG.md has no notes for ${tag}`] : [], notes?.text ?? '');
    break;
  }
  default:
    tell([`there is no ${command}: plan, check or notes`], '');
}

function tell(reasons: readonly string[], good: string): void {
  for (const reason of reasons) process.stderr.write(`${reason}\n`);
  if (reasons.length === 0) process.stdout.write(`${good}\n`);
  else process.exitCode = 1;
}
