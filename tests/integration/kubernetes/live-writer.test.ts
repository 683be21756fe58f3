import { afterEach, describe, expect, it } from 'vitest';
import type { Operation } from '../../../src/engines/healing/action.ts';
import type { KubernetesObject } from '../../../src/engines/objects.ts';
import type { Writer } from '../../../src/kubernetes/ports.ts';
import { redactObject } from '../../../src/platform/redact.ts';
import { anObject, aPod, ownedBy } from '../../support/builders.ts';
import {
  aFakeApiServer,
  closeServers,
  type FakeApiServer,
  type FakeApiServerOptions,
} from '../../support/fake-api-server.ts';
import { conditionOf, writerOf } from '../../support/live-writer.ts';

const signal = new AbortController().signal;
const actionId = 'a'.repeat(26);
const done = { dryRun: false, actionId };
const tried = { dryRun: true, actionId };
const servers: FakeApiServer[] = [];

afterEach(() => closeServers(servers.splice(0)));

async function serving(objects: readonly KubernetesObject[], options: FakeApiServerOptions = {}) {
  const server = await aFakeApiServer({ objects, writable: true, ...options });
  servers.push(server);
  return { server, writer: await writerOf(server) };
}

const templateOf = (image: string, labels: object = {}) => ({
  metadata: { labels: { app: 'web', ...labels } },
  spec: { containers: [{ name: 'app', image, env: [{ name: 'DB_PASSWORD', value: 'canary-5ecret' }] }] },
});

const ref = (kind: string, name = 'web') => ({ kind, namespace: 'shop', name });

const deployment = anObject('Deployment', 'web', {
  metadata: { generation: 3 },
  spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: templateOf('web:2') },
});
const replicaSet = (revision: number, image: string, owner: KubernetesObject = deployment) =>
  anObject('ReplicaSet', `web-${revision}`, {
    metadata: {
      ...ownedBy(owner),
      labels: { app: 'web' },
      annotations: { 'deployment.kubernetes.io/revision': String(revision) },
    },
    spec: { replicas: 0, template: templateOf(image, { 'pod-template-hash': `hash${revision}` }) },
  });

const scaleTo = (server: FakeApiServer, replicas: number, kind = 'Deployment'): Operation => ({
  verb: 'scale',
  on: conditionOf(server, ref(kind)),
  replicas,
});
const replicasOf = (object: unknown) => (object as { spec: { replicas: number } }).spec.replicas;
const imageOf = (object: unknown) => (object as typeof deployment).spec?.template?.spec?.containers?.[0]?.image;
const writesTo = ({ requests }: FakeApiServer) => requests.filter(({ method }) => method !== 'GET');

describe('a patch', () => {
  const restart = (server: FakeApiServer): Operation => ({
    verb: 'patch',
    on: conditionOf(server, ref('Deployment')),
    steps: [{ op: 'add', path: '/spec/template/metadata/annotations', value: { restartedAt: 'now' } }],
  });

  it('changes its fields, and says in the same patch which action it was', async () => {
    const { server, writer } = await serving([deployment]);

    const left = await writer.apply(restart(server), done, signal);

    expect(left).toMatchObject({
      kind: 'Deployment',
      metadata: { generation: 4, annotations: { 'kubemend.dev/action': actionId } },
      spec: { template: { metadata: { annotations: { restartedAt: 'now' } } } },
    });
    expect(server.stored(ref('Deployment'))?.metadata.resourceVersion).toBe(left?.metadata.resourceVersion);
    expect(writesTo(server)).toHaveLength(1);
    expect(Object.fromEntries(writesTo(server)[0]?.query ?? [])).toEqual({
      fieldManager: 'kubemend',
      fieldValidation: 'Strict',
    });
  });

  it('keeps the annotations that are there', async () => {
    const annotated = anObject('Deployment', 'web', { ...deployment, metadata: { annotations: { team: 'a' } } });
    const { server, writer } = await serving([annotated]);

    await writer.apply(restart(server), done, signal);

    expect(server.stored(ref('Deployment'))?.metadata.annotations).toEqual({
      team: 'a',
      'kubemend.dev/action': actionId,
    });
  });

  it('changes nothing when it is only tried', async () => {
    const { server, writer } = await serving([deployment]);
    const before = server.stored(ref('Deployment'));

    const left = await writer.apply(restart(server), tried, signal);

    expect(left).toMatchObject({ spec: { template: { metadata: { annotations: { restartedAt: 'now' } } } } });
    expect(server.stored(ref('Deployment'))).toEqual(before);
  });

  it('hands no secret of the object on', async () => {
    const { server, writer } = await serving([deployment]);

    const left = await writer.apply(restart(server), done, signal);

    expect(JSON.stringify([left, await writer.current(ref('Deployment'), signal)])).not.toContain('canary');
  });

  it('conflicts with a change that came before', async () => {
    const { server, writer } = await serving([deployment]);
    const planned = restart(server);
    await writer.apply(scaleTo(server, 5), done, signal);

    await expect(writer.apply(planned, done, signal)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Deployment/web has changed'),
    });
    expect(server.stored(ref('Deployment'))).not.toHaveProperty('spec.template.metadata.annotations');
  });

  it('conflicts with an object that was deleted and made again', async () => {
    const { server, writer } = await serving([deployment]);
    const planned = restart(server);
    server.apply(anObject('Deployment', 'web', { ...deployment, metadata: { uid: 'another' } }));

    await expect(writer.apply(planned, done, signal)).rejects.toMatchObject({
      code: 'conflict',
      details: { uid: 'another' },
    });
    expect(writesTo(server)).toEqual([]);
  });

  it.each([
    ['was changed', { resourceVersion: '8' }],
    ['was made again', { uid: 'another', resourceVersion: '7' }],
  ])('conflicts with an object that %s between its last look and the write', async (_name, metadata) => {
    const { server, writer } = await serving([
      anObject('Deployment', 'web', { ...deployment, metadata: { resourceVersion: '7' } }),
    ]);
    const planned = restart(server);
    server.on('GET /apis/apps/v1/namespaces/shop/deployments/web', { json: server.stored(ref('Deployment')) }, 1);
    server.apply(anObject('Deployment', 'web', { ...deployment, metadata }));
    const before = server.stored(ref('Deployment'));

    await expect(writer.apply(planned, done, signal)).rejects.toMatchObject({ code: 'conflict' });
    expect(server.stored(ref('Deployment'))).toEqual(before);
    expect(writesTo(server)).toHaveLength(1);
  });

  it('tells a field that is not there from a conflict', async () => {
    const { server, writer } = await serving([deployment]);
    const steps = [{ op: 'replace', path: '/spec/template/spec/containers/7/image', value: 'x' }] as const;

    await expect(
      writer.apply({ verb: 'patch', on: conditionOf(server, ref('Deployment')), steps }, done, signal),
    ).rejects.toMatchObject({ code: 'validation_error', message: 'The change does not fit Deployment/web.' });
  });

  it.each(['/metadata/resourceVersion', '/metadata/uid', '/status/replicas', '/metadata/finalizers', '/spec'])(
    'refuses to write %s',
    async (path) => {
      const { server, writer } = await serving([deployment]);
      const steps = [{ op: 'replace', path, value: 'x' }] as const;

      await expect(
        writer.apply({ verb: 'patch', on: conditionOf(server, ref('Deployment')), steps }, done, signal),
      ).rejects.toMatchObject({ code: 'internal_error' });
      expect(writesTo(server)).toEqual([]);
    },
  );

  it('of the resources of a pod goes through its resize subresource', async () => {
    const containers = [{ name: 'app', resources: { limits: { memory: '20Mi' } } }];
    const { server, writer } = await serving([aPod('web', { spec: { containers } })]);
    const steps = [{ op: 'replace', path: '/spec/containers/0/resources/limits/memory', value: '30Mi' }] as const;

    const left = await writer.apply({ verb: 'patch', on: conditionOf(server, ref('Pod')), steps }, done, signal);

    expect(left).toMatchObject({ spec: { containers: [{ resources: { limits: { memory: '30Mi' } } }] } });
    expect(writesTo(server).map(({ path }) => path)).toEqual(['/api/v1/namespaces/shop/pods/web/resize']);
  });

  it('surfaces a missing object as not_found', async () => {
    const { server, writer } = await serving([deployment]);
    const planned = restart(server);
    server.remove(ref('Deployment'));

    await expect(writer.apply(planned, done, signal)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('names the permission that it lacks', async () => {
    const { server, writer } = await serving([deployment], { denied: ['patch deployments'] });

    await expect(writer.apply(restart(server), done, signal)).rejects.toMatchObject({
      code: 'permission_denied',
      details: { required_permission: 'patch apps/deployments' },
    });
  });

  it('does not write without a precondition', async () => {
    const { server, writer } = await serving([deployment]);
    const on = { ...conditionOf(server, ref('Deployment')), uid: '' };

    await expect(writer.apply({ ...restart(server), on }, done, signal)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(writesTo(server)).toEqual([]);
  });
});

describe('revisions', () => {
  it('are those of the workload itself, newest first, as their Deployment had them but for secrets', async () => {
    const stranger = anObject('Deployment', 'other', { metadata: { uid: 'other' } });
    const { writer } = await serving([
      deployment,
      replicaSet(1, 'web:1'),
      replicaSet(10, 'web:10'),
      replicaSet(2, 'web:2'),
      replicaSet(7, 'web:7', stranger),
    ]);

    const found = await writer.revisions(ref('Deployment'), signal);

    expect(found.map(({ number }) => number)).toEqual([10, 2, 1]);
    expect(found[1]?.template).toEqual(redactObject(templateOf('web:2')));
    expect(JSON.stringify(found)).not.toContain('canary-5ecret');
    expect(found[0]).toMatchObject({
      object: ref('ReplicaSet', 'web-10'),
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('of a kind without any are a validation_error', async () => {
    const { writer } = await serving([]);

    await expect(writer.revisions(ref('CronJob'), signal)).rejects.toMatchObject({ code: 'validation_error' });
  });
});

describe('a change of the template', () => {
  async function rolledBack(server: FakeApiServer, writer: Writer, digest?: string): Promise<Operation> {
    const revision = (await writer.revisions(ref('Deployment'), signal)).find(({ number }) => number === 1);
    if (revision === undefined) throw new Error('no revision');
    const on = conditionOf(server, ref('Deployment'));
    return { verb: 'set_template', on, from: revision.object, digest: digest ?? revision.digest };
  }

  it('takes that of a ReplicaSet without its hash, and leaves all else as it is', async () => {
    const { server, writer } = await serving([deployment, replicaSet(1, 'web:1')]);

    await writer.apply(await rolledBack(server, writer), done, signal);

    expect(server.stored(ref('Deployment'))).toMatchObject({
      metadata: { annotations: { 'kubemend.dev/action': actionId } },
      spec: { ...deployment.spec, template: templateOf('web:1') },
    });
    expect(server.stored(ref('Deployment'))).not.toHaveProperty('spec.template.metadata.labels.pod-template-hash');
  });

  it('takes that of a ControllerRevision without the words of a patch', async () => {
    const set = anObject('StatefulSet', 'web', { spec: { ...deployment.spec, template: templateOf('web:2') } });
    const revision = anObject('ReplicaSet', 'web-abc', {
      apiVersion: 'apps/v1',
      metadata: { ...ownedBy(set), labels: { app: 'web' } },
      revision: 4,
      data: { spec: { template: { $patch: 'replace', ...templateOf('web:1') } } },
    });
    const { server, writer } = await serving([set, { ...revision, kind: 'ControllerRevision' }]);
    const [kept] = await writer.revisions(ref('StatefulSet'), signal);

    await writer.apply(
      {
        verb: 'set_template',
        on: conditionOf(server, ref('StatefulSet')),
        from: kept?.object ?? ref(''),
        digest: kept?.digest ?? '',
      },
      done,
      signal,
    );

    expect(kept).toMatchObject({ number: 4, object: ref('ControllerRevision', 'web-abc') });
    expect(server.stored(ref('StatefulSet'))).toHaveProperty('spec.template', templateOf('web:1'));
  });

  it('conflicts with a revision that holds something else', async () => {
    const { server, writer } = await serving([deployment, replicaSet(1, 'web:1')]);
    const planned = await rolledBack(server, writer);
    server.apply(replicaSet(1, 'web:evil'));

    await expect(writer.apply(planned, done, signal)).rejects.toMatchObject({ code: 'conflict' });
    expect(imageOf(server.stored(ref('Deployment')))).toBe('web:2');
  });

  it("conflicts with a revision of another's", async () => {
    const { server, writer } = await serving([deployment, replicaSet(1, 'web:1')]);
    const planned = await rolledBack(server, writer);
    server.apply(replicaSet(1, 'web:1', anObject('Deployment', 'other')));

    await expect(writer.apply(planned, done, signal)).rejects.toMatchObject({ code: 'conflict' });
    expect(writesTo(server)).toEqual([]);
  });
});

describe('a change of scale', () => {
  it('goes through the scale subresource', async () => {
    const { server, writer } = await serving([deployment]);

    const left = await writer.apply(scaleTo(server, 4), done, signal);

    expect(left).toMatchObject({ kind: 'Deployment', metadata: { generation: 4 }, spec: { replicas: 4 } });
    expect(writesTo(server).map(({ path }) => path)).toEqual(['/apis/apps/v1/namespaces/shop/deployments/web/scale']);
  });

  it('works for a kind that the cluster defines', async () => {
    const type = { group: 'h.example', version: 'v1', kind: 'Fleet', resource: 'fleets', namespaced: true };
    const fleet = anObject('Deployment', 'web', { apiVersion: 'h.example/v1', spec: { replicas: 1 } });
    const { server, writer } = await serving([{ ...fleet, kind: 'Fleet' }], {
      types: [{ ...type, verbs: ['get', 'patch'], shortNames: [] }],
    });

    const left = await writer.apply(scaleTo(server, 3, 'Fleet'), done, signal);

    expect([left?.kind, replicasOf(left), replicasOf(server.stored(ref('Fleet')))]).toEqual(['Fleet', 3, 3]);
  });

  it('shows what it would do and does not when it is only tried', async () => {
    const { server, writer } = await serving([deployment]);

    const left = await writer.apply(scaleTo(server, 4), tried, signal);

    expect([replicasOf(left), replicasOf(server.stored(ref('Deployment')))]).toEqual([4, 2]);
  });

  it('says that it was done even when the object cannot be read again', async () => {
    const { server, writer } = await serving([deployment]);
    const planned = scaleTo(server, 4);
    const path = 'GET /apis/apps/v1/namespaces/shop/deployments/web';
    server.on(path, { status: 500 });
    server.on(path, { json: server.stored(ref('Deployment')) }, 1);

    const left = await writer.apply(planned, done, signal);

    expect(replicasOf(left)).toBe(4);
    expect(left?.metadata.resourceVersion).toBe(server.stored(ref('Deployment'))?.metadata.resourceVersion);
  });

  it('refuses a kind without one', async () => {
    const { server, writer } = await serving([anObject('DaemonSet', 'web', { spec: {} })]);

    await expect(writer.apply(scaleTo(server, 4, 'DaemonSet'), done, signal)).rejects.toMatchObject({
      code: 'validation_error',
      message: expect.stringContaining('no scale subresource'),
    });
  });
});

describe('an eviction', () => {
  const evict = (server: FakeApiServer): Operation => ({ verb: 'evict', on: conditionOf(server, ref('Pod')) });
  const pod = aPod('web', { metadata: { labels: { app: 'web' } } });

  it('goes through the eviction API, bound to the pod as it was seen', async () => {
    const { server, writer } = await serving([pod]);
    const { uid, resourceVersion } = conditionOf(server, ref('Pod'));

    expect(await writer.apply(evict(server), done, signal)).toBeUndefined();

    expect(server.stored(ref('Pod'))).toBeUndefined();
    expect(JSON.parse(writesTo(server)[0]?.body ?? '')).toMatchObject({
      kind: 'Eviction',
      deleteOptions: { preconditions: { uid, resourceVersion } },
    });
  });

  it('leaves the pod when it is only tried', async () => {
    const { server, writer } = await serving([pod]);

    await writer.apply(evict(server), tried, signal);

    expect(server.stored(ref('Pod'))).toBeDefined();
  });

  it('is refused by a PodDisruptionBudget, which it names', async () => {
    const budget = anObject('PodDisruptionBudget', 'web-pdb', {
      apiVersion: 'policy/v1',
      spec: { selector: { matchLabels: { app: 'web' } } },
      status: { disruptionsAllowed: 0 },
    });
    const { server, writer } = await serving([pod, budget]);

    await expect(writer.apply(evict(server), done, signal)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('PodDisruptionBudget/web-pdb does not allow this eviction'),
      details: { budget: 'web-pdb', retry_after_seconds: 10 },
    });
    expect(writesTo(server)).toHaveLength(1);
  });
});

describe('trying a pod', () => {
  it('makes none', async () => {
    const { server, writer } = await serving([]);

    expect(await writer.tryPod(templateOf('web:3'), 'shop', signal)).toEqual({ ok: true });

    const [{ path, query, body } = { path: '', query: new URLSearchParams(), body: '{}' }] = writesTo(server);
    expect([path, query.get('dryRun')]).toEqual(['/api/v1/namespaces/shop/pods', 'All']);
    expect(JSON.parse(body)).toMatchObject({
      metadata: { generateName: 'kubemend-try-', labels: { app: 'web' } },
      spec: templateOf('web:3').spec,
    });
    expect(await writer.current(ref('Pod', 'kubemend-try-x7k2p'), signal).catch(({ code }) => code)).toBe('not_found');
  });

  it('tells what the cluster has against it', async () => {
    const { server, writer } = await serving([]);
    const said = 'forbidden: exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3';
    const message = `pods "kubemend-try-x7k2p" is ${said}`;
    server.on('POST /api/v1/namespaces/shop/pods', { status: 403, reason: 'Forbidden', message });

    expect(await writer.tryPod(templateOf('web:3'), 'shop', signal)).toEqual({ ok: false, message: said });
  });

  it('throws when it may not be tried', async () => {
    const { writer } = await serving([], { denied: ['create pods'] });

    await expect(writer.tryPod(templateOf('web:3'), 'shop', signal)).rejects.toMatchObject({
      code: 'permission_denied',
    });
  });
});

describe('an announcement', () => {
  const event = { type: 'Normal', reason: 'Restarted', message: 'by kubemend' } as const;

  it('is an Event on the object', async () => {
    const { server, writer } = await serving([deployment]);

    await writer.announce(conditionOf(server, ref('Deployment')), event, signal);

    expect(JSON.parse(writesTo(server)[0]?.body ?? '')).toMatchObject({
      kind: 'Event',
      metadata: { namespace: 'shop', name: expect.stringMatching(/^web\.[0-9a-f]{16}$/) },
      involvedObject: { kind: 'Deployment', name: 'web', uid: 'uid-Deployment-web' },
      reportingComponent: 'kubemend',
      ...event,
    });
  });

  it('about a node is in default', async () => {
    const { server, writer } = await serving([anObject('Node', 'node-1')]);

    await writer.announce(conditionOf(server, { kind: 'Node', name: 'node-1' }), event, signal);

    expect(writesTo(server)[0]?.path).toBe('/api/v1/namespaces/default/events');
  });

  it('that fails is logged', async () => {
    const { server } = await serving([deployment], { denied: ['create events'] });
    const logged: string[] = [];
    const log = { warn: (_: object, message: string) => logged.push(message) };
    const writer = await writerOf(server, { healing: { signingKeys: async () => [Buffer.alloc(32)], log } });

    await writer.announce(conditionOf(server, ref('Deployment')), event, signal);

    expect(logged).toEqual(['could not write an Event']);
  });
});
