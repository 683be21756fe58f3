import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aNamespace, apply, deleteNamespaces, eventually, kubectl, run, script } from './bed.ts';
import { version } from './image/image.ts';
import { aNextVersion } from './image/next-version.ts';
import { aRunningRelease, image, podsOf, type RunningRelease, replicas } from './running-release.ts';
import { aSteadyLoad, type SteadyLoad } from './steady-load.ts';
import { aWorkload } from './workloads.ts';

let shop: string;
let release: RunningRelease;
/** A person may have ten calls at a time, and one replica may get all of them. */
const people = Array.from({ length: 20 }, (_, number) => `user-${number}`);
let tokens: readonly string[];

beforeAll(async () => {
  shop = await aNamespace('roll-shop');
  await apply(shop, aWorkload('web', { replicas: 2 }));
  const users = people.map((person) => `--user=oidc:${person}`);
  await kubectl('create', 'rolebinding', 'people', '--clusterrole=view', ...users, '-n', shop);
  release = await aRunningRelease('roll', () => ({ 'settings.rateLimitEnabled': false }));
  tokens = await Promise.all(people.map((person) => release.token(person)));
  await replicas(release.namespace, 2);
});

afterAll(async () => {
  await Promise.all([release?.close(), deleteNamespaces([shop])]);
});

function load(perSecond: number): SteadyLoad {
  let turn = 0;
  return aSteadyLoad(perSecond, async () => {
    const token = tokens[turn++ % tokens.length];
    return (await release.call('list_resources', { kind: 'pods', namespace: shop }, token)).status;
  });
}

const nothingFailed = async (load: SteadyLoad): Promise<void> => {
  const { sent, failed } = await load.stop();
  expect(failed).toEqual([]);
  expect(sent).toBeGreaterThan(50);
};

/** What replicas say that they are, one connection after the other. */
async function versionsSaid(): Promise<readonly string[]> {
  const said = new Set<string>();
  for (let turn = 0; turn < 10; turn++) {
    const response = await fetch(`${release.url}/openapi.json`, { headers: { connection: 'close' } });
    said.add(((await response.json()) as { info: { version: string } }).info.version);
  }
  return [...said];
}

const wanted = async (): Promise<number> =>
  Number(await kubectl('get', 'deployment', 'kubemend', '-n', release.namespace, '-o', 'jsonpath={.spec.replicas}'));

describe('under load', () => {
  it('an upgrade to the next version fails no call, and neither does the way back', async () => {
    const next = await aNextVersion(image);
    const upgrading = load(20);
    const upgraded = await release.upgrade({ image: { tag: next, digest: '' } });
    await replicas(release.namespace, 2);
    await nothingFailed(upgrading);
    const then = await versionsSaid();

    const goingBack = load(20);
    const back = await release.helm('rollback', '--wait', '--timeout', '180s');
    await replicas(release.namespace, 2);
    await nothingFailed(goingBack);

    expect([upgraded, back]).toMatchObject([{ status: 0 }, { status: 0 }]);
    expect([then, await versionsSaid()]).toEqual([[next], [version]]);
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
    // At 70 % a quick machine might have enough of two, and it takes six minutes until there are fewer.
    const target = { type: 'Utilization', averageUtilization: 30 };
    const soon = {
      spec: {
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
        behavior: {
          scaleDown: { stabilizationWindowSeconds: 15, policies: [{ type: 'Pods', value: 10, periodSeconds: 15 }] },
        },
      },
    };
    await kubectl('patch', 'hpa', 'kubemend', '-n', release.namespace, '--type=merge', '-p', JSON.stringify(soon));
    const calls = load(90);

    await eventually(async () => expect(await wanted()).toBeGreaterThan(2), { seconds: 180 });
    await eventually(async () => expect((await podsOf(release.namespace)).length).toBeGreaterThan(2));
    await nothingFailed(calls);

    await replicas(release.namespace, 2, 240);
  });
});
