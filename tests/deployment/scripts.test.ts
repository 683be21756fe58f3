import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { toolsPath } from './tools.ts';

const script = 'scripts/deploy.sh';
const folder = mkdtempSync(join(tmpdir(), 'kubemend-deploy-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A command that writes down what it is asked, and does nothing. */
function stand(name: string, script = ''): void {
  writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" >>"${folder}/calls"\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

stand('kubectl', `case $1 in kustomize) exec "${toolsPath}/kubectl" "$@" ;; apply) cat >"${folder}/applied" ;; esac`);

/** Runs scripts/deploy.sh where these commands are all that there is to deploy with. */
function deploy(args: readonly string[], path = folder) {
  writeFileSync(join(folder, 'calls'), '');
  const { status, stdout, stderr } = spawnSync(script, args, {
    env: { PATH: `${path}:/usr/bin:/bin` },
    encoding: 'utf8',
  });
  return { status, stdout, stderr, calls: readFileSync(join(folder, 'calls'), 'utf8') };
}

describe('scripts/deploy.sh', () => {
  it('deploys an overlay with a tag, and waits until it runs', () => {
    const { status, calls, stdout } = deploy(['production', '--tag', '9.9.9']);

    expect(status).toBe(0);
    expect(calls).toMatch(/kustomize k8s\/overlays\/production\n.*apply --filename -\n.*rollout status/s);
    expect(readFileSync(join(folder, 'applied'), 'utf8')).toMatch(/image: ghcr\.io\/kubemend\/kubemend:9\.9\.9\n/);
    expect(stdout).toContain('kubectl port-forward --namespace kubemend service/kubemend 8080');
  });

  it('changes nothing and waits for nothing in a dry run', () => {
    const { status, calls } = deploy(['--dry-run']);

    expect(status).toBe(0);
    expect(calls).toContain('apply --filename - --dry-run=server');
    expect(calls).not.toContain('rollout');
  });

  it('deploys the chart where helm is there', () => {
    stand('helm');

    const { status, calls } = deploy(['--namespace', 'mend', '--tag', '9.9.9', '--', '--set', 'replicas=3']);
    rmSync(join(folder, 'helm'));

    expect(status).toBe(0);
    expect(calls).toBe(
      'helm upgrade --install kubemend k8s/helm/kubemend --namespace mend --create-namespace --timeout 3m --set-string image.tag=9.9.9 --wait --set replicas=3\n',
    );
  });

  it.each([
    [['staging'], 'there is no overlay staging; there are dev ha-redis heal production readonly'],
    [['dev', 'heal'], 'one overlay at a time: dev or heal'],
    [['--tag'], '--tag needs a value'],
    [['--tags', '1'], 'there is no option --tags'],
    [['dev', '--namespace', 'mend'], '--namespace, --values and options of helm need helm, and no overlay'],
  ])('says what is wrong with %j', (args, message) => {
    expect(deploy(args)).toMatchObject({ status: 2, stderr: `deploy: ${message}\n` });
  });
});

it('every shell script passes shellcheck', () => {
  const all = execFileSync('git', ['ls-files', '*.sh', '.ci/run'], { encoding: 'utf8' }).trim().split('\n');
  // The others are parts, which are read with the scripts that source them.
  const files = all.filter((file) => readFileSync(file, 'utf8').startsWith('#!'));

  const { stdout, status } = spawnSync('shellcheck', ['--external-sources', '--source-path=SCRIPTDIR', ...files], {
    encoding: 'utf8',
  });

  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  expect(files).toEqual(expect.arrayContaining(['scripts/deploy.sh', 'scripts/test.sh', '.ci/run']));
});
