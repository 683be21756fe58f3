import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import type { Read, Scope, SnapshotData } from '../../../../src/engines/snapshot-data.ts';
import { replayed } from '../../../../src/kubernetes/archive/replay.ts';
import { someData } from '../../../support/builders.ts';

const list = (kind: string, namespace?: string, more: object = {}): Read => ({
  verb: 'list',
  kind,
  namespace,
  as: 'full',
  ...more,
});
const get = (kind: string, namespace: string | undefined, name: string): Read => ({
  verb: 'get',
  kind,
  namespace,
  name,
});
const log = (previous: boolean): Read => ({
  verb: 'log',
  namespace: 'shop',
  pod: 'web',
  container: 'app',
  previous,
  tailLines: 9,
});

const object = (apiVersion: string, kind: string, name: string, namespace?: string): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace !== undefined && { namespace }) },
});

/** Holds everything of Pods and Services in shop, one ConfigMap, one log, and knows two namespaces. */
const archive: SnapshotData = {
  ...someData(),
  objects: [
    object('v1', 'Namespace', 'shop'),
    object('v1', 'Namespace', 'other'),
    object('v1', 'Pod', 'web', 'shop'),
    object('v1', 'ConfigMap', 'settings', 'shop'),
    object('serving.knative.dev/v1', 'Service', 'web', 'shop'),
  ],
  logs: [{ namespace: 'shop', pod: 'web', container: 'app', previous: false, lines: [] }],
  reads: [
    { read: list('Namespace'), outcome: 'ok' },
    { read: list('Pod', 'shop'), outcome: 'ok' },
    { read: list('Service', 'shop'), outcome: 'ok' },
    { read: list('Job', 'shop'), outcome: 'denied', message: 'jobs is forbidden' },
    { read: list('StorageClass'), outcome: 'ok' },
  ],
};

const outcomeOf = async (read: Read, scope: Scope = { namespace: 'shop' }): Promise<string | undefined> => {
  const { reads } = await replayed(archive, scope, () => [read]);
  const result = reads.find(({ read: found }) => found === read) ?? reads.at(-1);
  return result?.message === undefined ? result?.outcome : `${result.outcome}: ${result.message}`;
};

describe('an archive that others made answers', () => {
  it.each<[string, Read, string]>([
    ['a list that is complete', list('Pod', 'shop', { atMost: 200 }), 'ok'],
    ['a table of a complete list', list('Pod', 'shop', { as: 'table' }), 'ok'],
    ['a list of what has no namespace', list('StorageClass', undefined, { as: 'metadata' }), 'ok'],
    ['a list that there is nothing of', list('Deployment', 'shop'), 'failed: not in this archive'],
    ['a list of which only single objects are held', list('ConfigMap', 'shop'), 'failed: not in this archive'],
    ['a list that could not be collected', list('Job', 'shop', { labelSelector: 'a=b' }), 'denied: jobs is forbidden'],
    [
      'a list of all namespaces of which one is held',
      list('Pod'),
      'failed: in this archive for 1 of 2 namespaces only',
    ],
    ['an object that is held', get('ConfigMap', 'shop', 'settings'), 'ok'],
    ['an object of a complete list that is not in it', get('Pod', 'shop', 'db'), 'absent'],
    ['an object that nothing is known of', get('ConfigMap', 'shop', 'setings'), 'failed: not in this archive'],
    ['an object of a namespace that nothing is held of', get('Pod', 'other', 'web'), 'failed: not in this archive'],
    ['a log that is held', log(false), 'ok'],
    ['a log that is not held', log(true), 'failed: not in this archive'],
  ])('%s', async (_what, read, outcome) => {
    expect(await outcomeOf(read)).toBe(outcome);
  });

  it('of all namespaces when every one of them is held', async () => {
    const whole = { ...archive, reads: [...archive.reads, { read: list('Pod', 'other'), outcome: 'ok' as const }] };

    expect((await replayed(whole, {}, () => [list('Pod')])).reads.at(-1)?.outcome).toBe('ok');
  });

  it('once for all namespaces that nothing is held of', async () => {
    const { reads } = await replayed(archive, {}, () => [list('Pod', 'other'), list('Pod', 'third')]);

    expect(reads.slice(archive.reads.length)).toEqual([
      { read: list('Pod'), outcome: 'failed', message: 'in this archive for 1 of 2 namespaces only' },
    ]);
  });

  it('with a Service of Kubernetes only when a Service is asked for', async () => {
    expect((await replayed(archive, {}, () => [])).objects.map(({ kind }) => kind)).not.toContain('Service');
  });

  it('until nothing new is asked for, and not for ever', async () => {
    let rounds = 0;

    await replayed(archive, {}, () => [get('Pod', 'shop', `web-${(rounds += 1)}`)]);

    expect(rounds).toBe(8);
  });
});
