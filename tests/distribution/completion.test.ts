import { execFileSync, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { installed } from './installed.ts';

const { folder, environment } = installed();
const options = { cwd: folder, env: environment, encoding: 'utf8' } as const;
const scriptOf = (shell: string) => execFileSync('kubemend', ['completion', shell], options);

const shells = {
  bash: { start: 'bash --norc --noprofile -i', setup: 'source ./bash.completion' },
  zsh: { start: 'zsh -f -i', setup: 'autoload -U compinit; compinit -u; bindkey -e; source ./zsh.completion' },
} as const;

/**
 * What becomes of each line when TAB is pressed at its end, in a shell on a terminal: the line is then printed instead of
 * run.
 */
async function pressingTab(shell: keyof typeof shells, lines: readonly string[]): Promise<readonly string[]> {
  const { start, setup } = shells[shell];
  const terminal = spawn('script', ['-qfec', start, '/dev/null'], options);
  let output = '';
  terminal.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  const printed = () => [...output.matchAll(/^= (.*)\r$/gm)].map(([, line = '']) => line.trimEnd());
  const type = async (keys: string) => {
    const before = printed().length;
    terminal.stdin.write(keys);
    while (printed().length === before) await pause(20);
  };
  await type(`${setup}\necho = ready\n`);
  for (const line of lines) await type(`${line}\t\u0001echo '= \u0005'\n`);
  terminal.stdin.end('exit\n');
  return printed().slice(1);
}

beforeAll(() => {
  for (const shell of ['bash', 'zsh', 'fish']) writeFileSync(join(folder, `${shell}.completion`), scriptOf(shell));
  writeFileSync(join(folder, 'bundle.tgz'), '');
});

describe('completion', () => {
  it.each(['bash', 'zsh'] as const)('completes commands, flags, values and files in %s', async (shell) => {
    const completed = await pressingTab(shell, [
      'kubemend diag',
      'kubemend heal roll',
      'kubemend diagnose --all-',
      'kubemend diagnose -o js',
      'kubemend serve --auth=oi',
      'kubemend diagnose --from bun',
      'kubemend diagnose --from=bun',
      'kubemend diagnose $(touch harm) -o js',
    ]);

    expect(completed).toEqual([
      'kubemend diagnose',
      'kubemend heal rollback',
      'kubemend diagnose --all-namespaces',
      'kubemend diagnose -o json',
      'kubemend serve --auth=oidc',
      'kubemend diagnose --from bundle.tgz',
      'kubemend diagnose --from=bundle.tgz',
      'kubemend diagnose $(touch harm) -o json',
    ]);
    expect(existsSync(join(folder, 'harm'))).toBe(false);
  });

  it.each([
    ['kubemend diag', 'diagnose\tFind out why something is broken: the root causes, the evidence, the fix.'],
    ['kubemend diagnose -o js', 'json'],
    ['kubemend serve --auth=oi', '--auth=oidc'],
    ['kubemend diagnose --from bun', 'bundle.tgz'],
    ['kubemend diagnose --from=bun', '--from=bundle.tgz'],
  ])('completes in fish: %s', (line, wanted) => {
    const found = execFileSync('fish', ['-c', `source fish.completion; complete -C '${line}'`], options);

    expect(found).toBe(`${wanted}\n`);
  });

  it.each([
    ['bash', ['shellcheck', '--shell=bash', 'bash.completion']],
    ['zsh', ['zsh', '-n', 'zsh.completion']],
    ['fish', ['fish', '-n', 'fish.completion']],
  ] as const)('is well-formed for %s', (_shell, [command, ...args]) => {
    expect(execFileSync(command, args, options)).toBe('');
  });

  it('answers kubectl, which completes `kubectl mend` by it', () => {
    const answer = execFileSync('kubectl_complete-mend', ['diagnose', '-o', 'ya'], options);

    expect(answer).toBe('yaml\n:4\n');
  });
});
