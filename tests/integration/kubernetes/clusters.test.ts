import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Clusters } from '../../../src/kubernetes/ports.ts';
import { aFakeApiServer, type FakeApiServer, type FakeApiServerOptions } from '../../support/fake-api-server.ts';
import { writeKubeconfig } from '../../support/kubeconfig-file.ts';
import { clustersOf, liveClusters } from '../../support/live-clusters.ts';
import { selfSigned } from '../../support/self-signed.ts';

const signal = new AbortController().signal;
const servers: FakeApiServer[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serving(options: FakeApiServerOptions = {}): Promise<FakeApiServer> {
  const server = await aFakeApiServer(options);
  servers.push(server);
  return server;
}

const insecure = { 'insecure-skip-tls-verify': true };
const listPods = async (clusters: Clusters) =>
  (await clusters.reader(undefined)).list({ kind: 'pods', limit: 1 }, signal);
const folder = () => mkdtemp(join(tmpdir(), 'kubemend-test-'));

describe('the contexts of a kubeconfig', () => {
  it('are listed with a probe of each; a dead one delays none', async () => {
    const server = await serving({ version: 'v1.34.4' });
    const kubeconfig = await writeKubeconfig([
      { name: 'good', server: server.url, cluster: insecure },
      { name: 'dead', server: 'https://127.0.0.1:1' },
      { name: 'nowhere', server: 'https://does-not-exist.invalid' },
    ]);

    expect(await liveClusters(kubeconfig).list(signal)).toEqual([
      { name: 'good', default: true, server: server.url, reachable: true, version: 'v1.34.4' },
      {
        name: 'dead',
        default: false,
        server: 'https://127.0.0.1:1',
        reachable: false,
        problem: expect.stringContaining('Nothing listens at 127.0.0.1:1'),
      },
      {
        name: 'nowhere',
        default: false,
        server: expect.any(String),
        reachable: false,
        problem: expect.stringContaining('cannot be resolved'),
      },
    ]);
  });

  it('do not answer when there was enough time', async () => {
    const enough = new AbortController();
    const server = await serving();
    server.on('GET /version', () => enough.abort());
    const kubeconfig = await writeKubeconfig([{ name: 'slow', server: server.url, cluster: insecure }]);

    expect(await liveClusters(kubeconfig).list(signal, enough.signal)).toMatchObject([
      { name: 'slow', reachable: false, problem: expect.stringMatching(/^It did not answer within \d+\.\d s\.$/) },
    ]);
  });

  it.each(['contexts: 5', 'users: [{name: a, user: {tokenFile: 5}}]', 'users: x # tokenFile', '{', '[]', 'x', ''])(
    'are none in %j, which is said in words',
    async (text) => {
      const path = join(await folder(), 'kubeconfig');
      await writeFile(path, text);

      await expect(liveClusters(path).list(signal)).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining(path),
      });
    },
  );

  it('are asked once whether they answer', async () => {
    const server = await serving();
    server.on('GET /version', { status: 503 });

    expect(await (await clustersOf(server)).list(signal)).toMatchObject([
      { reachable: false, problem: expect.stringContaining('503') },
    ]);
    expect(server.requests).toHaveLength(1);
  });

  it('are chosen by name, with the known ones named for a wrong one', async () => {
    const server = await serving();
    const clusters = await clustersOf(server);

    expect(await clusters.reader('fake')).toBe(await clusters.reader(undefined));
    await expect(clusters.reader('fkae')).rejects.toMatchObject({
      code: 'not_found',
      details: { clusters: ['fake'], suggestions: ['fake'] },
    });
  });

  it('may have no current one, unless there is only one', async () => {
    const contexts = ['a', 'b'].map((name) => ({ name, server: 'https://127.0.0.1:1' }));
    const two = liveClusters(await writeKubeconfig(contexts, ''));
    const one = liveClusters(await writeKubeconfig(contexts.slice(0, 1), ''));

    await expect(two.reader(undefined)).rejects.toMatchObject({ code: 'not_found', details: { clusters: ['a', 'b'] } });
    expect(await one.reader(undefined)).toBeDefined();
  });

  it('may be overruled by a default of ours', async () => {
    const server = await serving();
    const kubeconfig = await writeKubeconfig([
      { name: 'dead', server: 'https://127.0.0.1:1' },
      { name: 'good', server: server.url, cluster: insecure },
    ]);
    const clusters = liveClusters(kubeconfig, { defaultContext: 'good' });

    await clusters.ping(signal);

    expect((await clusters.list(signal)).map(({ name, default: isDefault }) => [name, isDefault])).toEqual([
      ['dead', false],
      ['good', true],
    ]);
  });

  it('come from several files, the first winning', async () => {
    const server = await serving();
    const first = await writeKubeconfig([{ name: 'a', server: server.url, cluster: insecure }]);
    const second = await writeKubeconfig([
      { name: 'a', server: 'https://127.0.0.1:1' },
      { name: 'b', server: 'https://127.0.0.1:1' },
    ]);
    const clusters = liveClusters(`${first}:/does/not/exist:${second}`);

    expect((await clusters.list(signal)).map(({ name, reachable }) => [name, reachable])).toEqual([
      ['a', true],
      ['b', false],
    ]);
  });

  it('come from KUBECONFIG or the home folder', async () => {
    const server = await serving();
    const home = await folder();
    const kubeconfig = await server.kubeconfig();
    await mkdir(join(home, '.kube'));
    await writeFile(join(home, '.kube', 'config'), execFileSync('cat', [kubeconfig]));

    const byHome = liveClusters('', { kubeconfigPath: undefined, environment: { HOME: home } });
    const byVariable = liveClusters('', { kubeconfigPath: undefined, environment: { KUBECONFIG: kubeconfig } });

    await expect(Promise.all([byHome.ping(signal), byVariable.ping(signal)])).resolves.toBeDefined();
  });

  it('may be empty beside one that is not', async () => {
    const server = await serving();
    const empty = join(await folder(), 'config');
    await writeFile(empty, '');

    const clusters = liveClusters([empty, await server.kubeconfig()].join(delimiter));

    expect(await clusters.list(signal)).toMatchObject([{ name: 'fake', reachable: true }]);
  });

  it('may not exist, be broken, or name what is not there', async () => {
    const broken = join(await folder(), 'config');
    await writeFile(broken, 'a: [');
    const dangling = join(await folder(), 'config');
    await writeFile(
      dangling,
      JSON.stringify({ contexts: [{ name: 'x', context: { cluster: 'gone', user: 'gone' } }], 'current-context': 'x' }),
    );

    await expect(liveClusters('/does/not/exist').reader(undefined)).rejects.toMatchObject({
      code: 'unavailable',
      hint: expect.stringContaining('KUBECONFIG'),
    });
    await expect(liveClusters(broken).reader(undefined)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(broken),
    });
    await expect(liveClusters(dangling).ping(signal)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('names a cluster'),
    });
  });

  it('are looked for again after a failure', async () => {
    const server = await serving();
    const path = join(await folder(), 'config');
    const clusters = liveClusters(path);
    await expect(clusters.ping(signal)).rejects.toMatchObject({ code: 'unavailable' });

    await writeFile(path, execFileSync('cat', [await server.kubeconfig()]));

    await expect(clusters.ping(signal)).resolves.toBeUndefined();
  });
});

describe('the pod that it runs in', () => {
  it('is the default cluster, with the ServiceAccount token', async () => {
    const tls = selfSigned();
    const server = await serving({ tls, token: 'sa-token' });
    const root = await folder();
    const account = join(root, 'var/run/secrets/kubernetes.io/serviceaccount');
    await mkdir(account, { recursive: true });
    await Promise.all([writeFile(join(account, 'token'), 'sa-token\n'), writeFile(join(account, 'ca.crt'), tls.cert)]);
    const port = new URL(server.url).port;
    vi.stubEnv('KUBERNETES_SERVICE_HOST', '127.0.0.1');
    vi.stubEnv('KUBERNETES_SERVICE_PORT', port);
    const environment = { KUBERNETES_SERVICE_HOST: '127.0.0.1' };
    const clusters = liveClusters('', {
      kubeconfigPath: undefined,
      inCluster: true,
      environment,
      serviceAccountRoot: root,
    });

    expect(await clusters.list(signal)).toMatchObject([{ name: 'in-cluster', default: true, reachable: true }]);
    expect(await listPods(clusters)).toMatchObject({ rows: [] });
  });
});

describe('credentials', () => {
  it('that expire are asked for once more', async () => {
    const server = await serving({ token: 'first' });
    const tokenFile = join(await folder(), 'token');
    await writeFile(tokenFile, 'first\n');
    const clusters = liveClusters(await server.kubeconfig({ user: { tokenFile } }));
    await listPods(clusters);

    server.setToken('second');
    await writeFile(tokenFile, 'second\n');

    expect(await listPods(clusters)).toMatchObject({ rows: [] });
  });

  it('that stay wrong are said to be so, without being shown', async () => {
    const server = await serving({ token: 'right' });
    const clusters = liveClusters(await server.kubeconfig({ user: { token: 'canary' } }));

    await expect(listPods(clusters)).rejects.toMatchObject({
      code: 'permission_denied',
      message: expect.not.stringContaining('canary'),
      hint: expect.stringContaining('log in again'),
      details: { status: 401 },
    });
    expect(server.requests).toHaveLength(2);
  });

  it('come from a plugin, which is told its protocol, and asked again when its token is refused', async () => {
    const server = await serving({ token: 'token-1' });
    const script = join(await folder(), 'plugin.sh');
    const counter = `${script}.count`;
    await writeFile(
      script,
      `[ -n "$KUBERNETES_EXEC_INFO" ] || exit 1
       echo x >> ${counter}
       echo "{\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"token-$(wc -l < ${counter} | tr -d ' ')\\"}}"`,
    );
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'sh',
      args: [script],
      interactiveMode: 'Never',
    };
    const clusters = liveClusters(await server.kubeconfig({ user: { exec } }));
    await listPods(clusters);

    server.setToken('token-2');

    expect(await listPods(clusters)).toMatchObject({ rows: [] });
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-1',
      'Bearer token-2',
    ]);
  });

  it('do not come from a plugin where plugins are off', async () => {
    const server = await serving();
    const clusters = liveClusters(
      await server.kubeconfig({ user: { exec: { command: 'touch', args: ['/tmp/never'] } } }),
      { allowExec: false },
    );

    await expect(listPods(clusters)).rejects.toMatchObject({ code: 'refused' });
    expect(server.requests).toEqual([]);
  });

  it('of a plugin that fails are explained by its own words, without secrets', async () => {
    const server = await serving();
    const exec = { command: 'sh', args: ['-c', 'echo "session expired, password=canary" >&2; exit 3'] };
    const clusters = liveClusters(await server.kubeconfig({ user: { exec } }));

    await expect(listPods(clusters)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/credential plugin sh .*session expired, password=\[REDACTED/),
    });
  });

  it('may be a name and a password', async () => {
    const server = await serving();

    await listPods(liveClusters(await server.kubeconfig({ user: { username: 'u', password: 'p' } })));

    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('u:p').toString('base64')}`);
  });

  it('may act as somebody else', async () => {
    const server = await serving();

    await listPods(
      liveClusters(await server.kubeconfig({ user: { token: 't', as: 'jane', 'as-groups': ['dev', 'ops'] } })),
    );

    expect(server.requests[0]?.headers).toMatchObject({ 'impersonate-user': 'jane', 'impersonate-group': 'dev, ops' });
  });

  it('may be a client certificate', async () => {
    const [tls, client] = [selfSigned(), selfSigned()];
    const server = await serving({ tls, clientAuthority: client.cert });
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const user = { 'client-certificate-data': base64(client.cert), 'client-key-data': base64(client.key) };

    expect(await listPods(liveClusters(await server.kubeconfig({ user })))).toMatchObject({ rows: [] });
    await expect(listPods(liveClusters(await server.kubeconfig({ user: {} })))).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});

describe('TLS', () => {
  it('trusts the authority of the kubeconfig', async () => {
    const server = await serving({ tls: selfSigned() });

    await expect((await clustersOf(server)).ping(signal)).resolves.toBeUndefined();
  });

  it.each([
    [
      'an unknown authority',
      selfSigned(),
      { 'certificate-authority-data': Buffer.from(selfSigned().cert).toString('base64') },
      'authority that the kubeconfig does not name',
    ],
    ['an expired certificate', selfSigned({ notAfter: new Date('2021-01-01T00:00:00Z') }), {}, 'has expired'],
    ['a certificate of another host', selfSigned(), { 'tls-server-name': 'other.example' }, 'is not for'],
  ])('explains %s', async (_what, tls, cluster, sentence) => {
    const server = await serving({ tls });

    await expect(liveClusters(await server.kubeconfig({ cluster })).ping(signal)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(sentence),
      hint: expect.any(String),
    });
  });

  it('checks nothing when the kubeconfig says so', async () => {
    const server = await serving({ tls: selfSigned({ notAfter: new Date('2021-01-01T00:00:00Z') }) });
    const kubeconfig = await writeKubeconfig([{ name: 'x', server: server.url, cluster: insecure }]);

    await expect(liveClusters(kubeconfig).ping(signal)).resolves.toBeUndefined();
  });

  it('explains https to a port that speaks http', async () => {
    const server = await serving();
    const kubeconfig = await writeKubeconfig([{ name: 'x', server: server.url.replace('http:', 'https:') }]);

    await expect(liveClusters(kubeconfig).ping(signal)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('TLS'),
    });
  });
});

describe('clusters', () => {
  it('are pinged by their readiness', async () => {
    const server = await serving();
    const clusters = await clustersOf(server);
    await clusters.ping(signal);
    server.on('GET /readyz', { status: 500, message: 'etcd not ready' });

    await expect(clusters.ping(signal)).rejects.toMatchObject({ code: 'api_error' });
  });

  it('can be closed, used or not', async () => {
    const server = await serving();
    const clusters = await clustersOf(server);
    await clusters.close();
    await clusters.ping(signal);

    await expect(clusters.close()).resolves.toBeUndefined();
  });

  it('cost nothing until they are used', () => {
    expect(liveClusters('/does/not/exist')).toBeDefined();
  });

  it('go through the proxy that the kubeconfig names', async () => {
    const server = await serving();
    const proxy = await serving({});
    proxy.on(() => true, { json: { gitVersion: 'v-through-proxy' } });
    const kubeconfig = await server.kubeconfig({ cluster: { 'proxy-url': proxy.url } });

    expect(await liveClusters(kubeconfig).list(signal)).toMatchObject([{ version: 'v-through-proxy' }]);
  });
});
