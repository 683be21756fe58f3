import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aNamespace, apply, deleteNamespaces, eventually, kubectl, run, script } from './bed.ts';
import { chart, helm, tokenOf } from './release.ts';
import { aBarePod, aWorkload } from './workloads.ts';

let home: string;
let shop: string;

/** The real image, in pods that Pod Security `restricted` lets in. */
beforeAll(async () => {
  [home, shop] = (await Promise.all(['pods-home', 'pods-shop'].map(aNamespace))) as [string, string];
  await kubectl('label', 'namespace', home, 'pod-security.kubernetes.io/enforce=restricted');
  await apply(shop, aWorkload('web', { replicas: 1 }));
  await kubectl('create', 'serviceaccount', 'caller', '-n', shop);
  await kubectl('create', 'rolebinding', 'caller', '--clusterrole=view', `--serviceaccount=${shop}:caller`, '-n', shop);
});

afterAll(async () => {
  await uninstalled();
  await deleteNamespaces([home, shop]);
});

const uninstalled = () => helm('uninstall', 'kubemend', '--namespace', home, '--ignore-not-found', '--wait');

const installed = (...values: readonly string[]) =>
  helm('upgrade', '--install', 'kubemend', chart, '--namespace', home, ...values.flatMap((value) => ['--set', value]));
const rolledOut = () => kubectl('rollout', 'status', 'deployment/kubemend', '-n', home, '--timeout=120s');

/** Status and body of a call to the Service, from a node of the cluster. */
async function called(path: string, token: string, body?: object) {
  const address = await kubectl('get', 'service', 'kubemend', '-n', home, '-o', 'jsonpath={.spec.clusterIP}');
  const { stdout } = await run(script, [
    'exec',
    '--',
    'curl',
    '-sS',
    '-w',
    '\n%{http_code}',
    '-H',
    `authorization: Bearer ${token}`,
    // Its own name, as whoever resolves it would say.
    '-H',
    `Host: kubemend.${home}.svc:8080`,
    '-H',
    'content-type: application/json',
    ...(body === undefined ? [] : ['-d', JSON.stringify(body)]),
    `http://${address}:8080${path}`,
  ]);
  const end = stdout.lastIndexOf('\n');
  return [Number(stdout.slice(end + 1)), JSON.parse(stdout.slice(0, end)) as unknown] as const;
}

interface Pod {
  readonly metadata: { readonly name: string; readonly creationTimestamp: string };
  readonly status: {
    readonly conditions: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly { readonly restartCount: number }[];
  };
}

async function pods(): Promise<readonly Pod[]> {
  const listed = await kubectl(
    'get',
    'pods',
    '-n',
    home,
    '-l',
    'app.kubernetes.io/component=server',
    '-o',
    'json',
    '--sort-by=.metadata.creationTimestamp',
  );
  return (JSON.parse(listed) as { items: Pod[] }).items;
}

const isReady = ({ status }: Pod) =>
  status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True');

/** What the pods say that are not ready. */
async function complaints(): Promise<string> {
  const names = (await pods()).filter((pod) => !isReady(pod)).map(({ metadata: { name } }) => name);
  const logs = await Promise.all(names.map((name) => kubectl('logs', name, '-n', home, '--tail=20')));
  return logs.join('');
}

describe('a release in the cluster', () => {
  it('is ready, and passes its own test', async () => {
    await installed(`heal.namespaces={${shop}}`);
    await rolledOut();
    // The chart's test asks once; the node may lead it there a moment later.
    await eventually(async () => expect(await called('/api/v1/tools', 'made.up.token')).toMatchObject([401, {}]));

    expect(await helm('test', 'kubemend', '--namespace', home)).toMatch(/Phase: +Succeeded/);
  });

  it('answers callers through its Service, as far as they may look', async () => {
    const token = await tokenOf(shop, 'caller', 'kubemend');
    await eventually(async () =>
      expect(await called('/api/v1/tools/diagnose', token, { namespace: shop })).toMatchObject([
        200,
        { verdict: 'healthy' },
      ]),
    );

    expect(await called('/api/v1/tools/list_resources', token, { kind: 'pods', namespace: home })).toMatchObject([
      403,
      { error: expect.stringContaining(`system:serviceaccount:${shop}:caller may not list pods`) },
    ]);
    expect(await called('/api/v1/tools', 'made.up.token')).toMatchObject([401, {}]);
  });

  it('is reached by those alone that its NetworkPolicy lets in', async () => {
    const policy = 'networkPolicy.clients[0].podSelector.matchLabels';
    await installed(
      `heal.namespaces={${shop}}`,
      `${policy}.app=friend`,
      'networkPolicy.scrapers[0].podSelector.matchLabels.app=friend',
    );
    const address = await kubectl('get', 'service', 'kubemend', '-n', home, '-o', 'jsonpath={.spec.clusterIP}');
    for (const name of ['friend', 'stranger']) await apply(shop, aBarePod(name));
    const asked = async (pod: string, port: number) =>
      (
        await run(script, [
          'exec',
          '--',
          'kubectl',
          'exec',
          pod,
          '-n',
          shop,
          '--',
          'timeout',
          '2',
          'wget',
          '-qO-',
          `http://${address}:${port}/health`,
        ])
      ).status;
    await kubectl('wait', '--for=condition=Ready', 'pod/friend', 'pod/stranger', '-n', shop, '--timeout=60s');

    // Neither is in its namespace: a selector of pods alone is about that.
    await eventually(async () => expect(await asked('friend', 8080)).not.toBe(0));
    expect(await asked('stranger', 8080)).not.toBe(0);
    await installed(
      `heal.namespaces={${shop}}`,
      `${policy}.app=friend`,
      'networkPolicy.clients[0].namespaceSelector.matchLabels.kubernetes\\.io/metadata\\.name=' + shop,
    );
    await eventually(async () => expect(await asked('friend', 8080)).toBe(0));
    expect(await asked('stranger', 8080)).not.toBe(0);
    expect(await helm('test', 'kubemend', '--namespace', home)).toMatch(/Phase: +Succeeded/);
  });

  it('that lacks its Secret is not ready and says which, and what ran before runs on', async () => {
    // The second one is the autoscaler's.
    await eventually(async () => expect((await pods()).filter(isReady)).toHaveLength(2));
    const before = (await pods()).filter(isReady).map(({ metadata }) => metadata.name);

    await installed(`heal.namespaces={${shop}}`, 'secret.name=nowhere');

    await eventually(async () =>
      expect(await complaints()).toContain(
        'KUBEMEND_SIGNING_KEY is not set: there is no Secret nowhere, or it has no such key',
      ),
    );
    expect((await pods()).filter(isReady).map(({ metadata }) => metadata.name)).toEqual(before);
    await kubectl(
      'create',
      'secret',
      'generic',
      'nowhere',
      '-n',
      home,
      `--from-literal=KUBEMEND_SIGNING_KEY=${'k'.repeat(40)}`,
    );
    await rolledOut();
  });

  it('names a setting in its ConfigMap that there is none of', async () => {
    await kubectl(
      'patch',
      'configmap',
      'kubemend',
      '-n',
      home,
      '--type=merge',
      '-p',
      '{"data":{"KUBEMEND_LOG_LEVLE":"debug"}}',
    );
    await kubectl('rollout', 'restart', 'deployment/kubemend', '-n', home);

    await eventually(async () =>
      expect(await complaints()).toContain(
        'KUBEMEND_LOG_LEVLE: there is no such setting; did you mean KUBEMEND_LOG_LEVEL?',
      ),
    );
  });
});

describe('scripts/deploy.sh', () => {
  // Both have the same names for what belongs to the whole cluster.
  beforeAll(() => uninstalled());

  const inBed = (...words: readonly string[]) => run(script, ['exec', '--', ...words]);

  it('has an overlay run, of which nothing is left when it is deleted', async () => {
    const deployed = await inBed('scripts/deploy.sh', 'production');
    const settings = await kubectl('get', 'configmaps', '-n', 'kubemend', '-o', 'jsonpath={.items[*].data}');
    const ready = await kubectl(
      'get',
      'deployment',
      'kubemend',
      '-n',
      'kubemend',
      '-o',
      'jsonpath={.status.readyReplicas}',
    );
    await inBed('kubectl', 'delete', '-k', 'k8s/overlays/production', '--wait');

    expect([deployed.status, deployed.stderr]).toEqual([0, '']);
    expect(deployed.stdout).toContain('deployment "kubemend" successfully rolled out');
    expect(settings).toContain('"LOG_LEVEL":"WARNING"');
    expect(Number(ready)).toBeGreaterThanOrEqual(1);
    for (const left of [
      'namespace/kubemend',
      'clusterrole/kubemend-read',
      'validatingadmissionpolicy/kubemend-kubemend',
    ])
      await expect(kubectl('get', left)).rejects.toThrow('NotFound');
  });
});
