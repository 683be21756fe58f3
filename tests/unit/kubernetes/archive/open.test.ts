import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SnapshotData } from '../../../../src/engines/snapshot-data.ts';
import { type OpenArchiveOptions, openArchive } from '../../../../src/kubernetes/archive/open.ts';
import { type Files, writeFiles } from '../../../support/archive-layouts.ts';
import { tarBytes, zipBytes } from '../../../support/packed.ts';

const podOf = (name: string, more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', creationTimestamp: '2026-01-02T03:04:05Z' },
  ...more,
});
const list = (...items: readonly unknown[]): string =>
  `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2)}\n`;
const pods = list(podOf('web'));
const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n  namespace: shop\n';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubemend-open-'));
});

const holding = async (files: Files, options: OpenArchiveOptions = {}): Promise<SnapshotData> =>
  (await openArchive(await writeFiles(join(folder, 'files'), files), options)).data;
const file = async (name: string, bytes: Buffer | string, options: OpenArchiveOptions = {}): Promise<SnapshotData> => {
  await writeFile(join(folder, name), bytes);
  return (await openArchive(join(folder, name), options)).data;
};
const namesIn = ({ objects }: SnapshotData): readonly string[] => objects.map(({ metadata }) => metadata.name);
const failuresOf = ({ reads }: SnapshotData): readonly string[] =>
  reads.flatMap(({ read, outcome, message }) =>
    outcome === 'ok' ? [] : [`${read.verb === 'list' && read.kind}: ${message}`],
  );

/** Root may read everything: whoever runs the tests as root is nobody meanwhile. */
async function asSomebody<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe('an archive of files is read', () => {
  it.each<[string, string, Buffer | string]>([
    ['one file of JSON', 'pods.json', pods],
    ['one file of YAML', 'pods.yaml', `---\n${yaml}---\n${yaml.replace('settings', 'web')}`],
    ['one gzipped file', 'pods.json.gz', gzipSync(pods)],
    ['a tar archive', 'all.tar', tarBytes({ path: 'a/pods.json', contents: pods })],
    ['a gzipped tar archive', 'all.tgz', gzipSync(tarBytes({ path: 'a/pods.json', contents: pods }))],
    ['a zip archive', 'all.zip', zipBytes({ path: 'a/', contents: '' }, { path: 'a/pods.json', contents: pods })],
    [
      'a zip archive without compression',
      'all.zip',
      zipBytes({ path: 'pods.json', contents: pods, method: 0, mode: 0o100644 }),
    ],
    ['UTF-16 as PowerShell writes it', 'pods.json', Buffer.from(`\ufeff${pods.replaceAll('\n', '\r\n')}`, 'utf16le')],
    ['UTF-16 with its bytes swapped', 'pods.json', Buffer.from(`\ufeff${pods}`, 'utf16le').swap16()],
    ['UTF-8 with a mark', 'pods.json', `\ufeff${pods}`],
    ['JSON on one line', 'pods', JSON.stringify(JSON.parse(pods))],
    ['JSON without an ending, several values in a row', 'output', `${list()}${pods}`],
    ['text under any name that looks like objects', 'output.txt', `# comment\n\n${pods}`],
  ])('from %s', async (_what, name, bytes) => {
    expect(namesIn(await file(name, bytes))).toContain('web');
  });

  it('whatever the names and folders', async () => {
    const data = await holding({
      'a/b/everything.yml': yaml,
      'x.json': pods,
      'notes.txt': 'kubectl gave this\n',
      'app.log': '{"level":"info"}\n'.repeat(100),
      '.git/x.json': list(podOf('hidden')),
      'logo.png': 'x',
    });

    expect(namesIn(data)).toEqual(['settings', 'web']);
    expect(failuresOf(data)).toEqual([]);
  });

  it('keeping the newer of two versions of an object', async () => {
    const version = (resourceVersion: string, phase: string) =>
      list({ ...podOf('web'), metadata: { name: 'web', namespace: 'shop', resourceVersion }, status: { phase } });

    const data = await holding({ 'after.json': version('1002', 'Failed'), 'before.json': version('998', 'Running') });

    expect(data.objects).toMatchObject([{ status: { phase: 'Failed' } }]);
  });

  it('without secrets', async () => {
    const data = await holding({
      'x.json': list(
        {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 's', namespace: 'shop' },
          data: { password: 'aHVudGVyMg==' },
        },
        podOf('web', {
          spec: { containers: [{ name: 'a', env: [{ name: 'DB_PASSWORD', value: 'hunter2hunter2' }] }] },
        }),
      ),
    });

    expect(JSON.stringify(data)).not.toMatch(/hunter2|aHVudGVyMg/);
  });

  it('as of the newest time that it tells, or else of when it was written', async () => {
    const ended = {
      status: { containerStatuses: [{ state: { terminated: { finishedAt: '2026-01-02T04:00:00Z' } } }] },
    };

    expect((await holding({ 'x.json': list(podOf('web', ended)) })).takenAt).toBe('2026-01-02T04:00:00.000Z');

    const path = join(folder, 'timeless.yaml');
    await writeFile(path, yaml);
    await utimes(path, 1_767_225_600, 1_767_225_600);
    expect((await openArchive(path)).data.takenAt).toBe('2026-01-01T00:00:00.000Z');
    expect((await file('timeless.tar', tarBytes({ path: 'x.yaml', contents: yaml }))).takenAt).toBe(
      '2026-01-01T00:00:00.000Z',
    );
  });
});

describe('a file of a log among files of objects', () => {
  const pod = (name: string, ...containers: readonly string[]) =>
    podOf(name, { spec: { containers: containers.map((each) => ({ name: each })) } });
  const logsOf = async (files: Files): Promise<readonly string[]> =>
    (await holding({ 'pods.json': list(pod('web-1', 'app'), pod('db-0', 'db', 'proxy')), ...files })).logs.map(
      (log) => `${log.pod}/${log.container}${log.previous ? ' previous' : ''}: ${log.lines[0]?.text}`,
    );

  it.each<[string, readonly string[]]>([
    ['web-1.log', ['web-1/app: {"level":"error"}']],
    ['logs/web-1.previous.log', ['web-1/app previous: {"level":"error"}']],
    ['db-0-proxy.log', ['db-0/proxy: {"level":"error"}']],
    ['db-0_db-previous.log', ['db-0/db previous: {"level":"error"}']],
    ['shop/db-0/proxy.log', ['db-0/proxy: {"level":"error"}']],
    ['db-0.log', []],
    ['kubelet.log', []],
  ])('named %s', async (path, logs) => {
    expect(await logsOf({ [path]: '{"level":"error"}\n' })).toEqual(logs);
  });

  it('may hold objects all the same', async () => {
    expect(namesIn(await holding({ 'output.log': pods }))).toEqual(['web']);
  });
});

describe('a list is known to be complete', () => {
  const known = ({ reads }: SnapshotData): readonly string[] =>
    reads.flatMap(({ read, outcome }) =>
      outcome === 'ok' && read.verb === 'list' ? [`${read.kind}/${read.namespace ?? ''}`] : [],
    );
  const service = (namespace: string) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'x', namespace } });
  const list = (items: readonly unknown[], more: object = {}) =>
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items, ...more });

  it.each<[string, string, string, readonly string[]]>([
    [
      'of each kind of one namespace',
      'x.json',
      list([podOf('a'), podOf('b'), service('shop')]),
      ['Pod/shop', 'Service/shop'],
    ],
    [
      'of the cluster when it is of several namespaces',
      'x.json',
      list([service('shop'), service('other')]),
      ['Service/'],
    ],
    ['of every kind in it then', 'x.json', list([podOf('a'), service('shop'), service('other')]), ['Pod/', 'Service/']],
    ['not when its items were in no namespace', 'x.json', list([{ ...service('shop'), metadata: { name: 'x' } }]), []],
    ['of a kind without a namespace', 'pv.json', list([]), ['PersistentVolume/']],
    ['not when it goes on elsewhere', 'x.json', list([podOf('a')], { metadata: { continue: 'more' } }), []],
    ['not when it is one object', 'x.json', JSON.stringify(podOf('a')), []],
    ['not when an item is none', 'x.json', list([podOf('a'), 5]), []],
    [
      'not of a kind of the same name in another group',
      'x.json',
      list([{ ...service('shop'), apiVersion: 'serving.knative.dev/v1' }]),
      [],
    ],
  ])('%s', async (_what, name, contents, kinds) => {
    expect(known(await holding({ [name]: contents, 'other.yaml': yaml }))).toEqual(kinds);
  });

  it('of a folder that is named after a namespace, also when it is empty', async () => {
    const files = {
      'shop/po.json': list([podOf('a')]),
      'shop/jobs.yaml': 'apiVersion: v1\nitems: []\nkind: List\n',
      'x/jobs.json': list([]),
    };

    expect(known(await holding(files))).toEqual(['Job/shop', 'Pod/shop']);
  });

  it('not when one of its items is no YAML', async () => {
    const broken = `apiVersion: v1\nkind: List\nitems:\n- ${yaml.replaceAll('\n', '\n  ')}\n- {{ broken\n`;
    const data = await holding({ 'x.yaml': broken, 'y.json': pods });

    expect(known(data)).toEqual(['Pod/shop']);
    expect(failuresOf(data)).toEqual(['x.yaml: is no valid YAML']);
  });
});

describe('a file that cannot be read is a blind spot, and the others are read', () => {
  const deep = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"deep"},"spec":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_001)}`;
  const aliases = `a: &a [x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e', 'f', 'g']
    .map((name, index) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdef'[index]}`).join(',')}]`)
    .join('\n')}`;

  it.each<[string, string, string, string]>([
    ['cut off JSON', 'x.json', pods.slice(0, -5), 'x.json: is no valid JSON'],
    ['broken YAML', 'x.yaml', 'kind: [', 'x.yaml: is no valid YAML'],
    ['aliases that multiply', 'x.yaml', aliases, 'x.yaml: is no valid YAML'],
    ['nesting without end', 'x.json', deep, 'x.json: is nested too deeply'],
    [
      'a document that is too long',
      'x.json',
      list(podOf('x'.repeat(5000))),
      'x.json: has a line of more than 4000 characters',
    ],
    [
      'many lines that are too long together',
      'x.yaml',
      `a: 1\n${'b: 2\n'.repeat(2000)}`,
      'x.yaml: holds a document of more than 4000 characters',
    ],
  ])('%s', async (_what, name, contents, failure) => {
    const limit = contents === deep ? {} : { bundle: { documentLength: 4000 } };
    const data = await holding({ [name]: contents, 'pods.json': pods }, limit);

    expect(namesIn(data)).toEqual(['web']);
    expect(failuresOf(data)).toEqual([failure]);
  });

  it('of which only some are named when there are many', async () => {
    const broken = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${index}.json`, '{']));
    const failures = failuresOf(await holding({ ...broken, 'pods.json': pods }));

    expect(failures).toHaveLength(21);
    expect(failures.at(-1)).toBe('10 more files: cannot be read either');
  });

  it('in a zip archive that is encrypted, or compressed in another way', async () => {
    const data = await file(
      'x.zip',
      zipBytes(
        { path: 'a.json', contents: pods, flags: 1 },
        { path: 'b.json', contents: pods, method: 0 },
        { path: 'c.json', contents: pods, method: 12 },
      ),
    );

    expect(failuresOf(data)).toEqual(['a.json: is encrypted', 'c.json: is compressed in a way that is not read']);
  });
});

describe('an archive that somebody sent does no harm', () => {
  it('with links, pipes and devices in a folder', async () => {
    const root = join(folder, 'files');
    await mkdir(join(root, 'deeper'), { recursive: true });
    await writeFile(join(folder, 'outside.json'), list(podOf('outside')));
    await symlink(join(folder, 'outside.json'), join(root, 'link.json'));
    await symlink('/', join(root, 'deeper', 'everything'));
    execFileSync('mkfifo', [join(root, 'pipe.json')]);

    expect(namesIn(await holding({ 'pods.json': pods }))).toEqual(['web']);
  });

  it('with links, devices and names that lead elsewhere in a tar archive', async () => {
    const data = await file(
      'x.tar',
      tarBytes(
        { path: 'link.json', type: '2', linkTo: '/etc/passwd' },
        { path: 'hard.json', type: '1', linkTo: '/etc/passwd' },
        { path: 'device.json', type: '3' },
        { path: 'pipe.json', type: '6' },
        { path: '../../../etc/pods.json', contents: pods },
      ),
    );

    expect(namesIn(data)).toEqual(['web']);
  });

  it('with links in a zip archive', async () => {
    const data = await file(
      'x.zip',
      zipBytes({ path: 'l.json', contents: '/etc/passwd', mode: 0o120777 }, { path: '../p.json', contents: pods }),
    );

    expect(namesIn(data)).toEqual(['web']);
  });

  it('with fields that are no fields', async () => {
    const odd = {
      ...podOf('odd'),
      metadata: { name: 'odd', namespace: 'shop', managedFields: [null, 5, 'x'] },
      status: { conditions: null },
    };

    expect(namesIn(await holding({ 'x.json': list(odd, null, 'x', { metadata: { name: 7 } }) }))).toEqual(['odd']);
  });

  it('with parts of another shape than the API has', async () => {
    const { objects } = await holding({
      'x.json': list(
        podOf('a', {
          metadata: { name: 'a', namespace: 'shop', labels: { app: 'a', tier: 5 }, managedFields: 'x' },
          spec: {
            containers: [
              { name: 'app', image: 5, ports: 80, resources: null, args: ['a', 1], env: [{ name: 'N', value: 5 }] },
              'sidecar',
            ],
          },
          status: { conditions: 'Ready', phase: 'Running' },
        }),
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'b' },
          spec: [],
          status: { conditions: [{ status: 'True' }] },
        },
        { apiVersion: 'x.io/v1', kind: 'X', metadata: { name: 'c' }, spec: 'free', conditions: 'form' },
      ),
    });

    expect(objects).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'a', namespace: 'shop', labels: { app: 'a', tier: '5' } },
        spec: { containers: [{ name: 'app', image: '5', args: ['a', '1'], env: [{ name: 'N', value: '5' }] }] },
        status: { phase: 'Running' },
      },
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'b' },
        status: { conditions: [{ status: 'True' }] },
      },
      { apiVersion: 'x.io/v1', kind: 'X', metadata: { name: 'c' }, spec: 'free', conditions: 'form' },
    ]);
  });

  it.each<[string, Partial<NonNullable<OpenArchiveOptions['bundle']>>, string]>([
    ['more files than are read', { files: 1 }, 'more than 1 files'],
    ['more objects than are read', { objects: 1 }, 'more than 1 objects'],
    ['more than is unzipped', { totalBytes: 10_000 }, 'unzipped'],
    ['a bomb', { ratio: 10, ratioFromBytes: 10_000 }, 'in earnest'],
  ])('with %s', async (_what, bundle, sentence) => {
    const tar = tarBytes(
      { path: 'a.json', contents: pods },
      { path: 'b.json', contents: list(podOf('db')) },
      { path: 'c.log', contents: 'x'.repeat(500_000) },
    );

    await expect(file('x.tgz', gzipSync(tar), { bundle })).rejects.toMatchObject({
      code: 'validation_error',
      message: expect.stringContaining(sentence),
    });
  });

  it('with a bomb in a zip archive', async () => {
    const bomb = zipBytes({ path: 'a.json', contents: `{${' '.repeat(500_000)}` });

    await expect(file('x.zip', bomb, { bundle: { ratio: 10, ratioFromBytes: 10_000 } })).rejects.toMatchObject({
      message: expect.stringContaining('in earnest'),
    });
  });

  it('with a log that is larger than what is kept of it', async () => {
    const root = 'bundle/cluster-resources/pods';
    const lines = Array.from({ length: 5000 }, (_, index) => `line ${index}`).join('\n');
    const data = await holding({
      [`${root}/shop.json`]: pods,
      [`${root}/logs/shop/web/app.log`]: `${'x'.repeat(100_000)}\n${lines}\n`,
    });

    expect(data.logs[0]?.lines).toHaveLength(1000);
    expect(data.logs[0]?.lines.at(-1)).toEqual({ text: 'line 4999' });
  });
});

describe('an archive that is cut off', () => {
  const whole = tarBytes({ path: 'a.json', contents: pods }, { path: 'b.json', contents: list(podOf('db')) });

  it.each<[string, string, Buffer]>([
    ['tar', 'x.tar', whole.subarray(0, 1700)],
    ['gzip', 'x.tgz', gzipSync(whole, { level: 0 }).subarray(0, 1700)],
  ])('as %s is read until then', async (_what, name, bytes) => {
    const data = await file(name, bytes);

    expect(namesIn(data)).toContain('web');
    expect(failuresOf(data).join()).toMatch(
      /x\.(tar|tgz): (is cut off|ends in the middle).* what would come after is missing/,
    );
  });

  it.each<[string, string, Buffer, string]>([
    ['tar', 'x.tar', whole.subarray(0, 700), 'is cut off'],
    ['zip', 'x.zip', zipBytes({ path: 'a.json', contents: pods }).subarray(0, -25), 'ends in the middle'],
    ['gzip', 'x.json.gz', gzipSync(pods).subarray(0, 30), 'ends in the middle'],
  ])('as %s before anything was in it is refused', async (_what, name, bytes, sentence) => {
    await expect(file(name, bytes)).rejects.toMatchObject({
      code: 'validation_error',
      message: expect.stringContaining(sentence),
    });
  });
});

describe('what is no archive is refused', () => {
  it.each<[string, Buffer | string, string]>([
    ['nothing', '', 'is empty'],
    ['gzip of nothing', gzipSync(''), 'holds no Kubernetes object'],
    ['an empty tar archive', tarBytes(), 'holds no Kubernetes object'],
    ['an empty zip archive', zipBytes(), 'is empty'],
    [
      "somebody else's tar archive",
      gzipSync(tarBytes({ path: 'README.md', contents: 'hi' })),
      'holds no Kubernetes object',
    ],
    ['text', 'hello', 'holds no Kubernetes object'],
    ['bytes', Buffer.from([0, 159, 146, 150, 10, 255]), 'holds no Kubernetes object'],
    [
      'what xz compressed',
      Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4]),
      'is compressed with xz: unpack it first',
    ],
    ['damaged gzip', Buffer.from([0x1f, 0x8b, 8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9, 9, 9]), 'is damaged'],
    ['a damaged snapshot of ours', gzipSync('{"format":"kubemend-snapshot","version":1}\n'), 'damaged first line'],
    ['a newer snapshot of ours', gzipSync('{"format":"kubemend-snapshot","version":9}\n'), 'version 9'],
  ])('%s', async (_what, bytes, sentence) => {
    await expect(file('x', bytes)).rejects.toMatchObject({
      code: 'validation_error',
      message: expect.stringContaining(sentence),
    });
  });

  it('an empty folder, a device, a path without a file', async () => {
    await mkdir(join(folder, 'empty'));

    await expect(openArchive(join(folder, 'empty'))).rejects.toMatchObject({
      message: expect.stringContaining('is empty'),
    });
    await expect(openArchive('/dev/null')).rejects.toMatchObject({ message: '/dev/null is no file.' });
    await expect(openArchive(join(folder, 'nope'))).rejects.toMatchObject({
      code: 'validation_error',
      message: expect.stringContaining('does not exist'),
    });
  });

  it('a file that may not be read', async () => {
    const path = join(folder, 'closed.json');
    await writeFile(path, pods, { mode: 0o000 });
    await chmod(folder, 0o755);

    const opening = asSomebody(() => openArchive(path));

    await expect(opening).rejects.toMatchObject({
      code: 'validation_error',
      message: `${path} cannot be read (EACCES).`,
    });
  });

  it('when its caller gives up', async () => {
    await expect(holding({ 'x.json': pods }, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
  });
});
