import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Operation } from '../../../src/engines/healing/action.ts';
import type { ClustersOptions } from '../../../src/kubernetes/live/clusters.ts';
import { noMetrics } from '../../../src/platform/metrics.ts';
import { anObject } from '../../support/builders.ts';
import { aFakeApiServer, type FakeApiServer, type Fault } from '../../support/fake-api-server.ts';
import { writeKubeconfig } from '../../support/kubeconfig-file.ts';
import { liveClusters } from '../../support/live-clusters.ts';
import { conditionOf, signingKey, writerOf } from '../../support/live-writer.ts';

const signal = new AbortController().signal;
const done = { dryRun: false, actionId: 'a'.repeat(26) };
const node = { kind: 'Node', name: 'node-1' };
const path = 'PATCH /api/v1/nodes/node-1';
const servers: FakeApiServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serving(options: Partial<ClustersOptions> = {}) {
  const server = await aFakeApiServer({ objects: [anObject('Node', 'node-1', { spec: {} })], writable: true });
  servers.push(server);
  const counted: string[] = [];
  const writer = await writerOf(server, {
    metrics: {
      ...noMetrics,
      kubernetesRequest: ({ verb, resource, code }) => counted.push(`${verb} ${resource} ${code}`),
      kubernetesRetry: () => counted.push('retry'),
    },
    ...options,
  });
  const on = conditionOf(server, node);
  const steps = [{ op: 'add', path: '/spec/unschedulable', value: true }] as const;
  const cordon: Operation = { verb: 'patch', on, steps };
  return { server, writer, cordon, counted, patches: () => server.requests.filter(({ method }) => method === 'PATCH') };
}

const cordoned = (server: FakeApiServer) => JSON.stringify(server.stored(node)).includes('"unschedulable":true');

describe('a write', () => {
  it.each<[string, Fault, object, boolean]>([
    ['429', { status: 429, retryAfter: 1 }, { code: 'api_error', details: { status: 429 } }, false],
    ['500', { status: 500 }, { code: 'unavailable', details: { effect: 'unknown' } }, false],
    ['503', { status: 503, retryAfter: 1 }, { code: 'unavailable', details: { effect: 'unknown' } }, false],
    ['504', { status: 504 }, { code: 'timeout', details: { effect: 'unknown' } }, false],
    ['a reset', 'reset', { code: 'unavailable', details: { effect: 'unknown' } }, false],
    ['a reset in its answer', 'reset-mid-body', { code: 'unavailable', details: { effect: 'unknown' } }, true],
    ['half an answer', 'truncated-json', { code: 'unavailable', details: { effect: 'unknown' } }, true],
    ['a web page', { text: '<html>' }, { code: 'unavailable', details: { effect: 'unknown' } }, false],
    ['a redirect', { status: 307 }, { code: 'api_error' }, false],
  ])('is sent once, and says what is known after %s', async (_name, fault, expected, happened) => {
    const { server, writer, cordon, patches, counted } = await serving();
    server.on(path, fault);

    await expect(writer.apply(cordon, done, signal)).rejects.toMatchObject(expected);

    expect([patches().length, cordoned(server), counted.includes('retry')]).toEqual([1, happened, false]);
  });

  it.each<[string, Fault, boolean]>([
    ['before', 'hang', false],
    ['after', { delayMs: 2000 }, true],
  ])('that hangs %s it was done ends in a timeout which does not pretend to know', async (_name, fault, happened) => {
    const { server, writer, cordon, patches } = await serving({ rest: { timeouts: { totalMs: 300 } } });
    server.on(path, fault);

    await expect(writer.apply(cordon, done, signal)).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('It is unknown whether the change was made.'),
      hint: 'Read the object again before anything else is tried.',
      details: { effect: 'unknown' },
    });
    expect([patches().length, cordoned(server)]).toEqual([1, happened]);
  });

  it('waits longer for an answer than a read does', async () => {
    const { server, writer, cordon } = await serving({ rest: { timeouts: { headersMs: 100, totalMs: 10_000 } } });
    server.on(path, { delayMs: 1500 });

    await writer.apply(cordon, done, signal);

    expect(cordoned(server)).toBe(true);
  });

  it('whose answer was lost is not done twice when it is sent again', async () => {
    const { server, writer, cordon } = await serving();
    server.on(path, 'reset-mid-body', 1);
    await writer.apply(cordon, done, signal).catch(() => {});
    const { resourceVersion } = conditionOf(server, node);

    await expect(writer.apply(cordon, done, signal)).rejects.toMatchObject({ code: 'conflict' });

    expect(conditionOf(server, node).resourceVersion).toBe(resourceVersion);
  });

  it('ends when its caller does not want it any more', async () => {
    const { server, writer, cordon } = await serving();
    const caller = new AbortController();
    server.on(path, () => caller.abort(new Error('enough')));

    await expect(writer.apply(cordon, done, caller.signal)).rejects.toThrow('enough');
  });

  it('is sent again with new credentials when the old ones are not known any more', async () => {
    const { server, writer, cordon, patches } = await serving();
    server.on(path, { status: 401 }, 1);

    await writer.apply(cordon, done, signal);

    expect([patches().length, cordoned(server)]).toEqual([2, true]);
  });

  it('that is forbidden to whoever asks says so', async () => {
    const { server, writer, cordon, patches } = await serving();
    server.on(path, { status: 401 });

    await expect(writer.apply(cordon, done, signal)).rejects.toMatchObject({ code: 'permission_denied' });
    expect(patches()).toHaveLength(2);
  });

  it('to a server that is not there has changed nothing', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as { port: number };
    await new Promise((closed) => gone.close(closed));
    const kubeconfig = await writeKubeconfig([{ name: 'gone', server: `http://127.0.0.1:${port}` }]);
    const writer = await liveClusters(kubeconfig, { healing: { signingKeys: async () => [signingKey] } }).writer(
      undefined,
    );

    await expect(writer?.tryPod({}, 'shop', signal)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('Nothing changed.'),
      details: { effect: 'none' },
    });
  });

  it('is counted like a read', async () => {
    const { writer, cordon, counted } = await serving();

    await writer.apply(cordon, done, signal);

    expect(counted).toEqual(['get nodes 200', 'patch nodes 200']);
  });
});

describe('a cluster without healing', () => {
  it('has no writer', async () => {
    const { server } = await serving();
    const clusters = liveClusters(await server.kubeconfig());

    await expect(clusters.writer(undefined)).rejects.toMatchObject({ code: 'refused' });
  });

  it('asks for its key again when it could not be read', async () => {
    const { server } = await serving();
    let asked = 0;
    const signingKeys = async () => {
      asked += 1;
      if (asked === 1) throw new Error('not now');
      return [signingKey];
    };
    const clusters = liveClusters(await server.kubeconfig(), { healing: { signingKeys } });

    await expect(clusters.writer(undefined)).rejects.toThrow('not now');
    expect(await clusters.writer(undefined)).toBe(await clusters.writer('fake'));
    expect(asked).toBe(2);
  });
});
