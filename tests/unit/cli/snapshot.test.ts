import { mkdtemp, readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { register } from '../../../src/cli/snapshot.ts';
import type { Scope, SnapshotData } from '../../../src/engines/snapshot-data.ts';
import { readArchive } from '../../../src/kubernetes/archive/read.ts';
import { aDeployment, anObject, someData } from '../../support/builders.ts';
import { runCommand } from '../../support/command.ts';
import { aReader, someClusters } from '../../support/fake-reader.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubemend-snapshot-'));
});

const holding = (more: Partial<SnapshotData> = {}) => {
  const scopes: Scope[] = [];
  const reader = aReader({
    collect: async (scope) => {
      scopes.push(scope);
      return { ...someData({ scope, objects: aDeployment('web').all }), ...more };
    },
  });
  return { scopes, clusters: someClusters({ reader: async () => reader }) };
};

describe('kubemend snapshot', () => {
  it('writes a file that can be read again, and says what is in it', async () => {
    const path = join(folder, 'shop.gz');

    const { status, out } = await runCommand(register, ['snapshot', '-n', 'shop', '-f', path], holding());

    expect(status).toBe(0);
    expect(out.replaceAll(path, 'shop.gz').replace(/\d+ KB/, 'N KB')).toMatchInlineSnapshot(`
      "Wrote shop.gz (N KB): 3 objects, 1 pod, 0 logs.
      Values of Secrets, tokens and passwords are redacted; names, images and log lines are not. Look before you share it.
      Next: kubemend diagnose --from shop.gz -n shop
      "
    `);
    expect((await readArchive(path)).objects).toHaveLength(3);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('writes what was read when the time is up', async () => {
    const reader = aReader({
      collect: async (scope, _signal, { enough } = {}) =>
        someData({ scope, objects: enough === undefined ? [] : aDeployment('web').all }),
    });

    const { out } = await runCommand(register, ['snapshot', '-f', join(folder, 'a.gz')], {
      clusters: someClusters({ reader: async () => reader }),
    });

    expect(out).toContain('3 objects');
  });

  it('takes out secrets', async () => {
    const path = join(folder, 'shop.gz');
    const secret = anObject('Secret', 'db', { data: { password: 'aHVudGVyMg==' } });

    await runCommand(register, ['snapshot', '-f', path], holding({ objects: [secret] }));

    expect(JSON.stringify(await readArchive(path))).not.toContain('aHVudGVyMg==');
  });

  it('says what it could not read', async () => {
    const denied = { read: { verb: 'list' as const, kind: 'Node', as: 'full' as const }, outcome: 'denied' as const };

    const { out } = await runCommand(register, ['snapshot', '-f', join(folder, 'a.gz')], holding({ reads: [denied] }));

    expect(out).toContain('1 of 1 reads gave nothing or not all (1 denied).');
  });

  it('reads the whole cluster, and finds a name for the file', async () => {
    const fields = holding({ cluster: 'arn:aws:eks:eu-1:1:cluster/prod' });
    const before = process.cwd();
    process.chdir(folder);

    const { out } = await runCommand(register, ['snapshot', '-A'], fields).finally(() => process.chdir(before));

    expect(fields.scopes).toEqual([{ namespace: undefined }]);
    expect(await readdir(folder)).toEqual(['arn-aws-eks-eu-1-1-cluster-prod-20261123-1200.kubemend.gz']);
    expect(out).toContain('Next: kubemend diagnose --from arn-aws-eks');
  });

  it('replaces nothing unless told', async () => {
    const argv = ['snapshot', '-f', join(folder, 'shop.gz')];
    await runCommand(register, argv, holding());

    await expect(runCommand(register, argv, holding())).rejects.toMatchObject({ code: 'conflict' });
    expect((await runCommand(register, [...argv, '--force'], holding())).status).toBe(0);
  });

  it('does not read a system namespace', async () => {
    await expect(runCommand(register, ['snapshot', '-n', 'kube-system'], holding())).rejects.toMatchObject({
      code: 'refused',
    });
  });

  it('ends quietly with 130 when it is interrupted', async () => {
    const clusters = someClusters({
      reader: async () => aReader({ collect: async (_, signal) => Promise.reject(signal.reason) }),
    });

    const ran = await runCommand(register, ['snapshot'], { clusters, signal: AbortSignal.abort() });

    expect(ran).toEqual({ status: 130, out: '', err: '' });
  });

  it('lets what went wrong surface', async () => {
    const clusters = someClusters({ reader: async () => aReader({ collect: () => Promise.reject(new Error('bug')) }) });

    await expect(runCommand(register, ['snapshot'], { clusters })).rejects.toThrow('bug');
  });
});
