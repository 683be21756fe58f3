import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import type { SnapshotData } from '../../../../src/engines/snapshot-data.ts';
import { createArchiveClusters } from '../../../../src/kubernetes/archive/clusters.ts';
import { readArchive } from '../../../../src/kubernetes/archive/read.ts';
import { createArchiveReader } from '../../../../src/kubernetes/archive/reader.ts';
import { writeArchive } from '../../../../src/kubernetes/archive/write.ts';

const signal = new AbortController().signal;
const kubemend = '1.2.3';

const object = (kind: string, name: string, more: object = {}, apiVersion = 'v1'): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop', creationTimestamp: '2026-01-01T00:00:00Z' },
  ...more,
});

const snapshot: SnapshotData = {
  takenAt: '2026-01-01T01:00:00.000Z',
  source: 'live',
  cluster: 'prod',
  version: 'v1.36.3',
  scope: { namespace: 'shop' },
  objects: [
    object('Pod', 'web-1', {
      status: { phase: 'Running', containerStatuses: [{ ready: true, restartCount: 2 }] },
      spec: { containers: [{}] },
    }),
    object('Deployment', 'web', { spec: { replicas: 2 }, status: { readyReplicas: 1 } }, 'apps/v1'),
    object(
      'Certificate',
      'tls',
      { status: { conditions: [{ type: 'Ready', status: 'False' }] } },
      'cert-manager.io/v1',
    ),
    object('Event', 'late', {
      involvedObject: { kind: 'Pod', name: 'web-1', namespace: 'shop' },
      lastTimestamp: '2026-01-01T00:30:00Z',
    }),
    object('Event', 'early', {
      involvedObject: { kind: 'Pod', name: 'web-1', namespace: 'shop' },
      lastTimestamp: '2026-01-01T00:10:00Z',
    }),
  ],
  heads: [object('Secret', 'db')],
  podRows: [
    {
      namespace: 'shop',
      name: 'web-1',
      ready: 1,
      containers: 1,
      status: 'Running',
      restarts: 2,
      age: '60m',
      node: 'n1',
    },
    { namespace: 'shop', name: 'web-2', ready: 0, containers: 1, status: 'Pending', restarts: 0, age: '60m' },
  ],
  logs: [
    {
      namespace: 'shop',
      pod: 'web-1',
      container: 'app',
      previous: false,
      lines: [{ at: '2026-01-01T00:00:00Z', text: 'one' }, { text: 'two' }],
    },
  ],
  reads: [
    { read: { verb: 'list', kind: 'Pod', namespace: 'shop', as: 'table' }, outcome: 'ok' },
    { read: { verb: 'get', kind: 'Node', name: 'n1' }, outcome: 'denied', message: 'no' },
    {
      read: { verb: 'log', namespace: 'shop', pod: 'web-1', container: 'app', previous: false, tailLines: 5 },
      outcome: 'ok',
    },
  ],
  cost: { requests: 3, bytes: 100, durationMs: 5 },
};

let folder = '';
let path = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubemend-test-'));
  path = join(folder, 'shop.kubemend.gz');
});

describe('a written archive', () => {
  it('reads back as it was, but for where it comes from', async () => {
    const size = await writeArchive(path, snapshot, { kubemend });

    expect(await readArchive(path)).toEqual({ ...snapshot, source: basename(path) });
    expect(size).toBe((await stat(path)).size);
  });

  it('is for its owner only, and leaves nothing beside it', async () => {
    await writeArchive(path, snapshot, { kubemend });

    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['shop.kubemend.gz']);
  });

  it('replaces no other file unless told', async () => {
    await writeFile(path, 'precious');

    await expect(writeArchive(path, snapshot, { kubemend })).rejects.toMatchObject({ code: 'conflict' });
    expect(await readFile(path, 'utf8')).toBe('precious');

    await writeArchive(path, snapshot, { kubemend, overwrite: true });
    expect(await readArchive(path)).toMatchObject({ cluster: 'prod' });
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('says when there is no such folder', async () => {
    await expect(writeArchive(join(folder, 'no', 'x'), snapshot, { kubemend })).rejects.toMatchObject({
      code: 'validation_error',
    });
  });

  it('never takes the place of a device, a pipe or a folder', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);

    const onto = (target: string) => writeArchive(target, snapshot, { kubemend, overwrite: true });

    await expect(onto(pipe)).rejects.toMatchObject({ code: 'validation_error', message: `${pipe} is no file.` });
    await expect(onto(folder)).rejects.toMatchObject({ message: `${folder} is a folder.` });
    expect(await readdir(folder)).toEqual(['pipe']);
  });

  it('says when its name is too long', async () => {
    await expect(writeArchive(join(folder, 'x'.repeat(300)), snapshot, { kubemend })).rejects.toMatchObject({
      code: 'validation_error',
      hint: 'Choose a shorter name.',
    });
  });

  it('holds no secret, even if what it is made of does', async () => {
    const leaky: SnapshotData = {
      ...snapshot,
      objects: [
        object('Secret', 'db', { data: { password: 'canary' } }),
        object('Pod', 'x', { spec: { containers: [{ env: [{ name: 'TOKEN', value: 'canary' }] }] } }),
      ],
      logs: [{ namespace: 'shop', pod: 'p', container: 'c', previous: false, lines: [{ text: 'password=canary' }] }],
    };

    await writeArchive(path, leaky, { kubemend });

    expect(gunzipSync(await readFile(path)).toString()).not.toContain('canary');
  });

  it('is given up with its signal', async () => {
    await expect(
      writeArchive(path, snapshot, { kubemend, signal: AbortSignal.abort(new Error('enough')) }),
    ).rejects.toThrow('abort');
    expect(await readdir(folder)).toEqual([]);
  });
});

const header = {
  format: 'kubemend-snapshot',
  version: 1,
  takenAt: '2026-01-01T01:00:00Z',
  cluster: 'c',
  scope: {},
  kubemend,
};
const end = { end: { objects: 0, heads: 0, podRows: 0, logs: 0, reads: 0 } };
const zipped = (...lines: readonly unknown[]) =>
  gzipSync(lines.map((line) => (typeof line === 'string' ? line : `${JSON.stringify(line)}\n`)).join(''));

describe('readArchive refuses', () => {
  it.each<[string, Buffer, string]>([
    ['what is not gzip', Buffer.from('hello'), 'is not a gzip file'],
    ['an empty file', Buffer.from(''), 'is empty'],
    ['gzip of nothing', gzipSync(''), 'is empty'],
    ['gzip of something else', gzipSync('hello\nworld\n'), 'of something else'],
    ['gzip of other JSON', zipped({ a: 1 }), 'of something else'],
    ['gzip of null', zipped('null\n'), 'of something else'],
    ['a tar archive', gzipSync(`bundle/${'\0'.repeat(250)}ustar\0${'\0'.repeat(200)}`), 'is a tar archive'],
    ['a newer version', zipped({ ...header, version: 2 }), 'version 2'],
    ['a damaged header', zipped({ ...header, takenAt: 'yesterday' }), 'damaged first line'],
    ['a damaged line', zipped(header, '{"object":\n', end), 'damaged in line 2'],
    ['an unknown record', zipped(header, { surprise: 1 }, end), 'damaged in line 2'],
    ['an object without a name', zipped(header, { object: { kind: 'Pod' } }, end), 'damaged in line 2'],
    ['an object without a kind', zipped(header, { object: { metadata: { name: 'x' } } }, end), 'damaged in line 2'],
    ['a missing end', zipped(header), 'is cut off'],
    ['missing records', zipped(header, { end: { ...end.end, objects: 1 } }), 'lacks records'],
    ['more after the end', zipped(header, end, end), 'goes on after its end'],
  ])('%s', async (_what, bytes, sentence) => {
    await writeFile(path, bytes);

    await expect(readArchive(path)).rejects.toMatchObject({
      code: 'validation_error',
      message: expect.stringContaining(sentence),
    });
  });

  it('a file that was cut off', async () => {
    await writeArchive(path, snapshot, { kubemend });
    await truncate(path, (await stat(path)).size - 20);

    await expect(readArchive(path)).rejects.toMatchObject({
      code: 'validation_error',
      message: expect.stringContaining('ends in the middle'),
    });
  });

  it('a device, or a pipe that nobody writes to', async () => {
    await expect(readArchive('/dev/null')).rejects.toMatchObject({ message: '/dev/null is no file.' });
  });

  it('what does not exist, and a folder', async () => {
    await expect(readArchive(join(folder, 'nope'))).rejects.toMatchObject({ code: 'validation_error' });
    await expect(readArchive(folder)).rejects.toMatchObject({
      code: 'validation_error',
      message: expect.stringContaining('is a folder'),
    });
  });

  it.each<[string, object, string]>([
    ['more than it may hold', { totalBytes: 1000 }, 'unzipped'],
    ['a line without end', { lineBytes: 1000 }, 'a line of more than'],
    ['more lines than it may have', { lines: 0 }, 'more than 0 lines'],
    ['a bomb', { ratioFromBytes: 1000 }, 'in earnest'],
  ])('%s', async (_what, limits, sentence) => {
    await writeFile(path, zipped(header, 'x'.repeat(200_000)));

    await expect(readArchive(path, { limits })).rejects.toMatchObject({
      code: 'validation_error',
      message: expect.stringContaining(sentence),
    });
  });

  it('to go on when its caller gives up', async () => {
    await writeArchive(path, snapshot, { kubemend });

    await expect(readArchive(path, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
});

describe('an archive as a cluster', () => {
  const opened = async (data = snapshot) => {
    await writeArchive(path, data, { kubemend, overwrite: true });
    return createArchiveClusters(path);
  };
  const reading = async (data = snapshot) => (await opened(data)).reader(undefined);

  it('is the only one', async () => {
    const clusters = await opened();

    expect(await clusters.list(signal)).toEqual([{ name: 'prod', default: true, reachable: true, version: 'v1.36.3' }]);
    expect(await clusters.reader('prod')).toBeDefined();
    await expect(clusters.reader('other')).rejects.toMatchObject({
      code: 'not_found',
      details: { clusters: ['prod'] },
    });
    await expect(clusters.ping(signal)).resolves.toBeUndefined();
    await expect(clusters.close()).resolves.toBeUndefined();
  });

  it('cannot be changed, and is the same for everybody', async () => {
    const clusters = await opened();
    const seen = clusters.as({ user: { user: 'jane', groups: [] }, logs: false });

    await expect(clusters.writer(undefined)).rejects.toMatchObject({
      code: 'refused',
      message: 'An archive cannot be changed.',
    });
    expect(await seen.list(signal)).toEqual(await clusters.list(signal));
  });

  it('is read once, at the first use', async () => {
    const clusters = await opened();
    await clusters.ping(signal);
    await writeFile(path, 'gone');

    expect(await clusters.list(signal)).toHaveLength(1);
  });

  it('collects what was recorded, for the question asked now', async () => {
    const reader = await reading();

    expect(await reader.collect({ namespace: 'shop' }, signal)).toEqual({ ...snapshot, source: basename(path) });
    expect(
      await reader.collect({ namespace: 'shop', object: { kind: 'Pod', namespace: 'shop', name: 'web-2' } }, signal),
    ).toMatchObject({ cluster: 'prod' });
  });

  it('takes a question that names nothing for the one that it was made for', async () => {
    const ofNamespace = await reading();
    const ofCluster = createArchiveReader({ ...snapshot, scope: {} });

    expect((await ofNamespace.collect({}, signal)).scope).toEqual({ namespace: 'shop' });
    expect((await ofCluster.collect({}, signal)).scope).toEqual({});
  });

  it('does not diagnose what is not in it', async () => {
    const reader = await reading();

    await expect(reader.collect({ namespace: 'shpo' }, signal)).rejects.toMatchObject({
      code: 'not_found',
      message: 'This archive does not hold namespace shpo.',
      details: { archive: true, suggestions: ['shop'] },
    });
    await expect(
      reader.collect({ object: { kind: 'Deployment', namespace: 'shop', name: 'wbe' } }, signal),
    ).rejects.toMatchObject({
      details: { suggestions: ['web'] },
    });
  });

  it('tells how other reads would have ended', async () => {
    const reader = await reading();

    const { reads } = await reader.read(
      [
        { verb: 'get', name: 'n1', kind: 'Node' },
        { verb: 'list', kind: 'Deployment', as: 'full' },
        { verb: 'list', kind: 'Lease', as: 'full' },
      ],
      signal,
    );

    expect(reads.map(({ outcome }) => outcome)).toEqual(['denied', 'ok', 'failed']);
  });

  it('lists pods by their recorded rows, page by page', async () => {
    const reader = await reading();
    const query = { kind: 'po', namespace: 'shop', limit: 1 };

    const first = await reader.list(query, signal);
    const second = await reader.list({ ...query, ...(first.cursor && { cursor: first.cursor }) }, signal);

    expect(first).toMatchObject({
      columns: ['Name', 'Ready', 'Status', 'Restarts', 'Age'],
      rows: [{ namespace: 'shop', cells: ['web-1', '1/1', 'Running', 2, '60m'] }],
      remaining: 1,
    });
    expect(second).toMatchObject({ rows: [{ cells: ['web-2', '0/1', 'Pending', 0, '60m'] }] });
    expect(second).not.toHaveProperty('cursor');
  });

  it.each([
    ['deploy', ['web', '1/2 ready', '60m']],
    ['certificates.cert-manager.io', ['tls', 'Not Ready', '60m']],
    ['Secret', ['db', '', '60m']],
  ])('lists %s by what their status says', async (kind, cells) => {
    const reader = await reading();

    expect((await reader.list({ kind, limit: 5 }, signal)).rows).toEqual([{ namespace: 'shop', cells }]);
  });

  it('lists pods without recorded rows, and by selectors', async () => {
    const waiting = object('Pod', 'bad', {
      spec: { containers: [{ name: 'app' }] },
      status: { containerStatuses: [{ state: { waiting: { reason: 'ErrImagePull' } } }] },
    });
    const reader = await reading({ ...snapshot, objects: [...snapshot.objects, waiting] });

    const { rows } = await reader.list({ kind: 'pods', limit: 9, fieldSelector: 'metadata.name!=web-1' }, signal);

    expect(rows).toEqual([{ namespace: 'shop', cells: ['bad', '0/1', 'ErrImagePull', 0, '60m'] }]);
  });

  it('gets objects, and says what it does not hold', async () => {
    const reader = await reading();

    expect(await reader.get({ kind: 'deployment', namespace: 'shop', name: 'web' }, signal)).toMatchObject({
      kind: 'Deployment',
    });
    await expect(reader.get({ kind: 'Deployment', namespace: 'shop', name: 'wbe' }, signal)).rejects.toMatchObject({
      code: 'not_found',
      message: 'This archive does not hold Deployment/wbe in namespace shop.',
      details: { suggestions: ['web'] },
    });
    await expect(reader.resolve('gizmo', signal)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('has events, newest last, and logs', async () => {
    const reader = await reading();
    const target = { namespace: 'shop', pod: 'web-1', container: 'app', previous: false, tailLines: 1 };

    expect(
      (await reader.events({ kind: 'po', namespace: 'shop', name: 'web-1' }, signal)).map(
        ({ metadata }) => metadata.name,
      ),
    ).toEqual(['early', 'late']);
    const streamed: string[] = [];
    await reader.streamLog(target, (lines) => streamed.push(...lines.map(({ text }) => text)), signal);

    expect((await reader.log(target, signal)).lines).toEqual([{ text: 'two' }]);
    expect(streamed).toEqual(['two']);
    await expect(reader.log({ ...target, previous: true }, signal)).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('previous log'),
    });
  });

  it('answers nobody who gave up', async () => {
    const reader = await reading();
    const aborted = AbortSignal.abort(new Error('enough'));

    await expect(reader.collect({}, aborted)).rejects.toThrow('enough');
    await expect(reader.get({ kind: 'Pod', namespace: 'shop', name: 'web-1' }, aborted)).rejects.toThrow('enough');
  });

  it('fails when its file cannot be read', async () => {
    const clusters = await opened();
    await chmod(path, 0o600);
    await writeFile(path, 'no snapshot');

    await expect(clusters.reader(undefined)).rejects.toMatchObject({ code: 'validation_error' });
  });
});
