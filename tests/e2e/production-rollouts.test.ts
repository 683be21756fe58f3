import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aNamespace, apply, deleteNamespaces, eventually, kubectl, run, script } from './bed.ts';
import { aRunningRelease, podsOf, type RunningRelease, replicas, taggedAs } from './running-release.ts';
import { aSteadyLoad, type SteadyLoad } from './steady-load.ts';
import { aWorkload } from './workloads.ts';

let shop: string;
let release: RunningRelease;
let jane: string;

beforeAll(async () => {
  shop = await aNamespace('roll-shop');
  await apply(shop, aWorkload('web', { replicas: 2 }));
  await kubectl('create', 'rolebinding', 'jane', '--clusterrole=view', '--user=oidc:jane', '-n', shop);
  release = await aRunningRelease('roll', () => ({ 'settings.rateLimitEnabled': false }));
  jane = await release.token('jane');
  await replicas(release.namespace, 2);
});

afterAll(async () => {
  await Promise.all([release?.close(), deleteNamespaces([shop])]);
});

const load = (perSecond: number): SteadyLoad =>
  aSteadyLoad(
    perSecond,
    async () => (await release.call('list_resources', { kind: 'pods', namespace: shop }, jane)).status,
  );

const nothingFailed = async (load: SteadyLoad): Promise<void> => {
  const { sent, failed } = await load.stop();
  expect(failed).toEqual([]);
  expect(sent).toBeGreaterThan(50);
};

const wanted = async (): Promise<number> =>
  Number(await kubectl('get', 'deployment', 'kubemend', '-n', release.namespace, '-o', 'jsonpath={.spec.replicas}'));

describe('under load', () => {
  it('an upgrade to the next version fails no call, and neither does the way back', async () => {
    const digest = '';
    const upgrading = load(20);
    const upgraded = await release.upgrade({ image: { tag: await taggedAs('next'), digest } });
    await replicas(release.namespace, 2);
    await nothingFailed(upgrading);
    const runs = await kubectl(
      'get',
      'pods',
      '-n',
      release.namespace,
      '-o',
      'jsonpath={.items[*].spec.containers[*].image}',
    );

    const goingBack = load(20);
    const back = await release.helm('rollback', '--wait', '--timeout', '180s');
    await replicas(release.namespace, 2);
    await nothingFailed(goingBack);

    expect([upgraded, back]).toMatchObject([{ status: 0 }, { status: 0 }]);
    expect(runs).toMatch(/^\S+:next \S+:next$/);
  });

  it('a node is not drained of its last ready replica, and no call fails', async () => {
    const calls = load(20);
    const [node = ''] = (await kubectl('get', 'nodes', '-o', 'jsonpath={.items[*].metadata.name}')).split(' ');
    const drain = ['drain', node, '--pod-selector=app.kubernetes.io/name=kubemend', '--delete-emptydir-data'];
    try {
      const drained = await run(script, ['exec', '--', 'kubectl', ...drain, '--timeout=25s']);

      expect(drained).toMatchObject({
        status: 1,
        stderr: expect.stringContaining("violate the pod's disruption budget"),
      });
      await nothingFailed(calls);
    } finally {
      await kubectl('uncordon', node);
    }
    await replicas(release.namespace, 2);
  });

  it('there are more replicas, and as many as before once it is over', async () => {
    // Without this it takes six minutes until there are fewer.
    const soon = {
      spec: {
        behavior: {
          scaleDown: { stabilizationWindowSeconds: 15, policies: [{ type: 'Pods', value: 10, periodSeconds: 15 }] },
        },
      },
    };
    await kubectl('patch', 'hpa', 'kubemend', '-n', release.namespace, '--type=merge', '-p', JSON.stringify(soon));
    // Twice of what it takes: few connections carry it, so that one pod may get most of it.
    const calls = load(150);

    await eventually(async () => expect(await wanted()).toBeGreaterThan(2), { seconds: 180 });
    await eventually(async () => expect((await podsOf(release.namespace)).length).toBeGreaterThan(2));
    await nothingFailed(calls);

    await replicas(release.namespace, 2, 240);
  });
});
