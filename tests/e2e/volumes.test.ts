import { afterAll, afterEach, describe, it } from 'vitest';
import { aNamespace, apply, deleteNamespaces, eventually, kubectl } from './bed.ts';
import { expectOnly, faultOf } from './fault.ts';

const namespaces: string[] = [];
/** Volumes and classes are the whole cluster's. */
let clusterWide: readonly string[] = [];

afterEach(async () => {
  for (const object of clusterWide) {
    await kubectl('delete', object, '--ignore-not-found', '--wait=false');
    if (object.startsWith('pv/')) await unprotect(object);
  }
  clusterWide = [];
});
afterAll(() => deleteNamespaces(namespaces));

/** A volume that a claim still has stays until its finalizer is gone. */
const unprotect = (volume: string): Promise<unknown> =>
  kubectl('patch', volume, '--type=merge', '-p', '{"metadata":{"finalizers":null}}').catch(() => undefined);

async function provoked(rule: string, objects: readonly string[]) {
  const fault = faultOf(`volumes/${rule}.yaml`);
  const namespace = await aNamespace(rule);
  namespaces.push(namespace);
  clusterWide = objects;
  await apply(namespace, fault.yaml);
  return { fault, namespace };
}

const bound = (namespace: string): Promise<string> =>
  kubectl('wait', 'pvc/books', '-n', namespace, '--for=jsonpath={.status.phase}=Bound', '--timeout=60s');

describe('a volume at fault', () => {
  it('is named when its claim has lost it', async () => {
    const { fault, namespace } = await provoked('pvc-lost', ['pv/e2e-lost']);
    await bound(namespace);
    await kubectl('delete', 'pv/e2e-lost', '--wait=false');
    await unprotect('pv/e2e-lost');

    await eventually(() => expectOnly(namespace, fault), { seconds: 60 });
  });

  it('is named when a deleted claim still has it', async () => {
    const { fault, namespace } = await provoked('pv-released-retained', ['pv/e2e-released']);
    await bound(namespace);
    await kubectl('delete', 'pvc/books', '-n', namespace);
    await apply(namespace, fault.yaml);

    await eventually(() => expectOnly(namespace, fault), { seconds: 60 });
  });

  it('is named when it lies where no node is', async () => {
    const { fault, namespace } = await provoked('pod-unschedulable-volume-topology', ['pv/e2e-topology']);

    await eventually(() => expectOnly(namespace, fault), { seconds: 60 });
  });

  it('is named when the node can attach no more', async () => {
    const drivers = (list: readonly object[]) =>
      kubectl('patch', 'csinode/node-1', '--type=merge', '-p', JSON.stringify({ spec: { drivers: list } }));
    await drivers([{ name: 'e2e-limit.test', nodeID: 'node-1', topologyKeys: [], allocatable: { count: 0 } }]);

    try {
      const { fault, namespace } = await provoked('pod-unschedulable-volume-limit', ['pv/e2e-limit']);
      await eventually(() => expectOnly(namespace, fault), { seconds: 60 });
    } finally {
      await drivers([]);
    }
  });

  it('is named when nobody makes it', async () => {
    const { fault, namespace } = await provoked('pvc-provisioning-failed', ['storageclass/e2e-provisioning']);

    await eventually(() => expectOnly(namespace, fault), { seconds: 120, pause: 3_000 });
  });

  it('is named when it does not grow', async () => {
    const { fault, namespace } = await provoked('pvc-resize-stuck', ['storageclass/e2e-resize']);
    await bound(namespace);
    await kubectl(
      'patch',
      'pvc/books',
      '-n',
      namespace,
      '-p',
      '{"spec":{"resources":{"requests":{"storage":"16Mi"}}}}',
    );

    await eventually(() => expectOnly(namespace, fault), { seconds: 120, pause: 3_000 });
  });
});
