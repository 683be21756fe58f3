import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apply, eventually, kubectl } from './bed.ts';
import { healersOf, objectOf, podsOf, specOf } from './healer.ts';
import { aBudgetOver, aFleet, aServiceOf, aWorkload, scalableKind } from './workloads.ts';

const healers = healersOf('act');

beforeAll(async () => {
  await apply('default', scalableKind);
  await kubectl('wait', '--for=condition=established', 'crd/fleets.e2e.kubemend.dev', '--timeout=30s');
});

afterAll(async () => {
  await healers.end();
  await kubectl('delete', 'crd', 'fleets.e2e.kubemend.dev');
});

type Kind = 'Deployment' | 'StatefulSet' | 'DaemonSet';

/** Two pods behind a Service; a DaemonSet's next pod comes before the one that there is goes. */
async function running(kind: Kind, name: string) {
  const healer = await healers.in(name);
  const { namespace } = healer;
  const surge = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } };
  await apply(namespace, aWorkload(name, { kind, ...(kind === 'DaemonSet' && { spec: surge }) }));
  await apply(namespace, aServiceOf(name));
  const object = `${kind.toLowerCase()}/${name}`;
  await rolledOut(object, namespace);
  return { healer, namespace, object, spec: () => specOf(object, namespace) };
}

const rolledOut = (object: string, namespace: string): Promise<string> =>
  kubectl('rollout', 'status', object, '-n', namespace, '--timeout=60s');

const kinds = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;
const uidsOf = async (app: string, namespace: string): Promise<readonly string[]> => {
  const listed = await kubectl(
    'get',
    'pods',
    '-n',
    namespace,
    '-l',
    `app=${app}`,
    '-o',
    'jsonpath={.items[*].metadata.uid}',
  );
  return listed.split(' ');
};

describe.concurrent('an action and its way back', () => {
  it.each(kinds)('replaces all pods of a %s', async (kind) => {
    const app = `restart-${kind.toLowerCase()}`;
    const { healer, namespace, object, spec } = await running(kind, app);
    const [before, pods] = [await spec(), await uidsOf(app, namespace)];

    const done = await healer.heal('restart', object);

    expect((await uidsOf(app, namespace)).filter((uid) => pods.includes(uid))).toEqual([]);
    expect(await spec()).not.toEqual(before);
    await healer.undo(done);
    expect(await spec()).toEqual(before);
  });

  it.each(['Deployment', 'StatefulSet'] as const)('scales a %s', async (kind) => {
    const { healer, namespace, object, spec } = await running(kind, `scale-${kind.toLowerCase()}`);
    const before = await spec();

    const done = await healer.heal('scale', object, '--replicas', '3');

    expect(await spec()).toEqual({ ...before, replicas: 3 });
    expect((await objectOf(object, namespace)).status).toMatchObject({ readyReplicas: 3 });
    await healer.undo(done);
    expect(await spec()).toEqual(before);
  });

  it('scales a kind of which it knows no more than that it can be scaled', async () => {
    const { namespace, heal, undo } = await healers.in('scale-fleet');
    await apply(namespace, aFleet('boats', 2));
    const before = await specOf('fleet/boats', namespace);

    const [done] = await Promise.all([heal('scale', 'fleet/boats', '--replicas', '3'), operated(namespace, 3)]);

    expect(await specOf('fleet/boats', namespace)).toEqual({ replicas: 3 });
    await Promise.all([undo(done), operated(namespace, 2)]);
    expect(await specOf('fleet/boats', namespace)).toEqual(before);
  });

  it('sets an image that ran before', async () => {
    const { healer, namespace, object, spec } = await running('Deployment', 'image');
    await kubectl('set', 'image', object, 'app=nginx:1.27', '-n', namespace);
    await rolledOut(object, namespace);
    const before = await spec();

    const done = await healer.heal('set-image', object, '--container', 'app', '--image', 'busybox:1.36');

    expect(JSON.stringify(await spec())).toBe(JSON.stringify(before).replace('nginx:1.27', 'busybox:1.36'));
    await healer.undo(done);
    expect(await spec()).toEqual(before);
  });

  it('sets the image of an init container', async () => {
    const { namespace, heal, undo } = await healers.in('setup');
    const initContainers = [{ name: 'setup', image: 'nginx:1.27', command: ['true'] }];
    const setup = (image: string) =>
      apply(
        namespace,
        aWorkload('setup', { pod: { initContainers: initContainers.map((each) => ({ ...each, image })) } }),
      );
    await setup('busybox:1.36');
    await rolledOut('deployment/setup', namespace);
    await setup('nginx:1.27');
    await rolledOut('deployment/setup', namespace);
    const before = await specOf('deployment/setup', namespace);

    const done = await heal('set-image', 'deployment/setup', '--container', 'setup', '--image', 'busybox:1.36');

    expect(await specOf('deployment/setup', namespace)).toMatchObject({
      template: { spec: { initContainers: [{ image: 'busybox:1.36' }], containers: [{ image: 'busybox:1.36' }] } },
    });
    await undo(done);
    expect(await specOf('deployment/setup', namespace)).toEqual(before);
  });

  it('resizes a pod in place, which runs on', async () => {
    const { namespace, heal, undo } = await healers.in('in-place');
    const resources = { requests: { cpu: '10m', memory: '8Mi' }, limits: { memory: '16Mi' } };
    await apply(namespace, aWorkload('in-place', { container: { resources } }));
    await rolledOut('deployment/in-place', namespace);
    const [name = ''] = await podsOf('in-place', namespace);
    const pod = `pod/${name}`;
    const before = await objectOf(pod, namespace);

    const done = await heal('resize', pod, '--container', 'app', '--memory-limit', '24Mi', '--cpu-request', '15m');

    const after = await objectOf(pod, namespace);
    const wanted = { requests: { cpu: '15m', memory: '8Mi' }, limits: { memory: '24Mi' } };
    expect(after).toMatchObject({
      metadata: { uid: before.metadata.uid },
      spec: { containers: [{ resources: wanted }] },
      status: { containerStatuses: [{ restartCount: 0, resources: wanted }] },
    });
    expect(await objectOf('deployment/in-place', namespace)).toMatchObject({ metadata: { generation: 1 } });
    await undo(done);
    expect(await specOf(pod, namespace)).toEqual(before.spec);
  });

  it.each(kinds)('takes a %s back to a revision that a person names', async (kind) => {
    const { healer, namespace, object, spec } = await running(kind, `back-${kind.toLowerCase()}`);
    const first = await spec();
    await kubectl('set', 'env', object, 'VERSION=2', '-n', namespace);
    await rolledOut(object, namespace);
    const before = await spec();

    const done = await healer.heal('rollback', object, '--revision', '1');

    expect(await spec()).toEqual(first);
    await healer.undo(done);
    expect(await spec()).toEqual(before);
  });
});

describe.concurrent('an eviction', () => {
  it('replaces one pod, and says that there is no way back', async () => {
    const { healer, namespace } = await running('Deployment', 'evicted');
    const [pod = ''] = await podsOf('evicted', namespace);

    const done = await healer.heal('evict', `pod/${pod}`);

    expect(done.text).toContain('way back  none: the pod is gone then; its controller makes another one');
    expect(await podsOf('evicted', namespace)).not.toContain(pod);
    expect(await healer.refusal('undo', done.id, '-n', namespace)).toContain(
      `${done.id} cannot be undone: the pod is gone then`,
    );
  });

  it('is not tried against a budget, which it names', async () => {
    const { healer, namespace } = await running('Deployment', 'budgeted');
    await apply(namespace, aBudgetOver('budgeted', { minAvailable: 2 }));
    await eventually(async () =>
      expect((await objectOf('poddisruptionbudget/budgeted', namespace)).status).toMatchObject({ currentHealthy: 2 }),
    );
    const before = await podsOf('budgeted', namespace);

    const said = await healer.refusal('evict', `pod/${before[0]}`);

    expect(said).toMatch(/G11: Pod\/\S+ may not be evicted: .*PodDisruptionBudget\/budgeted/);
    expect(await podsOf('budgeted', namespace)).toEqual(before);
  });

  it('removes a pod that the kubelet has evicted, and that has failed for good', async () => {
    const { namespace, heal } = await healers.in('leftover');
    const volumes = [{ name: 'data', emptyDir: { sizeLimit: '1Mi' } }];
    const container = { volumeMounts: [{ name: 'data', mountPath: '/data' }] };
    await apply(namespace, aWorkload('leftover', { container, pod: { volumes } }));
    await rolledOut('deployment/leftover', namespace);
    const [pod = ''] = await podsOf('leftover', namespace);
    await kubectl('exec', pod, '-n', namespace, '--', 'dd', 'if=/dev/zero', 'of=/data/file', 'bs=1M', 'count=4');
    const phase = () => kubectl('get', 'pod', pod, '-n', namespace, '-o', 'jsonpath={.status.phase}');
    await eventually(async () => expect(await phase()).toBe('Failed'), { seconds: 180 });
    await rolledOut('deployment/leftover', namespace);

    await heal('evict', `pod/${pod}`);

    await expect(phase()).rejects.toThrow('NotFound');
    await rolledOut('deployment/leftover', namespace);
  });
});

/** What an operator of the kind would do, once the count is wanted. */
const operated = (namespace: string, replicas: number): Promise<unknown> =>
  eventually(
    async () => {
      expect(await specOf('fleet/boats', namespace)).toEqual({ replicas });
      const status = JSON.stringify({ status: { replicas } });
      await kubectl('patch', 'fleet/boats', '-n', namespace, '--subresource=status', '--type=merge', '-p', status);
    },
    { seconds: 120, pause: 300 },
  );
