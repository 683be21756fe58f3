import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { diagnose } from '../../../../src/engines/diagnosis/diagnose.ts';
import type { Explanation } from '../../../../src/engines/diagnosis/explanation.ts';
import { nextReads } from '../../../../src/engines/reads.ts';
import type { SnapshotData } from '../../../../src/engines/snapshot-data.ts';
import { createArchiveClusters } from '../../../../src/kubernetes/archive/clusters.ts';
import { openArchive } from '../../../../src/kubernetes/archive/open.ts';
import { readArchive } from '../../../../src/kubernetes/archive/read.ts';
import {
  clusterInfoDumpFiles,
  clusterInfoDumpStream,
  type Files,
  kubectlGetFiles,
  mustGatherFiles,
  supportBundleFiles,
  writeFiles,
} from '../../../support/archive-layouts.ts';

const signal = new AbortController().signal;

/** What was read live of a namespace with six faults, one of which lies in another namespace. */
let recorded: SnapshotData;
let folder = '';

beforeAll(async () => {
  recorded = await readArchive('demo/shop.kubemend.gz');
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubemend-layouts-'));
});

const explain = async (path: string) => {
  const reader = await createArchiveClusters(path, { nextReads }).reader(undefined);
  return diagnose(await reader.collect({ namespace: 'shop' }, signal));
};
const causesOf = async (files: Files) => {
  return namesOf(await explain(await writeFiles(folder, files)));
};
const namesOf = ({ causes }: Explanation): readonly string[] =>
  causes.map(({ rule, object }) => `${rule} ${object.namespace}/${object.name}`);

describe('the causes of one state are the same', () => {
  it('in a support bundle', async () => {
    expect(await causesOf(supportBundleFiles(recorded))).toMatchInlineSnapshot(`
      [
        "image-tag-not-found shop-data/queue",
        "config-key-missing shop/payments",
        "pvc-storageclass-missing shop/index-search-0",
        "svc-selector-matches-nothing shop/reviews",
        "oom-container-limit shop/recommendations",
      ]
    `);
  });

  it('in a must-gather', async () => {
    expect(await causesOf(mustGatherFiles(recorded))).toMatchInlineSnapshot(`
      [
        "image-tag-not-found shop-data/queue",
        "config-key-missing shop/payments",
        "pvc-storageclass-missing shop/index-search-0",
        "svc-selector-matches-nothing shop/reviews",
        "oom-container-limit shop/recommendations",
      ]
    `);
  });

  it('in a cluster-info dump, but for claims and EndpointSlices', async () => {
    expect(await causesOf(clusterInfoDumpFiles(recorded))).toMatchInlineSnapshot(`
      [
        "image-tag-not-found shop-data/queue",
        "config-key-missing shop/payments",
        "pod-not-ready-unexplained shop/search",
        "oom-container-limit shop/recommendations",
      ]
    `);
  });

  it('in the stream of a cluster-info dump as in its folder', async () => {
    const folderCauses = await causesOf(clusterInfoDumpFiles(recorded));
    const alone = await writeFiles(join(folder, 'stream'), { 'dump.txt': clusterInfoDumpStream(recorded) });

    expect(namesOf(await explain(join(alone, 'dump.txt')))).toEqual(folderCauses);
  });

  it.each(['json', 'yaml'] as const)(
    'in what kubectl get prints as %s, but for what only logs tell',
    async (format) => {
      expect(await causesOf(kubectlGetFiles(recorded, format))).toMatchInlineSnapshot(`
        [
          "config-key-missing shop/payments",
          "crash-app-error shop/cart",
          "pvc-storageclass-missing shop/index-search-0",
          "svc-selector-matches-nothing shop/reviews",
          "oom-container-limit shop/recommendations",
        ]
      `);
    },
  );

  it('as they were live', () => {
    expect(namesOf(diagnose({ ...recorded, scope: { namespace: 'shop' } }))).toMatchInlineSnapshot(`
      [
        "image-tag-not-found shop-data/queue",
        "config-key-missing shop/payments",
        "pvc-storageclass-missing shop/index-search-0",
        "svc-selector-matches-nothing shop/reviews",
        "oom-container-limit shop/recommendations",
      ]
    `);
  });
});

describe('a support bundle', () => {
  const root = 'support-bundle-1/cluster-resources';
  const list = (kind: string, ...items: readonly object[]): string =>
    JSON.stringify({ kind: `${kind}List`, apiVersion: 'v1', items });
  const pod = { metadata: { name: 'web', namespace: 'shop', creationTimestamp: '2026-01-02T03:04:05Z' } };
  const opened = async (files: Files): Promise<SnapshotData> =>
    (await openArchive(await writeFiles(folder, files))).data;

  it('tells the version of the API server, and its time from what is in it', async () => {
    const data = await opened(supportBundleFiles(recorded, 'v1.34.4'));

    expect(data.version).toBe('v1.34.4');
    expect(Date.parse(recorded.takenAt) - Date.parse(data.takenAt)).toBeLessThan(60_000);
  });

  it('of an old version has bare arrays', async () => {
    const data = await opened({
      [`${root}/pods/shop.json`]: JSON.stringify([pod]),
      [`${root}/deployments/shop.json`]: 'null',
    });

    expect(data.objects).toMatchObject([{ kind: 'Pod', apiVersion: 'v1', metadata: { name: 'web' } }]);
    expect(data.reads.map(({ read }) => read)).toEqual([
      { verb: 'list', kind: 'Deployment', namespace: 'shop', as: 'full' },
      { verb: 'list', kind: 'Pod', namespace: 'shop', as: 'full' },
    ]);
  });

  it('says what its collector was not allowed to read', async () => {
    const data = await opened({
      [`${root}/pods/shop.json`]: list('Pod', pod),
      [`${root}/services-errors.json`]: JSON.stringify({ shop: 'services is forbidden: User "x" cannot list' }),
      [`${root}/nodes-errors.json`]: JSON.stringify(['etcd timed out']),
      [`${root}/pods-errors.json`]: 'null',
    });

    expect(data.reads.filter(({ outcome }) => outcome !== 'ok')).toMatchObject([
      { read: { kind: 'Node' }, outcome: 'failed', message: 'etcd timed out' },
      { read: { kind: 'Service', namespace: 'shop' }, outcome: 'denied' },
    ]);
  });

  it('has logs, of which the previous one is another file', async () => {
    const data = await opened({
      [`${root}/pods/shop.json`]: list('Pod', pod),
      [`${root}/pods/logs/shop/web/app.log`]: 'now\n',
      [`${root}/pods/logs/shop/web/app-previous.log`]: 'before\npassword=hunter2hunter2\n',
      [`${root}/pods/logs/shop/web/app-logs-errors.log`]: 'container is waiting',
    });

    expect(data.logs.map(({ container, previous, lines }) => [container, previous, lines[0]?.text])).toEqual([
      ['app', true, 'before'],
      ['app', false, 'now'],
    ]);
    expect(JSON.stringify(data.logs)).not.toContain('hunter2');
  });

  it('lists nothing that is not in it', async () => {
    const data = await opened({
      [`${root}/pods/shop.json`]: list('Pod', pod),
      [`${root}/services/shop.json`]: '',
      [`${root}/auth-cani-list/shop.json`]: '[{"metadata":{"name":"x"}}]',
      [`${root}/image-pull-secrets/shop/regcred.json`]: '{"registry":"user"}',
    });

    expect(data.objects).toHaveLength(1);
    expect(data.reads).toHaveLength(1);
  });
});

describe('a must-gather', () => {
  const opened = async (files: Files): Promise<SnapshotData> =>
    (await openArchive(await writeFiles(folder, files))).data;
  const outcomeOfNodes = ({ reads }: SnapshotData) =>
    reads.find(({ read }) => read.verb === 'list' && read.kind === 'Node')?.outcome;

  it('tells when it was collected', async () => {
    expect((await opened(mustGatherFiles(recorded, '2026-02-03T04:05:06Z'))).takenAt).toBe('2026-02-03T04:05:06.000Z');
  });

  it('holds every node, which the inspection of one does not', async () => {
    const { [versionPath]: _version, ...inspected } = mustGatherFiles(recorded);

    expect(outcomeOfNodes(await opened(mustGatherFiles(recorded)))).toBe('ok');
    folder = join(folder, 'other');
    expect(outcomeOfNodes(await opened(inspected))).toBeUndefined();
  });

  it('does not hold every node when one cannot be read', async () => {
    const node = 'must-gather.local.1/x/cluster-scoped-resources/core/nodes/other.yaml';

    expect(outcomeOfNodes(await opened({ ...mustGatherFiles(recorded), [node]: '{ broken' }))).toBe('failed');
  });

  it('has an empty file in the place of a previous log that there is none of', async () => {
    const log = 'must-gather.local.1/x/namespaces/shop/pods/web/app/app/logs';
    const data = await opened({
      ...mustGatherFiles({ ...recorded, logs: [] }),
      [`${log}/previous.log`]: '',
      [`${log}/current.insecure.log`]: '2026-01-02T03:04:05.6Z hello\n',
    });

    expect(data.logs).toEqual([
      {
        namespace: 'shop',
        pod: 'web',
        container: 'app',
        previous: false,
        lines: [{ at: '2026-01-02T03:04:05.6Z', text: 'hello' }],
      },
    ]);
  });
});
const versionPath = 'must-gather.local.1/quay-io-openshift-must-gather-sha256-1/version';

describe('a cluster-info dump', () => {
  const framed = (pod: string, text: string): string =>
    `==== START logs for container app of pod shop/${pod} ====\n${text}==== END logs for container app of pod shop/${pod} ====\n`;
  const pods = (status: object): string =>
    JSON.stringify({
      kind: 'PodList',
      apiVersion: 'v1',
      items: [{ metadata: { name: 'web', namespace: 'shop' }, status }],
    });
  const logsOf = async (files: Files) => (await openArchive(await writeFiles(folder, files))).data.logs;

  it('has the log of the last instance where the next one waits', async () => {
    const waiting = { containerStatuses: [{ name: 'app', state: { waiting: {} }, lastState: { terminated: {} } }] };
    const running = { containerStatuses: [{ name: 'app', state: { running: {} }, lastState: { terminated: {} } }] };
    const files = (status: object) => ({
      'shop/pods.json': pods(status),
      'shop/web/logs.txt': framed('web', 'died\n'),
    });

    expect((await logsOf(files(waiting))).map(({ previous }) => previous)).toEqual([false, true]);
    expect((await logsOf(files(running))).map(({ previous }) => previous)).toEqual([false]);
  });

  it('takes what a container prints for nothing else', async () => {
    const forged = `${JSON.stringify({ kind: 'Pod', apiVersion: 'v1', metadata: { name: 'forged' } })}\n${framed('db', 'forged\n')}`;
    const { data } = await openArchive(
      await writeFiles(folder, {
        'shop/pods.json': pods({}),
        'shop/web/logs.txt': `==== START logs for container app of pod shop/web ====\n==== END logs for container app of pod shop/web ====\n${forged}`,
      }),
    );

    expect(data.objects.map(({ metadata }) => metadata.name)).toEqual(['web']);
    expect(data.logs.map(({ pod }) => pod)).toEqual(['web']);
  });

  it('says instead of a log why there is none', async () => {
    expect(
      await logsOf({
        'shop/pods.json': pods({}),
        'shop/web/logs.txt': framed('web', 'Request log error: not found\n'),
      }),
    ).toEqual([]);
  });

  it('has null in the place of an empty list', async () => {
    const { data } = await openArchive(
      await writeFiles(folder, {
        'shop/pods.json': pods({}),
        'shop/daemonsets.json': JSON.stringify({ kind: 'DaemonSetList', apiVersion: 'apps/v1', items: null }),
        'elsewhere/daemonsets.json': JSON.stringify({ kind: 'DaemonSetList', apiVersion: 'apps/v1', items: null }),
      }),
    );

    expect(data.reads.map(({ read }) => read)).toEqual([
      { verb: 'list', kind: 'DaemonSet', namespace: 'shop', as: 'full' },
      { verb: 'list', kind: 'Pod', namespace: 'shop', as: 'full' },
    ]);
  });
});
