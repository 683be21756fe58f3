import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { kubectlFolder, toolFolder } from './tools.ts';

const root = resolve(import.meta.dirname, '../..');
const home = mkdtempSync(join(tmpdir(), 'kubemend-krew-'));
const tools = toolFolder();
const manifest = join(root, 'build/mend.yaml');

/** A machine with kubectl and krew, and without Node. */
const bare = join(home, 'bare');
const environment = {
  HOME: home,
  KREW_ROOT: join(home, 'krew'),
  PATH: [join(home, 'krew/bin'), join(home, 'completion'), kubectlFolder(), bare].join(delimiter),
};
const run = (command: string, ...args: readonly string[]): string =>
  execFileSync(command, args, { cwd: home, env: environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

let archive = '';
beforeAll(() => {
  const built = execFileSync(process.execPath, ['scripts/build-krew.ts'], { cwd: root, encoding: 'utf8' });
  archive = join(root, built.trim());
  execFileSync(process.execPath, ['scripts/krew-manifest.ts'], { cwd: root });
  for (const folder of [bare, join(home, 'completion')]) execFileSync('mkdir', ['-p', folder]);
  for (const command of ['sh', 'dirname', 'readlink', 'git']) {
    symlinkSync(execFileSync('which', [command], { encoding: 'utf8' }).trim(), join(bare, command));
  }
  run(join(tools, 'krew'), 'install', `--manifest=${manifest}`, `--archive=${archive}`);
});
afterAll(() => rmSync(home, { recursive: true }));

describe('the krew plugin', () => {
  it('has a manifest as krew wants them', () => {
    expect(run(join(tools, 'validate-krew-manifest'), '-manifest', manifest, '-skip-install')).toBe('');
  });

  it('is of this version, at the address of its release', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const { spec } = parse(readFileSync(manifest, 'utf8'));

    expect(spec.version).toBe(`v${version}`);
    expect(spec.platforms[0].uri).toMatch(
      new RegExp(`/releases/download/v${version}/kubectl-mend-[a-z0-9-]+\\.tar\\.gz$`),
    );
  });

  it('runs as `kubectl mend` where there is no Node', () => {
    expect(() => run('node', '--version')).toThrow('ENOENT');
    expect(run('kubectl', 'mend', 'version')).toMatch(/^kubemend \d/);
  });

  it('diagnoses the demo', () => {
    const { status, stdout } = spawnSync('kubectl', ['mend', 'diagnose', '--demo', '-n', 'shop'], {
      env: environment,
      encoding: 'utf8',
    });

    expect(stdout).toContain('✖');
    expect(status).toBe(1);
  });

  it('completes behind kubectl', () => {
    symlinkSync(join(root, 'bin/kubectl_complete-mend'), join(home, 'completion/kubectl_complete-mend'));

    expect(run('kubectl', '__complete', 'mend', 'diagnose', '-o', 'js')).toBe('json\n:4\n');
  });
});
