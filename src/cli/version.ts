import { arch, platform } from 'node:process';
import type { Register } from './program.ts';

export const register: Register = (program, run, host) => {
  const command = program
    .command('version')
    .description('Say which kubemend this is, and what it runs on.')
    .addHelpText('after', '\nExit status: 0.\n');
  run(command, async ({ terminal }) => {
    terminal.out(`kubemend ${host.version} (node ${host.nodeVersion}, ${platform} ${arch})\n`);
    return 0;
  });
};
