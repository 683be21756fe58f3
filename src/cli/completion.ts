import { Argument } from 'commander';
import type { Register } from './program.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

export const register: Register = (program, run) => {
  const command = program
    .command('completion')
    .description('Print a script that lets your shell complete commands, flags and their values.')
    .addArgument(new Argument('<shell>', 'the shell that reads it').choices(shells))
    .addHelpText('after', help);
  run(command, async ({ terminal }, [shell]) => {
    const { completionScripts } = await import('./completion-scripts.ts');
    const wanted = shells.find((each) => each === shell);
    if (wanted !== undefined) terminal.out(completionScripts[wanted]);
    return 0;
  });
};

const help = `
Examples:
  source <(kubemend completion bash)                                      in ~/.bashrc
  source <(kubemend completion zsh)                                       in ~/.zshrc, after compinit
  kubemend completion fish > ~/.config/fish/completions/kubemend.fish     once

kubectl mend completes by itself where kubectl does: it asks kubectl_complete-mend, which is installed beside it.

Exit status: 0.
`;
