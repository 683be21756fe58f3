import { afterEach, describe, expect, it } from 'vitest';
import { type KubernetesObject, type ObjectRef, refOf } from '../../../src/engines/objects.ts';
import { runInRequest } from '../../../src/platform/request-context.ts';
import { aContainer, anObject, aPod, crashed, ownedBy } from '../../support/builders.ts';
import { closeServers, type FakeApiServer, type FakeApiServerOptions } from '../../support/fake-api-server.ts';
import { aLiveDeployment, aLiveSet, aRevision } from '../../support/healing.ts';
import { aBed, aProcess, recordOf, rolledOut, writesOf } from '../../support/healing-bed.ts';
import { aNode } from '../../support/nodes.ts';
import { aSpan } from '../../support/spans.ts';

const servers: FakeApiServer[] = [];
afterEach(() => closeServers(servers.splice(0)));

const around = [anObject('Namespace', 'shop'), anObject('Namespace', 'default'), aNode('node-1'), aNode('node-2')];

async function healing(objects: readonly KubernetesObject[], options: FakeApiServerOptions = {}) {
  const bed = await aBed([...around, ...objects], options);
  servers.push(bed.server);
  return { bed, process: await aProcess(bed) };
}

const deployment: ObjectRef = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const web = { object: 'deployment/web' };
const specOf = (server: FakeApiServer, ref: ObjectRef) => (server.stored(ref) as { spec?: object } | undefined)?.spec;
const templateOf = (server: FakeApiServer, ref = deployment) =>
  (specOf(server, ref) as { template: { spec: { containers: object[] } } }).template;

const sized = aLiveDeployment({
  pod: {
    containers: [aContainer('app', { resources: { limits: { memory: '100Mi' }, requests: { memory: '100Mi' } } })],
  },
});
/** Revision 2 crashes, of revision 1 a pod is left. */
function regressed() {
  const bad = { metadata: { labels: { app: 'web' } } };
  const now = aLiveDeployment({
    replicas: 2,
    pod: { ...bad, containers: [aContainer('app', { image: 'web:2', ...crashed({ exitCode: 1, reason: 'Error' }) })] },
    status: { readyReplicas: 1, availableReplicas: 1, updatedReplicas: 2, replicas: 2 },
  });
  const old = aRevision(now.deployment, 1, { image: 'web:1', ready: 1, replicas: 1 });
  const labelled = { ...old, metadata: { ...old.metadata, labels: { app: 'web' } } };
  const left = aPod('web-r1-x', { metadata: { labels: { app: 'web' }, ...ownedBy(old) } });
  const rest = now.all.map((each) =>
    each.kind === 'ReplicaSet'
      ? { ...each, metadata: { ...each.metadata, annotations: { 'deployment.kubernetes.io/revision': '2' } } }
      : each,
  );
  return [...rest, labelled, left];
}

describe('every action, from its plan to verified', { timeout: 30_000 }, () => {
  it('restarts', async () => {
    const { bed, process } = await healing(aLiveDeployment().all);
    const id = await process.plan('restart_workload', web);

    expect(await process.answer('restart_workload', web, id)).toMatchObject({ success: true, state: 'healthy' });
    expect(writesOf(bed)).toEqual(['PATCH deployments/web']);
    expect(templateOf(bed.server)).toHaveProperty(['metadata', 'annotations', 'kubectl.kubernetes.io/restartedAt']);
    expect(recordOf(bed, id)).toMatchObject({ state: 'healthy', approvedBy: 'ann' });
  });

  it('tells the audit who decided what, by which rules, and what was written', async () => {
    const { bed, process } = await healing(aLiveDeployment().all);
    const id = await process.plan('restart_workload', web);
    await process.answer('restart_workload', web, id);

    const { target, applied, verdicts } = recordOf(bed, id);
    const resourceVersion = { before: target.resourceVersion, after: applied?.resourceVersion };
    expect(resourceVersion.after).not.toBe(resourceVersion.before);
    expect(process.audit).toMatchObject([
      { outcome: 'planned', by: 'local', guards: verdicts.map(({ guard, decision }) => ({ guard, decision })) },
      { outcome: 'applying', by: 'ann' },
      { outcome: 'written', actionId: id, verb: 'patch', object: 'shop/Deployment/web', resourceVersion },
      { outcome: 'verifying', resourceVersion },
      { outcome: 'healthy', by: 'local' },
    ]);
  });

  it('belongs to the trace of the call that began it, also in the background', async () => {
    const { process } = await healing(aLiveDeployment().all);
    const span = aSpan();
    const id = await process.plan('restart_workload', web);
    await runInRequest({ requestId: 'r', span }, () => process.answer('restart_workload', web, id));
    await process.idle();

    const names = span.children.map(({ known }) => known.name);
    expect(names).toContain('patch deployments');
    expect(names.lastIndexOf('get deployments')).toBeGreaterThan(names.indexOf('patch deployments'));
    expect(span.children.every(({ known }) => known.ended)).toBe(true);
  });

  it('scales, and back', async () => {
    const { bed, process } = await healing(aLiveDeployment().all);
    const before = specOf(bed.server, deployment);
    const id = await process.plan('scale_workload', { ...web, replicas: 4 });
    const scaled = await process.answer('scale_workload', { ...web, replicas: 4 }, id);

    expect(scaled).toMatchObject({ success: true, state: 'healthy' });
    expect(specOf(bed.server, deployment)).toMatchObject({ replicas: 4 });

    const undo = await process.plan('undo_action', { action_id: id });
    expect(await process.answer('undo_action', { action_id: id }, undo)).toMatchObject({ state: 'healthy' });
    expect(specOf(bed.server, deployment)).toEqual(before);
    expect(recordOf(bed, id)).toMatchObject({ state: 'undone' });
  });

  it('resizes by a step, and back', async () => {
    const { bed, process } = await healing(sized.all);
    const before = specOf(bed.server, deployment);
    const args = { ...web, container: 'app', memory_limit: '150Mi' };
    const id = await process.plan('resize_workload', args);

    expect(await process.answer('resize_workload', args, id)).toMatchObject({ state: 'healthy' });
    expect(templateOf(bed.server).spec.containers[0]).toMatchObject({ resources: { limits: { memory: '150Mi' } } });

    const undo = await process.plan('undo_action', { action_id: id });
    expect(await process.answer('undo_action', { action_id: id }, undo)).toMatchObject({ state: 'healthy' });
    expect(specOf(bed.server, deployment)).toEqual(before);
  });

  it('rolls back to the revision that was healthy, and back', async () => {
    const { bed, process } = await healing(regressed());
    const before = specOf(bed.server, deployment);
    const broken = bed.server.stored({ kind: 'Pod', namespace: 'shop', name: 'web-5d8f-0' });
    bed.controllers = (server) => {
      rolledOut(server);
      server.remove({ kind: 'Pod', namespace: 'shop', name: 'web-5d8f-0' });
      server.remove({ kind: 'Pod', namespace: 'shop', name: 'web-5d8f-1' });
    };
    const id = await process.plan('rollback_workload', web);

    expect(await process.answer('rollback_workload', web, id)).toMatchObject({ state: 'healthy' });
    expect(writesOf(bed)).toEqual(['PATCH deployments/web']);
    expect(templateOf(bed.server).spec.containers[0]).toMatchObject({ image: 'web:1' });
    expect(broken).toBeDefined();

    const undo = await process.plan('undo_action', { action_id: id });
    expect(await process.answer('undo_action', { action_id: id }, undo)).toMatchObject({ state: 'healthy' });
    expect(specOf(bed.server, deployment)).toEqual(before);
  });

  it('sets an image that ran before, and back', async () => {
    const made = aLiveDeployment();
    const { bed, process } = await healing([
      ...made.all,
      aRevision(made.deployment, 0, { image: 'registry.example/app:0.9' }),
    ]);
    const before = specOf(bed.server, deployment);
    const args = { ...web, container: 'app', image: 'registry.example/app:0.9' };
    const id = await process.plan('set_image', args);

    expect(await process.answer('set_image', args, id)).toMatchObject({ state: 'healthy' });
    expect(templateOf(bed.server).spec.containers[0]).toMatchObject({ image: 'registry.example/app:0.9' });

    const undo = await process.plan('undo_action', { action_id: id });
    expect(await process.answer('undo_action', { action_id: id }, undo)).toMatchObject({ state: 'healthy' });
    expect(specOf(bed.server, deployment)).toEqual(before);
  });

  it('evicts a pod', async () => {
    const { bed, process } = await healing(aLiveDeployment().all);
    const args = { object: 'pod/web-5d8f-0' };
    const id = await process.plan('evict_pod', args);

    expect(await process.answer('evict_pod', args, id)).toMatchObject({ state: 'healthy' });
    expect(writesOf(bed)).toEqual(['POST web-5d8f-0/eviction']);
  });

  it('cordons a node, and lets it take pods again', async () => {
    const { bed, process } = await healing(aLiveDeployment().all);
    const node = { kind: 'Node', name: 'node-2' };
    const id = await process.plan('cordon_node', { object: 'node/node-2' });

    expect(await process.answer('cordon_node', { object: 'node/node-2' }, id)).toMatchObject({ state: 'healthy' });
    expect(specOf(bed.server, node)).toMatchObject({ unschedulable: true });

    const undo = await process.plan('undo_action', { action_id: id });
    expect(await process.answer('undo_action', { action_id: id }, undo)).toMatchObject({ state: 'healthy' });
    expect(specOf(bed.server, node)).not.toMatchObject({ unschedulable: true });
  });

  it('drains a node: cordon first, then its pods', async () => {
    const made = aLiveDeployment();
    const [first, second, third] = made.pods;
    const elsewhere = third && { ...third, spec: { ...third.spec, nodeName: 'node-2' } };
    const { bed, process } = await healing([
      made.deployment,
      made.replicaSet,
      first,
      second,
      elsewhere,
    ] as KubernetesObject[]);
    const id = await process.plan('drain_node', { object: 'node/node-1' });

    expect(await process.answer('drain_node', { object: 'node/node-1' }, id)).toMatchObject({ state: 'healthy' });
    expect(writesOf(bed)).toEqual(['PATCH nodes/node-1', 'POST web-5d8f-0/eviction', 'POST web-5d8f-1/eviction']);
  });

  it('rolls back a StatefulSet that stands still, and evicts the pod that it waits for', async () => {
    const { bed, process } = await healing(trapped());
    const id = await process.plan('rollback_workload', { object: 'statefulset/db', revision: 1 });

    expect(await process.answer('rollback_workload', { object: 'statefulset/db', revision: 1 }, id)).toMatchObject({
      state: 'healthy',
      way_back: expect.stringContaining('but the pod that the StatefulSet waits for is evicted'),
    });
    expect(writesOf(bed)).toEqual(['PATCH statefulsets/db', 'POST db-2/eviction']);
    expect(templateOf(bed.server, set).spec.containers[0]).toMatchObject({ image: 'db:1' });
  });

  it('scales what has a scale subresource and is not built in', async () => {
    const rollout = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'web', namespace: 'shop', generation: 1 },
    };
    const { bed, process } = await healing([withSpec(rollout, 2)], { types: [rollouts] });
    bed.controllers = (server) => {
      const replicas = (specOf(server, refOf(rollout)) as { replicas: number }).replicas;
      const generation = server.stored(refOf(rollout))?.metadata.generation;
      server.apply({
        ...withSpec(rollout, replicas),
        metadata: { ...rollout.metadata, generation },
        status: { observedGeneration: generation, replicas, readyReplicas: replicas },
      } as KubernetesObject);
    };
    const args = { object: 'rollout/web', replicas: 3 };
    const id = await process.plan('scale_workload', args);

    expect(await process.answer('scale_workload', args, id)).toMatchObject({ state: 'healthy' });
    expect(writesOf(bed)).toEqual(['PATCH web/scale']);
  });
});

const rollouts = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  kind: 'Rollout',
  resource: 'rollouts',
  namespaced: true,
  verbs: ['get', 'list', 'patch'],
  shortNames: [],
};
const withSpec = (object: KubernetesObject, replicas: number) =>
  ({ ...object, spec: { replicas } }) as KubernetesObject;
const set: ObjectRef = { kind: 'StatefulSet', namespace: 'shop', name: 'db' };

/** StatefulSet/db waits for db-2, which crashes with the template of revision 2. */
function trapped() {
  const made = aLiveSet({
    pod: { containers: [aContainer('app', { image: 'db:2' })] },
    spec: { selector: { matchLabels: { app: 'db' } } },
    status: { updateRevision: 'db-two', currentRevision: 'db-one', updatedReplicas: 1, availableReplicas: 2 },
  });
  const revision = (number: number, name: string) => ({
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: { name, namespace: 'shop', labels: { app: 'db' }, ...ownedBy(made.target) },
    revision: number,
    data: { spec: { template: { spec: { containers: [{ name: 'app', image: `db:${number}` }] } } } },
  });
  const stuck = aPod('db-2', {
    containers: [aContainer('app', { image: 'db:2', ...crashed({ exitCode: 1, reason: 'Error' }) })],
    metadata: { ...ownedBy(made.target), labels: { app: 'db', 'controller-revision-hash': 'db-two' } },
  });
  const healthy = made.pods.slice(0, 2).map((pod) => ({
    ...pod,
    metadata: { ...pod.metadata, labels: { app: 'db', 'controller-revision-hash': 'db-one' } },
  }));
  return [made.target, ...healthy, stuck, revision(1, 'db-one'), revision(2, 'db-two')];
}
