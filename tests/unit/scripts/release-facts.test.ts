import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { notesOf, problemsOf, statedVersions } from '../../../scripts/release-facts.ts';

const root = join(import.meta.dirname, '../../..');
const textOf = (file: string) => readFileSync(join(root, file), 'utf8');
const { version } = JSON.parse(textOf('package.json'));

describe('this checkout', () => {
  it('says the same version everywhere', () => {
    const [changelog, upgrading] = [textOf('CHANGELOG.md'), textOf('docs/upgrading.md')];

    expect(statedVersions(root).length).toBeGreaterThanOrEqual(5);
    expect(problemsOf({ root, changelog, upgrading })).toEqual([]);
  });
});

describe('a release', () => {
  const changelog = `# Changelog\n\n## [${version}] - 2026-11-27\n\n### Added\n\n- More.\n\n## [0.0.1]\n\n- First.\n`;
  const upgrading = `# Upgrading\n\n### ${version}\n`;
  let copy = '';
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    writeFileSync(join(copy, file), text);
  };
  const problems = (tag: string, texts: { changelog?: string; upgrading?: string } = {}) =>
    problemsOf({ root: copy, changelog, upgrading, tag, ...texts });

  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), 'kubemend-release-'));
    for (const file of ['package.json', 'package-lock.json', 'server.json', 'mcpb/manifest.json'])
      cpSync(join(root, file), join(copy, file));
  });
  afterEach(() => rmSync(copy, { recursive: true }));

  it('may be made of a checkout that agrees', () => {
    expect(problems(`v${version}`)).toEqual([]);
  });

  it('may not be made under another tag', () => {
    expect(problems('v9.9.9')).toEqual([`the tag v9.9.9 is not v${version}`]);
  });

  it('may not be made where a chart or a manifest says something else', () => {
    write('k8s/helm/kubemend/Chart.yaml', 'version: 9.9.9\nappVersion: 9.9.9\n');
    write('k8s/base/deployment.yaml', 'image: ghcr.io/kubemend/kubemend:9.9.9\n');

    expect(problems(`v${version}`)).toEqual([
      `k8s/helm/kubemend/Chart.yaml version says 9.9.9, package.json ${version}`,
      `k8s/helm/kubemend/Chart.yaml appVersion says 9.9.9, package.json ${version}`,
      `k8s/base/deployment.yaml image says 9.9.9, package.json ${version}`,
    ]);
  });

  it('may not be made without notes that are dated', () => {
    expect(problems(`v${version}`, { changelog: '## [Unreleased]\n\n- More.\n', upgrading: '' })).toEqual([
      `CHANGELOG.md begins with Unreleased, not with ${version}`,
      `CHANGELOG.md gives ${version} no date`,
      `docs/upgrading.md has no notes for ${version}`,
    ]);
  });

  it('is told of by its own notes', () => {
    expect(notesOf(changelog)).toEqual([
      { version, date: '2026-11-27', text: '### Added\n\n- More.' },
      { version: '0.0.1', date: undefined, text: '- First.' },
    ]);
  });
});
