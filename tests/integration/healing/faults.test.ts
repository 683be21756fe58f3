import { afterEach, describe, expect, it } from 'vitest';
import { nextReads } from '../../../src/engines/reads.ts';
import { anObject } from '../../support/builders.ts';
import type { FakeApiServer, Fault, RecordedRequest } from '../../support/fake-api-server.ts';
import { aLiveDeployment } from '../../support/healing.ts';
import { aBed, aProcess, type Bed, recordOf } from '../../support/healing-bed.ts';
import { clustersOf } from '../../support/live-clusters.ts';
import { signingKey } from '../../support/live-writer.ts';
import { aNode } from '../../support/nodes.ts';

const servers: FakeApiServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const web = { object: 'deployment/web' };
const ref = { kind: 'Deployment', namespace: 'shop', name: 'web' };

/** A process that has a second of patience with the API server. */
async function hasty(bed: Bed) {
  const clusters = await clustersOf(bed.server, {
    nextReads,
    cacheTtlMs: 0,
    now: () => bed.clock.ms,
    healing: { signingKeys: async () => [signingKey] },
    rest: { wait: async () => {}, random: () => 0, timeouts: { totalMs: 1_000, headersMs: 800 } },
  });
  return aProcess(bed, { clusters });
}

async function aShop() {
  const around = [anObject('Namespace', 'shop'), anObject('Namespace', 'default'), aNode('node-1'), aNode('node-2')];
  const bed = await aBed([...around, ...aLiveDeployment().all]);
  servers.push(bed.server);
  return { bed, process: await hasty(bed) };
}

const generation = ({ server }: Bed) => server.stored(ref)?.metadata.generation;
const isDry = ({ query }: RecordedRequest) => query.get('dryRun') === 'All';
const isWrite = (request: RecordedRequest) => is('PATCH', '/deployments/web')(request) && !isDry(request);
const is = (method: string, part: string) => (request: RecordedRequest) =>
  request.method === method && request.path.includes(part);

const faults: readonly (readonly [string, Fault, string])[] = [
  ['429', { status: 429, retryAfter: 1 }, 'api_error'],
  ['500', { status: 500 }, 'unavailable'],
  ['a hang', 'hang', 'timeout'],
  ['a reset', 'reset', 'unavailable'],
];

describe.each(faults)('%s', { timeout: 60_000 }, (_name, fault, type) => {
  it.each<[string, (request: RecordedRequest) => boolean]>([
    ['the dry run', (request) => is('PATCH', '/deployments/web')(request) && isDry(request)],
    ['the record', is('POST', '/leases')],
  ])('at a plan, of %s: no plan, nothing changed, and the right error', async (_, match) => {
    const { bed, process } = await aShop();
    bed.server.on(match, fault, 1);

    expect(await process.call('restart_workload', web)).toMatchObject({ success: false, error_type: type });
    expect(generation(bed)).toBe(3);
    expect(bed.server.stored(ref)?.metadata.annotations).toBeUndefined();
  });

  it('when the plan is taken: nothing is written, and the approval may be given again or is used up', async () => {
    const { bed, process } = await aShop();
    const id = await process.plan('restart_workload', web);
    bed.server.on(is('PUT', '/leases'), fault, 1);

    expect(await process.answer('restart_workload', web, id)).toMatchObject({ error_type: type });
    expect([generation(bed), recordOf(bed, id).state]).toEqual([3, 'planned']);
    expect(await process.answer('restart_workload', web, id)).toMatchObject({ state: 'healthy' });
    expect(generation(bed)).toBe(4);
  });

  it('at the write: written down as failed when it did not happen', async () => {
    const { bed, process } = await aShop();
    const id = await process.plan('restart_workload', web);
    bed.server.on(isWrite, fault, 1);

    expect(await process.answer('restart_workload', web, id)).toMatchObject({ error_type: type });
    expect(generation(bed)).toBe(3);
    expect(recordOf(bed, id)).toMatchObject({ state: 'failed' });
    expect(recordOf(bed, id).applied).toBeUndefined();
  });

  it('when the write is written down: tried again, and not written twice', async () => {
    const { bed, process } = await aShop();
    const id = await process.plan('restart_workload', web);
    const verifying = (request: RecordedRequest) =>
      is('PUT', '/leases')(request) && request.body.includes('"kubemend.dev/state":"verifying"');
    bed.server.on(verifying, fault, 1);

    expect(await process.answer('restart_workload', web, id)).toMatchObject({ state: 'healthy' });
    expect([generation(bed), recordOf(bed, id).state]).toEqual([4, 'healthy']);
  });

  it('while it is watched: looked at again', async () => {
    const { bed, process } = await aShop();
    const id = await process.plan('restart_workload', web);
    let written = false;
    const afterwards = (request: RecordedRequest) => {
      written ||= request.body.includes('"kubemend.dev/state":"verifying"');
      return written && is('GET', '/deployments/web')(request);
    };
    bed.server.on(afterwards, fault, 3);

    expect(await process.answer('restart_workload', web, id)).toMatchObject({ state: 'healthy' });
    expect(generation(bed)).toBe(4);
  });

  it('of Events: they are missed, and nothing else', async () => {
    const { bed, process } = await aShop();
    const id = await process.plan('restart_workload', web);
    bed.server.on(is('POST', '/events'), fault);

    expect(await process.answer('restart_workload', web, id)).toMatchObject({ state: 'healthy' });
  });

  it('at the way back: tried again, and called reverted', async () => {
    const { bed, process } = await aShop();
    bed.controllers = () => {};
    const id = await process.plan('restart_workload', web);
    let patches = 0;
    const second = (request: RecordedRequest) => isWrite(request) && ++patches === 2;
    bed.server.on(second, fault);

    expect(await process.answer('restart_workload', web, id)).toMatchObject({ state: 'reverted' });
    expect(generation(bed)).toBe(5);
  });
});

describe('an answer that is lost', { timeout: 60_000 }, () => {
  it('is looked for in the object: the write happened', async () => {
    const { bed, process } = await aShop();
    const id = await process.plan('restart_workload', web);
    bed.server.on(isWrite, 'reset-mid-body', 1);

    expect(await process.answer('restart_workload', web, id)).toMatchObject({ state: 'healthy' });
    expect(generation(bed)).toBe(4);
  });

  it('of the record is looked for in the store', async () => {
    const { bed, process } = await aShop();
    const id = await process.plan('restart_workload', web);
    bed.server.on(is('PUT', '/leases'), 'reset-mid-body', 5);

    expect(await process.answer('restart_workload', web, id)).toMatchObject({ error_type: 'unavailable' });
    expect([generation(bed), recordOf(bed, id).state]).toEqual([3, 'applying']);

    bed.clock.ms += 71_000;
    const other = await aProcess(bed);
    await other.call('list_actions');
    expect(recordOf(bed, id)).toMatchObject({ state: 'failed' });
  });

  it('stays open when the object cannot be asked, and is found out later', async () => {
    const { bed, process } = await aShop();
    const id = await process.plan('restart_workload', web);
    let away = false;
    const lost = (request: RecordedRequest) => {
      const write = isWrite(request);
      away ||= write;
      return write;
    };
    bed.server.on(lost, 'reset-mid-body', 1);
    bed.server.on((request) => away && is('GET', '/deployments/web')(request), { status: 503 });
    const first = await process.answer('restart_workload', web, id);

    expect([generation(bed), recordOf(bed, id).state]).toEqual([4, 'applying']);
    expect(first).toMatchObject({ error_type: 'unavailable', details: { effect: 'unknown' } });

    away = false;
    bed.clock.ms += 71_000;
    const other = await aProcess(bed);
    await other.call('list_actions');
    await other.idle();
    expect([generation(bed), recordOf(bed, id).state]).toEqual([4, 'healthy']);
  });
});
