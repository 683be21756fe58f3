import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aNamespace, apply, deleteNamespaces, eventually, kubectl } from './bed.ts';
import { aHealer, type Healer, objectOf, podsOf, specOf } from './healer.ts';
import { aBudgetOver, aFleet, aServiceOf, aWorkload, scalableKind } from './workloads.ts';

let namespace: string;
let healer: Healer;

beforeAll(async () => {
  namespace = await aNamespace('heal');
  healer = aHealer(namespace);
  await apply(namespace, scalableKind);
  await apply(namespace, aWorkload('web'));
  await apply(namespace, aServiceOf('web'));
  await apply(namespace, aWorkload('db', { kind: 'StatefulSet' }));
  await apply(namespace, aWorkload('agent', { kind: 'DaemonSet', spec: surgeOfDaemon }));
  await kubectl('wait', '--for=condition=established', 'crd/fleets.e2e.kubemend.dev', '--timeout=30s');
  await apply(namespace, aFleet('boats', 2));
  await settled();
});

afterAll(async () => {
  await deleteNamespaces([namespace]);
  await kubectl('uncordon', 'node-1');
  await kubectl('delete', 'crd', 'fleets.e2e.kubemend.dev', '--wait=false');
});

/** A pod more comes before the one that there is goes. */
const surgeOfDaemon = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } };

async function settled(): Promise<void> {
  for (const object of ['deployment/web', 'statefulset/db', 'daemonset/agent']) {
    await kubectl('rollout', 'status', object, '-n', namespace, '--timeout=60s');
  }
}

describe('an action and its way back', () => {
  it.each(['deployment/web', 'statefulset/db', 'daemonset/agent'])('replaces the pods of %s', async (object) => {
    const [, app = ''] = object.split('/');
    const before = { spec: await specOf(object, namespace), pods: await podsOf(app, namespace) };

    const done = await healer.heal('restart', object);

    const pods = await kubectl(
      'get',
      'pods',
      '-n',
      namespace,
      '-l',
      `app=${app}`,
      '-o',
      'jsonpath={.items[*].metadata.uid}',
    );
    expect(pods).not.toBe('');
    expect(await specOf(object, namespace)).not.toEqual(before.spec);
    await healer.undo(done);
    expect(await specOf(object, namespace)).toEqual(before.spec);
  });

  it.each(['deployment/web', 'statefulset/db'])('scales %s', async (object) => {
    const before = await specOf(object, namespace);

    const done = await healer.heal('scale', object, '--replicas', '3');

    expect(await specOf(object, namespace)).toEqual({ ...before, replicas: 3 });
    expect((await objectOf(object, namespace)).status).toMatchObject({ readyReplicas: 3 });
    await healer.undo(done);
    expect(await specOf(object, namespace)).toEqual(before);
  });

  it('scales a kind of which it knows no more than that it can be scaled', async () => {
    const before = await specOf('fleet/boats', namespace);
    await operated(2);

    const done = await Promise.all([healer.heal('scale', 'fleet/boats', '--replicas', '3'), operated(3)]);

    expect(await specOf('fleet/boats', namespace)).toEqual({ replicas: 3 });
    await Promise.all([healer.undo(done[0]), operated(2)]);
    expect(await specOf('fleet/boats', namespace)).toEqual(before);
  });

  it('sets an image that ran before', async () => {
    await kubectl('set', 'image', 'deployment/web', 'app=nginx:1.27', '-n', namespace);
    await settled();
    const before = await specOf('deployment/web', namespace);

    const done = await healer.heal('set-image', 'deployment/web', '--container', 'app', '--image', 'busybox:1.36');

    expect(JSON.stringify(await specOf('deployment/web', namespace))).toContain('busybox:1.36');
    await healer.undo(done);
    expect(await specOf('deployment/web', namespace)).toEqual(before);
  });

  it('rolls back to a revision that a person names', async () => {
    const before = await specOf('deployment/web', namespace);
    const revision = await kubectl('rollout', 'history', 'deployment/web', '-n', namespace);
    const [, older = ''] = /(\d+) +<none>\n\d+ +<none>\n*$/.exec(revision) ?? [];

    const done = await healer.heal('rollback', 'deployment/web', '--revision', older);

    expect(JSON.stringify(await specOf('deployment/web', namespace))).toContain('busybox:1.36');
    await healer.undo(done);
    expect(await specOf('deployment/web', namespace)).toEqual(before);
  });

  it('cordons a node, and lets it take pods again', async () => {
    const before = await specOf('node/node-1');

    const done = await healer.heal('cordon', 'node/node-1');

    expect(await specOf('node/node-1')).toMatchObject({ unschedulable: true });
    await healer.undo(done);
    await untainted(before);
    await healer.heal('cordon', 'node/node-1');
    await healer.heal('uncordon', 'node/node-1');
    await untainted(before);
  });
});

/** The taint of a cordoned node is the node controller's, which takes its time. */
const untainted = (before: object): Promise<void> =>
  eventually(async () => expect(await specOf('node/node-1')).toEqual(before), { seconds: 20 });

describe('an eviction', () => {
  it('replaces one pod, and says that there is no way back', async () => {
    const [pod = ''] = await podsOf('web', namespace);

    const done = await healer.heal('evict', `pod/${pod}`);

    expect(done.text).toContain('way back  none: the pod is gone then; its controller makes another one');
    expect(await podsOf('web', namespace)).not.toContain(pod);
    expect(await healer.refusal('undo', done.id)).toContain(`${done.id} cannot be undone`);
  });

  it('is not tried against a budget, which it names', async () => {
    await apply(namespace, aBudgetOver('web', { minAvailable: 2 }));
    await eventually(async () =>
      expect((await objectOf('poddisruptionbudget/web', namespace)).status).toMatchObject({ currentHealthy: 2 }),
    );
    const before = await podsOf('web', namespace);

    const said = await healer.refusal('evict', `pod/${before[0]}`);

    expect(said).toMatch(/G11: Pod\/\S+ may not be evicted: .*PodDisruptionBudget\/web/);
    expect(await podsOf('web', namespace)).toEqual(before);
  });
});

/** What an operator of the kind would do, once the count is wanted. */
const operated = (replicas: number): Promise<unknown> =>
  eventually(
    async () => {
      expect(await specOf('fleet/boats', namespace)).toEqual({ replicas });
      const status = JSON.stringify({ status: { replicas } });
      await kubectl('patch', 'fleet/boats', '-n', namespace, '--subresource=status', '--type=merge', '-p', status);
    },
    { seconds: 30, pause: 300 },
  );
