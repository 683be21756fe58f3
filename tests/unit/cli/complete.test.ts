import { describe, expect, it } from 'vitest';
import { program } from '../../support/program.ts';

/** The values that are offered, and the last line. */
async function offered(...words: readonly string[]) {
  const { out } = await program(['__complete', ...words]);
  const lines = out.trimEnd().split('\n');
  return { values: lines.slice(0, -1).map((line) => line.split('\t')[0]), last: lines.at(-1) };
}

describe('completing a command line', () => {
  it('offers the commands, with what they are for', async () => {
    const { out } = await program(['__complete', 'di']);

    expect(out).toBe('diagnose\tFind out why something is broken: the root causes, the evidence, the fix.\n:4\n');
  });

  it('offers the commands of a command', async () => {
    expect((await offered('heal', 'un')).values).toEqual(['uncordon', 'undo']);
  });

  it('offers the flags of a command, long and short, and none that help hides', async () => {
    const { values } = await offered('diagnose', '-');

    expect(values).toEqual(expect.arrayContaining(['--all-namespaces', '-A', '--demo', '--help']));
    expect(values).not.toContain('--cluster');
    expect(values).not.toContain('--no-demo');
  });

  it.each([[['diagnose', '-o', '']], [['diagnose', 'deployment/api', '-n', 'shop', '--output', '']]])(
    'offers the values of a closed set: %j',
    async (words) => {
      expect((await offered(...words)).values).toEqual(['tree', 'json', 'yaml', 'markdown']);
    },
  );

  it('offers the values behind an equals sign with what stands before them', async () => {
    expect((await offered('diagnose', '--output=j')).values).toEqual(['--output=json']);
  });

  it('offers what a setting may be', async () => {
    expect((await offered('serve', '--auth', '')).values).toEqual(['none', 'oidc', 'tokenreview']);
  });

  it('offers the actions that a policy is asked about', async () => {
    expect((await offered('policy', 'explain', 'res')).values).toEqual(['restart_workload', 'resize_workload']);
  });

  it('understands flags of a command behind its own commands', async () => {
    expect((await offered('heal', '-n', 'rollback', 'list', '-o', 'y')).values).toEqual(['yaml']);
  });

  it('takes flags alone for those of serve', async () => {
    expect((await offered('--demo', '--identity', 'im')).values).toEqual(['impersonate']);
  });

  it.each([[['diagnose', '--from', '']], [['diagnose', '--from=sh']], [['audit', 'verify', '']]])(
    'lets names of files stand where a file is meant: %j',
    async (words) => {
      expect(await offered(...words)).toEqual({ values: [], last: ':0' });
    },
  );

  it.each([[['diagnose', '-n', '']], [['version', 'x', '']], [['no-such-command', '']], [['diagnose', '--', '-']]])(
    'offers nothing where it knows nothing: %j',
    async (words) => {
      expect(await offered(...words)).toEqual({ values: [], last: ':4' });
    },
  );
});
