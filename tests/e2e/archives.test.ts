import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { aNamespace, apply, deleteNamespaces, eventually, kubectl, kubemend } from './bed.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubemend-archives-'));
const at = (name: string): string => join(folder, name);
let namespace: string;

beforeAll(async () => {
  namespace = await aNamespace('archives');
  await apply(namespace, readFileSync('tests/e2e/faults/config-key-missing.yaml', 'utf8'));
  await eventually(async () => {
    const pods = await kubectl('get', 'pods', '-n', namespace);
    if (!pods.includes('CreateContainerConfigError')) throw new Error(pods);
  });
  await kubectl('cluster-info', 'dump', '--namespaces', namespace, '--output-directory', at('dump'));
  writeFileSync(at('dump.txt'), await kubectl('cluster-info', 'dump', '--namespaces', namespace));
  writeFileSync(at('dump.yaml'), await kubectl('cluster-info', 'dump', '-o', 'yaml', '--namespaces', namespace));
  const kinds = 'pods,deploy,rs,sts,ds,jobs,cronjobs,svc,endpointslices,ingress,hpa,pvc,quota,cm,events';
  writeFileSync(at('get.yaml'), await kubectl('get', kinds, '-n', namespace, '-o', 'yaml'));
  writeFileSync(at('get.json'), await kubectl('get', kinds, '-n', namespace, '-o', 'json'));
  execFileSync('tar', ['-czf', at('dump.tar.gz'), '-C', folder, 'dump']);
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await deleteNamespaces([namespace]);
});

interface Answer {
  readonly causes: readonly { readonly rule: string; readonly object: { readonly name: string } }[];
}
const causesOf = async (...args: readonly string[]): Promise<readonly string[]> => {
  const { stdout } = await kubemend(['diagnose', '-n', namespace, '-o', 'yaml', ...args]);
  return (parse(stdout) as Answer).causes.map(({ rule, object }) => `${rule} ${object.name}`);
};

describe('an archive of a broken namespace', () => {
  it.each(['dump', 'dump.tar.gz', 'dump.txt', 'dump.yaml', 'get.yaml', 'get.json'])(
    'has in %s the cause that the cluster has',
    async (name) => {
      expect(await causesOf('--from', at(name))).toEqual(await causesOf());
    },
  );
});
