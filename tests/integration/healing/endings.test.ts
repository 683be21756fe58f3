import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../src/engines/objects.ts';
import { anObject } from '../../support/builders.ts';
import { closeServers, type FakeApiServer } from '../../support/fake-api-server.ts';
import { aLiveDeployment } from '../../support/healing.ts';
import { aBed, aProcess, type Bed, recordOf, rolledOut, writesOf } from '../../support/healing-bed.ts';
import { aNode } from '../../support/nodes.ts';

const servers: FakeApiServer[] = [];
afterEach(() => closeServers(servers.splice(0)));

const web = { object: 'deployment/web' };
const ref = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const around = [anObject('Namespace', 'shop'), anObject('Namespace', 'default'), aNode('node-1'), aNode('node-2')];

async function aShop(objects: readonly KubernetesObject[] = aLiveDeployment().all): Promise<Bed> {
  const bed = await aBed([...around, ...objects]);
  servers.push(bed.server);
  return bed;
}
const specOf = ({ server }: Bed) => (server.stored(ref) as unknown as { spec: object }).spec;
const stepsOf = (bed: Bed, id: string) => recordOf(bed, id).steps.map(({ state, text }) => `${state}: ${text}`);

describe('an action that does not help', { timeout: 60_000 }, () => {
  it('is taken back by its stored inverse, and called reverted', async () => {
    const bed = await aShop();
    bed.controllers = () => {};
    const before = specOf(bed);
    const process = await aProcess(bed);
    const id = await process.plan('restart_workload', web);

    expect(await process.answer('restart_workload', web, id)).toMatchObject({ success: true, state: 'reverted' });
    expect(specOf(bed)).toEqual(before);
    expect(stepsOf(bed, id).at(-1)).toContain(
      'not healthy by its deadline (Deployment/web: the change is not seen yet); went back',
    );
  });

  it('is left as it is when somebody changed the object meanwhile', async () => {
    const bed = await aShop();
    let looks = 0;
    bed.controllers = (server) => {
      looks += 1;
      const live = server.stored(ref);
      if (looks === 5 && live !== undefined) server.apply({ ...live, metadata: { ...live.metadata, generation: 9 } });
    };
    const process = await aProcess(bed);
    const id = await process.plan('restart_workload', web);

    expect(await process.answer('restart_workload', web, id)).toMatchObject({ state: 'failed' });
    expect(stepsOf(bed, id).at(-1)).toContain('not gone back: Deployment/web was changed since');
    expect(writesOf(bed)).toHaveLength(1);
  });

  it('has no way back when a pod was evicted: it failed', async () => {
    const bed = await aShop();
    bed.controllers = (server) => {
      const live = server.stored(ref) as KubernetesObject & { status: object };
      server.apply({ ...live, status: { ...live.status, availableReplicas: 2 } } as KubernetesObject);
    };
    const process = await aProcess(bed);
    const args = { object: 'pod/web-5d8f-0' };
    const id = await process.plan('evict_pod', args);
    bed.controllers(bed.server);

    expect(await process.answer('evict_pod', args, id)).toMatchObject({ state: 'failed' });
    expect(stepsOf(bed, id).at(-1)).toContain('there is no way back');
  });

  it('is not called healthy because somebody scaled it to what is ready', async () => {
    const bed = await aShop();
    bed.controllers = (server) => {
      const live = server.stored(ref) as KubernetesObject & { status: object; spec: object };
      const observedGeneration = 9;
      const metadata = { ...live.metadata, generation: observedGeneration };
      server.apply({
        ...live,
        metadata,
        spec: { ...live.spec, replicas: 3 },
        status: { ...live.status, observedGeneration },
      } as KubernetesObject);
    };
    const process = await aProcess(bed);
    const args = { ...web, replicas: 5 };
    const id = await process.plan('scale_workload', args);

    expect(await process.answer('scale_workload', args, id)).toMatchObject({ success: true });
    expect(recordOf(bed, id).state).not.toBe('healthy');
  });
});

describe('an eviction that a budget forbids', { timeout: 60_000 }, () => {
  it('is refused with its name, tried again for a while, and never forced', async () => {
    const bed = await aShop();
    const process = await aProcess(bed);
    const args = { object: 'pod/web-5d8f-0' };
    const id = await process.plan('evict_pod', args);
    forbidden(bed, '/eviction');

    expect(await process.answer('evict_pod', args, id)).toMatchObject({
      error_type: 'refused',
      details: { budget: 'web' },
    });
    expect(recordOf(bed, id).state).toBe('failed');
    expect(writesOf(bed)).toHaveLength(12);
    expect(new Set(writesOf(bed))).toEqual(new Set(['POST web-5d8f-0/eviction']));
    expect(bed.server.stored({ kind: 'Pod', namespace: 'shop', name: 'web-5d8f-0' })).toBeDefined();
  });

  it('ends a drain half-way: the node takes pods again, and the caller is told how far it came', async () => {
    const { deployment, replicaSet, pods } = aLiveDeployment();
    const elsewhere = pods.map((pod, index) =>
      index < 2 ? pod : { ...pod, spec: { ...pod.spec, nodeName: 'node-2' } },
    );
    const bed = await aShop([deployment, replicaSet, ...elsewhere] as KubernetesObject[]);
    const process = await aProcess(bed);
    const args = { object: 'node/node-1' };
    const id = await process.plan('drain_node', args);
    forbidden(bed, 'web-5d8f-1/eviction');

    expect(await process.answer('drain_node', args, id)).toMatchObject({
      error_type: 'refused',
      error: expect.stringMatching(/^2 of 3 writes done; then: .*web.*; went back to what was before$/),
    });
    expect(recordOf(bed, id, 'default').state).toBe('reverted');
    expect(bed.server.stored({ kind: 'Node', name: 'node-1' })).not.toMatchObject({ spec: { unschedulable: true } });
    expect(new Set(writesOf(bed))).toEqual(
      new Set(['PATCH nodes/node-1', 'POST web-5d8f-0/eviction', 'POST web-5d8f-1/eviction']),
    );
  });
});

/** The eviction API answers that a budget forbids it, but for what is tried without effect. */
const forbidden = (bed: Bed, what: string): void => {
  const budget = {
    reason: 'DisruptionBudget',
    message: 'The disruption budget web needs 3 healthy pods and has 3 currently',
  };
  bed.server.on(
    ({ path, query }) => path.endsWith(what) && query.get('dryRun') === null,
    (_request, response) => {
      response.writeHead(429, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          kind: 'Status',
          apiVersion: 'v1',
          status: 'Failure',
          code: 429,
          reason: 'TooManyRequests',
          message: 'no',
          details: { causes: [budget] },
        }),
      );
    },
  );
};

describe('a process that is told to end', { timeout: 60_000 }, () => {
  it('leaves the watching to whoever comes next, who finishes it', async () => {
    const bed = await aShop();
    const process = await aProcess(bed, { pause: (_, signal) => sleep(3_600_000, undefined, { signal }) });
    bed.controllers = () => {};
    const id = await process.plan('restart_workload', web);
    const answer = process.answer('restart_workload', web, id);
    await expect.poll(() => recordOf(bed, id).state).toBe('verifying');
    process.stop();
    await process.idle();

    expect(await answer).toMatchObject({ success: true, state: 'verifying' });
    expect(recordOf(bed, id).state).toBe('verifying');

    bed.clock.ms += 71_000;
    const next = await aProcess(bed);
    bed.controllers = rolledOut;
    await next.call('list_actions');
    await next.idle();
    expect(recordOf(bed, id).state).toBe('healthy');
    expect(writesOf(bed)).toHaveLength(1);
  });
});

describe('a caller that leaves', { timeout: 60_000 }, () => {
  it('does not end what it approved', async () => {
    const bed = await aShop();
    const process = await aProcess(bed);
    const id = await process.plan('restart_workload', web);
    const leaves = new AbortController();
    const approval = { actionId: id, answer: 'approved', by: 'ann' } as const;
    bed.server.on(
      ({ method, path, query }) =>
        method === 'PATCH' &&
        path.endsWith('/deployments/web') &&
        query.get('dryRun') === null &&
        !leaves.signal.aborted &&
        (leaves.abort(), false),
      'hang',
    );
    const call = {
      tool: 'restart_workload',
      arguments: web,
      clusters: process.clusters,
      approval,
      signal: leaves.signal,
    };
    const { result } = await process.pipeline.call(call);
    await process.idle();

    expect(result).toMatchObject({ success: false, error_type: 'timeout' });
    expect(recordOf(bed, id).state).toBe('healthy');
    expect(writesOf(bed)).toHaveLength(1);
  });

  it('gets how far it came when the time of its call is over, and can ask later', async () => {
    const bed = await aShop();
    const slow = Promise.withResolvers<void>();
    let looks = 0;
    const process = await aProcess(bed, {
      timeoutMs: 4_000,
      pause: async () => {
        looks += 1;
        if (looks === 1) await slow.promise;
        bed.controllers(bed.server);
      },
    });
    const id = await process.plan('restart_workload', web);

    expect(await process.answer('restart_workload', web, id)).toMatchObject({ success: true, state: 'verifying' });
    slow.resolve();
    await process.idle();
    expect(await process.call('list_actions', { action_id: id })).toMatchObject({ actions: [{ state: 'healthy' }] });
  });
});
