import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../..');
const files = globSync('.github/workflows/*.yml', { cwd: root });
const textOf = (file: string) => readFileSync(join(root, file), 'utf8');

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
}
const jobs = files.flatMap((file) =>
  Object.entries<Job>(parse(textOf(file)).jobs).map(([name, job]) => ({ name: `${file} ${name}`, job })),
);

describe('workflows', () => {
  it('use actions by commit, and say which version that is', () => {
    const uses = files.flatMap((file) => textOf(file).match(/uses: .*/g) ?? []);

    expect(uses.length).toBeGreaterThan(10);
    expect(uses.filter((line) => !/^uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });

  it('use one commit of each action', () => {
    const uses = files.flatMap((file) => textOf(file).match(/uses: .*/g) ?? []);
    const actions = new Set(uses.map((line) => line.split('@')[0]));

    expect(new Set(uses).size).toBe(actions.size);
  });

  it('may read, and each job no more than it says', () => {
    expect(files.map((file) => parse(textOf(file)).permissions)).toEqual(files.map(() => ({ contents: 'read' })));
    expect(jobs.filter(({ job }) => job.permissions?.['contents'] === 'write').map(({ name }) => name)).toEqual([
      '.github/workflows/release.yml github-release',
    ]);
  });

  it('end some time', () => {
    expect(jobs.filter(({ job }) => job['timeout-minutes'] === undefined).map(({ name }) => name)).toEqual([]);
  });
});
