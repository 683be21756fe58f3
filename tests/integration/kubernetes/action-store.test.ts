import { afterEach, describe, expect, it } from 'vitest';
import type { ActionRecord } from '../../../src/engines/healing/record.ts';
import type { KubernetesObject } from '../../../src/engines/objects.ts';
import type { Healing } from '../../../src/kubernetes/live/clusters.ts';
import { signatureOf } from '../../../src/kubernetes/live/signatures.ts';
import type { ActionStore } from '../../../src/kubernetes/ports.ts';
import { anActionId, aPrecondition, aRecord } from '../../support/action-records.ts';
import { minutesAgo, now } from '../../support/builders.ts';
import {
  aFakeApiServer,
  closeServers,
  type FakeApiServer,
  type FakeApiServerOptions,
} from '../../support/fake-api-server.ts';
import { signingKey, writerOf } from '../../support/live-writer.ts';

const signal = new AbortController().signal;
const servers: FakeApiServer[] = [];

afterEach(() => closeServers(servers.splice(0)));

async function aServer(options: FakeApiServerOptions = {}): Promise<FakeApiServer> {
  const server = await aFakeApiServer({ writable: true, clock: Date.parse(now), ...options });
  servers.push(server);
  return server;
}

/** The store of one process. */
async function storeOf(server: FakeApiServer, healing: Partial<Healing> = {}): Promise<ActionStore> {
  const writer = await writerOf(server, {
    now: () => Date.parse(now),
    healing: { signingKeys: async () => [signingKey], ...healing },
  });
  return writer.actions;
}

const leaseRef = ({ id }: ActionRecord, namespace = 'shop') => ({ kind: 'Lease', namespace, name: `kubemend-${id}` });

function leaseOf(server: FakeApiServer, record: ActionRecord, namespace = 'shop'): KubernetesObject {
  const lease = server.stored(leaseRef(record, namespace));
  if (lease === undefined) throw new Error('there is no such Lease');
  return lease;
}

/** Somebody edits the Lease of an action. */
function edit(server: FakeApiServer, lease: KubernetesObject, metadata: object): void {
  server.apply({ ...lease, metadata: { ...lease.metadata, ...metadata } });
}

describe('an action', () => {
  it('is kept as a signed Lease beside its target, and read as it was', async () => {
    const server = await aServer();
    const store = await storeOf(server);
    const record = aRecord();

    await store.create(record, signal);

    expect(await store.get(record.id, { namespace: 'shop' }, signal)).toMatchObject({ record });
    const { metadata } = leaseOf(server, record);
    expect(metadata.labels).toEqual({
      'app.kubernetes.io/managed-by': 'kubemend',
      'kubemend.dev/record': 'action',
      'kubemend.dev/state': 'planned',
    });
    const text = metadata.annotations?.['kubemend.dev/action-record'] ?? '';
    expect(metadata.annotations?.['kubemend.dev/signature']).toBe(
      signatureOf({ namespace: 'shop', name: `kubemend-${record.id}`, text }, signingKey),
    );
  });

  it('is found without its namespace', async () => {
    const server = await aServer();
    const store = await storeOf(server);
    const record = aRecord();
    await store.create(record, signal);
    await store.create(aRecord(), signal);

    expect(await store.get(record.id, {}, signal)).toMatchObject({ record });
  });

  it('on a node is kept in default', async () => {
    const server = await aServer();
    const store = await storeOf(server);
    const target = aPrecondition({ object: { kind: 'Node', name: 'node-1' }, apiVersion: 'v1' });
    const record = aRecord({ target, action: { name: 'drain_node', target: target.object } });

    await store.create(record, signal);

    expect(leaseOf(server, record, 'default').metadata.namespace).toBe('default');
    expect((await store.list({ namespace: 'default' }, signal)).actions).toHaveLength(1);
  });

  it('is kept in the namespace of the state where there is one', async () => {
    const server = await aServer();
    const store = await storeOf(server, { stateNamespace: 'kubemend' });
    const [record, other] = [
      aRecord(),
      aRecord({ target: aPrecondition({ object: { kind: 'Deployment', namespace: 'pay', name: 'api' } }) }),
    ];
    await store.create(record, signal);
    await store.create(other, signal);

    expect(leaseOf(server, record, 'kubemend').metadata.name).toBe(`kubemend-${record.id}`);
    expect(await store.get(record.id, { namespace: 'shop' }, signal)).toMatchObject({ record });
    expect(await store.get(record.id, {}, signal)).toMatchObject({ record });
    expect((await store.list({ namespace: 'pay' }, signal)).actions.map((action) => action.record.id)).toEqual([
      other.id,
    ]);
  });

  it('belongs to the ServiceAccount that keeps it in its own namespace, in every state', async () => {
    const server = await aServer();
    const store = await storeOf(server, { stateNamespace: 'kubemend' });
    const userInfo = { username: 'system:serviceaccount:kubemend:mend', uid: 'uid-mend' };
    server.on(({ path }) => path.endsWith('/selfsubjectreviews'), { json: { status: { userInfo } } });
    const record = aRecord();

    const stored = await store.create(record, signal);
    await store.replace(stored, { ...record, state: 'declined' }, signal);

    const { metadata } = leaseOf(server, record, 'kubemend');
    expect(metadata.labels?.['kubemend.dev/state']).toBe('declined');
    expect(metadata.ownerReferences).toEqual([
      { apiVersion: 'v1', kind: 'ServiceAccount', name: 'mend', uid: 'uid-mend' },
    ]);
    expect(server.requests.filter(({ path }) => path.endsWith('/selfsubjectreviews'))).toHaveLength(1);
  });

  it.each([
    ['somebody of another namespace', { username: 'system:serviceaccount:shop:mend', uid: 'uid-mend' }],
    ['a person', { username: 'jane', uid: 'uid-jane' }],
  ])('belongs to nobody where %s keeps it', async (_, userInfo) => {
    const server = await aServer();
    const store = await storeOf(server, { stateNamespace: 'kubemend' });
    server.on(({ path }) => path.endsWith('/selfsubjectreviews'), { json: { status: { userInfo } } });
    const record = aRecord();

    await store.create(record, signal);

    expect(leaseOf(server, record, 'kubemend').metadata.ownerReferences).toBeUndefined();
  });

  it('has no home in a namespace that is not there', async () => {
    const server = await aServer();
    const store = await storeOf(server, { stateNamespace: 'nope' });
    server.on(({ method, path }) => method === 'POST' && path.includes('/namespaces/nope/'), { status: 404 });

    await expect(store.create(aRecord(), signal)).rejects.toMatchObject({
      code: 'not_found',
      message: 'The namespace nope, where actions are kept, does not exist.',
    });
  });

  it('is made once', async () => {
    const server = await aServer();
    const store = await storeOf(server);
    const record = aRecord();
    await store.create(record, signal);

    await expect(store.create({ ...record, caller: 'mallory' }, signal)).rejects.toMatchObject({ code: 'conflict' });
    expect(await store.get(record.id, { namespace: 'shop' }, signal)).toMatchObject({ record });
  });

  it('that is too large is refused', async () => {
    const server = await aServer();
    const store = await storeOf(server);

    await expect(store.create(aRecord({ irreversible: 'é'.repeat(110_000) }), signal)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('too large to be kept'),
    });
    expect(server.requests).toEqual([]);
  });

  it('that could not be read again is not written', async () => {
    const server = await aServer();
    const store = await storeOf(server);

    await expect(
      store.create(
        aRecord({
          verification: { expects: 'all is well', by: 'rollout', holdSeconds: Number.NaN, deadlineSeconds: 1 },
        }),
        signal,
      ),
    ).rejects.toMatchObject({
      code: 'internal_error',
    });
    await expect(store.create(aRecord({ id: '../x' }), signal)).rejects.toMatchObject({ code: 'internal_error' });
    expect(server.requests).toEqual([]);
  });

  it('tells who works on it, until nobody does', async () => {
    const server = await aServer();
    const store = await storeOf(server);
    const record = aRecord();
    const planned = await store.create(record, signal);

    const applying = await store.replace(planned, { ...record, state: 'applying' }, signal, {
      identity: 'replica-1',
      seconds: 30,
    });
    const held = await store.get(record.id, { namespace: 'shop' }, signal);
    const released = await store.replace(applying, { ...record, state: 'healthy' }, signal);

    expect(held).toEqual(applying);
    expect(held.holder).toEqual({ identity: 'replica-1', renewedAt: new Date(now).toISOString(), seconds: 30 });
    expect([planned.holder, released.holder]).toEqual([undefined, undefined]);
    expect(leaseOf(server, record).metadata.labels?.['kubemend.dev/state']).toBe('healthy');
  });

  it.each(['nope', '', 'A'.repeat(26), `${'a'.repeat(25)}/`, '../../../pods/web-aaaaaaaaa', 'a'.repeat(27)])(
    'is not found under %j, and nobody is asked',
    async (id) => {
      const server = await aServer();
      const store = await storeOf(server);

      await expect(store.get(id, { namespace: 'shop' }, signal)).rejects.toMatchObject({ code: 'not_found' });
      expect(server.requests).toEqual([]);
    },
  );

  it('is not found when there is none', async () => {
    const store = await storeOf(await aServer());

    await expect(store.get(anActionId(), { namespace: 'shop' }, signal)).rejects.toMatchObject({ code: 'not_found' });
    await expect(store.get(anActionId(), {}, signal)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a swap', () => {
  it('of what another process has changed conflicts, and stores nothing', async () => {
    const server = await aServer();
    const [one, two] = [await storeOf(server), await storeOf(server)];
    const record = aRecord();
    const seen = await one.create(record, signal);
    await two.replace(seen, { ...record, approvedBy: 'two' }, signal);

    await expect(one.replace(seen, { ...record, approvedBy: 'one' }, signal)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect((await one.get(record.id, { namespace: 'shop' }, signal)).record.approvedBy).toBe('two');
  });

  it('of what was deleted meanwhile does not bring it back', async () => {
    const server = await aServer();
    const store = await storeOf(server);
    const record = aRecord();
    const seen = await store.create(record, signal);
    server.remove(leaseRef(record));

    await expect(store.replace(seen, record, signal)).rejects.toMatchObject({ code: 'conflict' });
    expect(server.stored(leaseRef(record))).toBeUndefined();
  });

  it('of what was made again is none', async () => {
    const server = await aServer();
    const store = await storeOf(server);
    const record = aRecord();
    const seen = await store.create(record, signal);
    edit(server, leaseOf(server, record), { uid: 'another' });

    await expect(store.replace(seen, record, signal)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is won by exactly one of two processes, 1,000 times', async () => {
    const server = await aServer();
    const [one, two] = [await storeOf(server), await storeOf(server)];
    const record = aRecord();
    let seen = await one.create(record, signal);
    const wins: number[] = [];
    const losses = new Set<unknown>();

    for (let race = 0; race < 1000; race += 1) {
      const from = seen;
      const approved = (by: string) => ({ ...record, approvedBy: `${by} ${race}` });
      const outcomes = await Promise.allSettled([
        one.replace(from, approved('one'), signal),
        two.replace(from, approved('two'), signal),
      ]);
      const won = outcomes.filter((outcome) => outcome.status === 'fulfilled');
      wins.push(won.length);
      for (const outcome of outcomes) if (outcome.status === 'rejected') losses.add(outcome.reason.code);
      seen = won[0]?.value ?? seen;
    }

    expect(wins).toEqual(Array.from({ length: 1000 }, () => 1));
    expect([...losses]).toEqual(['conflict']);
    expect((await one.get(record.id, { namespace: 'shop' }, signal)).record).toEqual(seen.record);
  }, 60_000);
});

describe('a Lease that somebody else wrote', () => {
  const planted = async (change: (lease: KubernetesObject, record: ActionRecord) => object) => {
    const server = await aServer();
    const store = await storeOf(server);
    const record = aRecord();
    await store.create(record, signal);
    const lease = leaseOf(server, record);
    edit(server, lease, change(lease, record));
    return { store, record };
  };
  const annotations = ({ metadata }: KubernetesObject) => metadata.annotations ?? {};
  const textOf = (lease: KubernetesObject) => annotations(lease)['kubemend.dev/action-record'] ?? '';

  it.each<[string, (lease: KubernetesObject, record: ActionRecord) => object]>([
    [
      'with another state',
      (lease) => ({
        annotations: {
          ...annotations(lease),
          'kubemend.dev/action-record': textOf(lease).replace('"planned"', '"applying"'),
        },
      }),
    ],
    [
      'cut short',
      (lease) => ({
        annotations: { ...annotations(lease), 'kubemend.dev/action-record': textOf(lease).slice(0, -10) },
      }),
    ],
    ['without a signature', (lease) => ({ annotations: { 'kubemend.dev/action-record': textOf(lease) } })],
    [
      'with half a signature',
      (lease) => ({ annotations: { ...annotations(lease), 'kubemend.dev/signature': 'abcd' } }),
    ],
    ['without a record', () => ({ annotations: {} })],
    ['without annotations', () => ({ annotations: undefined })],
    [
      'signed with another key',
      (lease, { id }) => ({
        annotations: {
          ...annotations(lease),
          'kubemend.dev/signature': signatureOf(
            { namespace: 'shop', name: `kubemend-${id}`, text: textOf(lease) },
            Buffer.alloc(32, 'x'),
          ),
        },
      }),
    ],
    [
      'signed by us, of another shape',
      (_, { id }) => {
        const text = '{"id":"x","operations":"all"}';
        const signature = signatureOf({ namespace: 'shop', name: `kubemend-${id}`, text }, signingKey);
        return { annotations: { 'kubemend.dev/action-record': text, 'kubemend.dev/signature': signature } };
      },
    ],
  ])('%s is not found, and counted', async (_name, change) => {
    const { store, record } = await planted(change);

    await expect(store.get(record.id, { namespace: 'shop' }, signal)).rejects.toMatchObject({ code: 'not_found' });
    await expect(store.get(record.id, {}, signal)).rejects.toMatchObject({ code: 'not_found' });
    expect(await store.list({ namespace: 'shop' }, signal)).toEqual({ actions: [], unreadable: 1 });
  });

  it.each([
    ['another namespace', { namespace: 'evil' }],
    ['another name', { name: `kubemend-${'z'.repeat(26)}` }],
  ])('as a copy in %s is none', async (_name, elsewhere) => {
    const server = await aServer();
    const store = await storeOf(server);
    const record = aRecord();
    await store.create(record, signal);
    edit(server, leaseOf(server, record), { uid: 'copy', ...elsewhere });

    expect(await store.list({}, signal)).toMatchObject({ actions: [{ record }], unreadable: 1 });
  });
});

describe('a new key', () => {
  it('signs, while what the old one signed is still read', async () => {
    const server = await aServer();
    const [old, fresh] = [Buffer.alloc(32, 'o'), Buffer.alloc(32, 'n')];
    const before = await storeOf(server, { signingKeys: async () => [old] });
    const during = await storeOf(server, { signingKeys: async () => [fresh, old] });
    const after = await storeOf(server, { signingKeys: async () => [fresh] });
    const [kept, renewed] = [aRecord(), aRecord()];
    await before.create(kept, signal);
    await during.replace(await before.create(renewed, signal), renewed, signal);

    expect((await during.list({}, signal)).actions).toHaveLength(2);
    expect(await after.list({}, signal)).toMatchObject({ actions: [{ record: renewed }], unreadable: 1 });
    await expect(before.get(renewed.id, {}, signal)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a list', () => {
  const days = (count: number) => minutesAgo(count * 24 * 60);
  const endedAt = (at: string, state: ActionRecord['state'] = 'healthy') =>
    aRecord({ state, createdAt: at, expiresAt: at, steps: [{ at, state, by: 'kubemend', text: 'done' }] });

  it('is newest first, over as many pages as there are', async () => {
    const server = await aServer();
    const store = await storeOf(server);
    const records = Array.from({ length: 230 }, (_, index) => aRecord({ createdAt: minutesAgo(index) }));
    await Promise.all(records.map((record) => store.create(record, signal)));

    const { actions, unreadable } = await store.list({ namespace: 'shop' }, signal);

    expect(actions.map(({ record }) => record.createdAt)).toEqual(records.map(({ createdAt }) => createdAt));
    expect(unreadable).toBe(0);
  });

  it('removes what ended more than a week ago, and nothing else', async () => {
    const server = await aServer();
    const store = await storeOf(server);
    const old = [endedAt(days(8)), endedAt(days(9), 'failed'), endedAt(days(30), 'planned')];
    const kept = [endedAt(days(6)), endedAt(days(30), 'applying'), endedAt(days(30), 'verifying'), aRecord()];
    for (const record of [...old, ...kept]) await store.create(record, signal);
    const foreign = endedAt(days(30));
    await (await storeOf(server, { signingKeys: async () => [Buffer.alloc(32, 'x')] })).create(foreign, signal);

    await store.list({}, signal);

    expect(old.map((record) => server.stored(leaseRef(record)))).toEqual([undefined, undefined, undefined]);
    expect([...kept, foreign].map((record) => leaseOf(server, record).kind)).toEqual(
      Array.from({ length: 5 }, () => 'Lease'),
    );
  });

  it('removes few at a time', async () => {
    const server = await aServer();
    const store = await storeOf(server);
    await Promise.all(Array.from({ length: 25 }, () => store.create(endedAt(days(8)), signal)));

    await store.list({}, signal);

    expect(server.requests.filter(({ method }) => method === 'DELETE')).toHaveLength(20);
    expect((await store.list({}, signal)).actions).toHaveLength(5);
  });

  it('goes on without removing where that is not allowed', async () => {
    const server = await aServer({ denied: ['delete leases'] });
    const store = await storeOf(server, { log: { warn() {} } });
    await store.create(endedAt(days(8)), signal);

    expect((await store.list({}, signal)).actions).toHaveLength(1);
    expect((await store.list({}, signal)).actions).toHaveLength(1);
    expect(server.requests.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
  });

  it('says when actions may not be read', async () => {
    const store = await storeOf(await aServer({ denied: ['list leases'] }));

    await expect(store.list({}, signal)).rejects.toMatchObject({
      code: 'permission_denied',
      details: { required_permission: 'list coordination.k8s.io/leases' },
    });
  });
});
