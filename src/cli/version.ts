import { arch, platform } from 'node:process';
import { Option } from 'commander';
import type { Host, Register } from './program.ts';

export const register: Register = (program, run, host) => {
  const command = program
    .command('version')
    .description('Say which kubemend this is, and what it runs on.')
    .addOption(new Option('-o, --output <format>', 'How to show it.').choices(['text', 'json']).default('text'))
    .addHelpText('after', '\nExit status: 0.\n');
  run(command, async ({ terminal }) => {
    const facts = factsOf(host);
    terminal.out(command.opts().output === 'json' ? `${JSON.stringify(facts, null, 2)}\n` : lineOf(facts));
    return 0;
  });
};

interface Facts {
  readonly version: string;
  /** Where it was built from a commit; sources that run as they are may have changed since. */
  readonly commit?: string | undefined;
  readonly build_date?: string | undefined;
  readonly node_version: string;
  readonly platform: string;
}

const factsOf = ({ version, commit, buildDate, nodeVersion }: Host): Facts => ({
  version,
  commit,
  build_date: buildDate,
  node_version: nodeVersion,
  platform: `${platform}/${arch}`,
});

function lineOf({ version, commit, build_date, node_version, platform }: Facts): string {
  const built = [commit && `commit ${commit.slice(0, 12)}`, build_date && `built ${build_date}`];
  return `kubemend ${version} (${[...built, `node ${node_version}`, platform].filter(Boolean).join(', ')})\n`;
}
