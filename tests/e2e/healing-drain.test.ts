import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apply, eventually, kubectl } from './bed.ts';
import { aReadyCount, type FakeNodes, fakeNodes, onFakeNodes } from './fake-nodes.ts';
import { healersOf, objectOf, specOf } from './healer.ts';
import { aBudgetOver, aWorkload } from './workloads.ts';

const healers = healersOf('drain');
let nodes: FakeNodes;

beforeAll(async () => {
  nodes = await fakeNodes();
  await nodes.add('fake-1');
});

afterAll(async () => {
  await healers.end();
  await nodes.end();
});

const nodesOf = async (app: string, namespace: string): Promise<readonly string[]> =>
  (await kubectl('get', 'pods', '-n', namespace, '-l', `app=${app}`, '-o', 'jsonpath={.items[*].spec.nodeName}'))
    .split(' ')
    .filter((name) => name !== '');

const budgeted = (namespace: string, expected: object): Promise<void> =>
  eventually(async () => expect((await objectOf('poddisruptionbudget/web', namespace)).status).toMatchObject(expected));

describe('a drain', () => {
  it('waits for each pod that its budget wants Ready, and is undone', async () => {
    const healer = await healers.in('waits');
    const { namespace } = healer;
    await apply(namespace, aWorkload('web', { replicas: 4, pod: onFakeNodes }));
    await kubectl('rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=60s');
    await apply(namespace, aBudgetOver('web', { minAvailable: 3 }));
    await budgeted(namespace, { disruptionsAllowed: 1, expectedPods: 4 });
    await nodes.add('fake-2');
    const before = [await nodesOf('web', namespace), await specOf('node/fake-1')];
    const count = aReadyCount('web', namespace);
    await count.reaches(4);

    const done = await healer.heal('drain', 'node/fake-1');

    const counts = await count.since(4);
    expect(before[0]).toEqual(['fake-1', 'fake-1', 'fake-1', 'fake-1']);
    expect(done.text).toContain(
      'All 4 Ready pods of Deployment/web leave, one after the other: PodDisruptionBudget/web keeps 3 Ready',
    );
    expect(await nodesOf('web', namespace)).toEqual(['fake-2', 'fake-2', 'fake-2', 'fake-2']);
    expect(Math.min(...counts)).toBe(3);
    expect(counts.filter((each) => each === 3).length).toBeGreaterThanOrEqual(4);
    await healer.undo(done);
    await eventually(async () => expect(await specOf('node/fake-1')).toEqual(before[1]));
    await kubectl('delete', 'deployment/web', '-n', namespace, '--cascade=foreground');
  });

  it('names the budget that never lets it end, evicts nothing against it, and goes back', async () => {
    const healer = await healers.in('stuck');
    const { namespace } = healer;
    const nodeSelector = { ...onFakeNodes.nodeSelector, 'kubernetes.io/hostname': 'fake-1' };
    await apply(namespace, aWorkload('web', { replicas: 3, pod: { ...onFakeNodes, nodeSelector } }));
    await kubectl('rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=60s');
    await apply(namespace, aBudgetOver('web', { minAvailable: 2 }));
    await budgeted(namespace, { disruptionsAllowed: 1, expectedPods: 3 });
    const planned = await healer.plan('drain', 'node/fake-1');

    const { status, stdout, stderr } = await healer.approve(planned);

    expect(planned.text).toMatch(
      /G31: No other node would take Pod\/web-\S+, Pod\/web-\S+, Pod\/web-\S+: .*Node\/fake-2 does not have the labels/,
    );
    expect([status, stdout + stderr]).toEqual([2, expect.stringMatching(/PodDisruptionBudget\/web/)]);
    expect((await healer.run('list', planned.id, '-n', 'default')).stdout).toMatch(
      /reverted: 2 of 4 writes done; then: .*PodDisruptionBudget\/web.*; went back to what was before/,
    );
    // The node takes pods again, among them the one that found no other.
    expect(await specOf('node/fake-1')).not.toMatchObject({ unschedulable: true });
    await eventually(async () => expect(await nodesOf('web', namespace)).toEqual(['fake-1', 'fake-1', 'fake-1']));
  });
});
