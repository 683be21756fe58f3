import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { apply, eventually, kubectl } from './bed.ts';
import { type Healer, healersOf, objectOf, podsOf, specOf } from './healer.ts';
import { aBudgetOver, aWorkload } from './workloads.ts';

const healers = healersOf('node');
let healer: Healer;
let namespace: string;
let before: object;

beforeAll(async () => {
  healer = await healers.in('heal');
  ({ namespace } = healer);
  await emptied();
  await apply(namespace, aWorkload('web'));
  await kubectl('rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=60s');
  before = await specOf('node/node-1');
});

afterEach(async () => {
  await kubectl('uncordon', 'node-1');
  await asBefore();
});
afterAll(() => healers.end());

/** The taint of a cordoned node is the node controller's, which takes its time. */
const asBefore = (): Promise<void> => eventually(async () => expect(await specOf('node/node-1')).toEqual(before));

describe('a node', () => {
  it('is cordoned, and takes pods again', async () => {
    const done = await healer.heal('cordon', 'node/node-1');

    expect(await specOf('node/node-1')).toMatchObject({ unschedulable: true });
    await healer.undo(done);
    await asBefore();
    await healer.heal('cordon', 'node/node-1');
    await healer.heal('uncordon', 'node/node-1');
    await asBefore();
  });

  it('keeps a Ready pod while it is cordoned and no other node is there', async () => {
    await kubectl('cordon', 'node-1');
    const pods = await podsOf('web', namespace);

    const said = await healer.refusal('evict', `pod/${pods[0]}`);

    expect(said).toMatch(/G31: Pod\/\S+ is Ready, and no node would take its successor: Node\/node-1 is cordoned/);
    expect(await podsOf('web', namespace)).toEqual(pods);
  });

  it('is not drained against a budget that lets no pod go, which is named', async () => {
    await apply(namespace, aBudgetOver('web', { minAvailable: 2 }));
    await eventually(async () =>
      expect((await objectOf('poddisruptionbudget/web', namespace)).status).toMatchObject({ currentHealthy: 2 }),
    );
    const pods = await podsOf('web', namespace);

    const said = await healer.refusal('drain', 'node/node-1');

    expect(said).toMatch(/G11: Pod\/\S+ may not be evicted: .*PodDisruptionBudget\/web/);
    expect([await podsOf('web', namespace), await specOf('node/node-1')]).toEqual([pods, before]);
  });

  it('is drained of what may go, and keeps what belongs to it', async () => {
    await kubectl('delete', 'deployment/web', 'poddisruptionbudget/web', '-n', namespace, '--cascade=foreground');
    const readinessProbe = { exec: { command: ['false'] } };
    await apply(namespace, aWorkload('idle', { container: { readinessProbe } }));
    await apply(namespace, aBudgetOver('idle', { minAvailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' }));
    await apply(namespace, aWorkload('agent', { kind: 'DaemonSet' }));
    await kubectl('rollout', 'status', 'daemonset/agent', '-n', namespace, '--timeout=60s');
    await eventually(async () => expect(await onNode()).toEqual(['agent', 'idle', 'idle']));

    const done = await healer.heal('drain', 'node/node-1');

    expect(done.text).toContain('verified: Node/node-1 runs no pod that could run elsewhere');
    expect(done.text).toMatch(/G31: No other node would take Pod\/idle-\S+, Pod\/idle-\S+: there is no other node/);
    expect(await onNode()).toEqual(['agent']);
    expect(await podsOf('idle', namespace)).toHaveLength(2);
    expect(await specOf('node/node-1')).toMatchObject({ unschedulable: true });
    await healer.undo(done);
    await asBefore();
  });
});

/** What other tests have left would have to be drained as well. */
const emptied = (): Promise<void> =>
  eventually(
    async () => {
      const left = await onNode();
      if (left.length > 0) throw new Error(`still on the node: ${left.join()}`);
    },
    { seconds: 240 },
  );

/** The apps of the pods on the node, in all namespaces. */
async function onNode(): Promise<readonly string[]> {
  const listed = await kubectl('get', 'pods', '-A', '--field-selector=spec.nodeName=node-1', '-o', 'json');
  const { items } = JSON.parse(listed) as { items: { metadata: { labels?: { app?: string } } }[] };
  return items.map(({ metadata }) => metadata.labels?.app ?? '').toSorted();
}
