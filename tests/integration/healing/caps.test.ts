import { afterEach, describe, expect, it } from 'vitest';
import type { Clusters } from '../../../src/kubernetes/ports.ts';
import { anObject } from '../../support/builders.ts';
import { closeServers, type FakeApiServer } from '../../support/fake-api-server.ts';
import { aLiveDeployment, aLiveSet } from '../../support/healing.ts';
import { aBed, aProcess, type Bed, clustersOfBed, recordOf, writesOf } from '../../support/healing-bed.ts';
import { aNode } from '../../support/nodes.ts';
import { racesForACap } from '../../support/races.ts';

const servers: FakeApiServer[] = [];
afterEach(() => closeServers(servers.splice(0)));

const web = { object: 'deployment/web' };
const db = { object: 'statefulset/db' };
const around = [anObject('Namespace', 'shop'), anObject('Namespace', 'default'), aNode('node-1'), aNode('node-2')];

async function aShop(): Promise<Bed> {
  const bed = await aBed([...around, ...aLiveDeployment().all, ...aLiveSet().all]);
  servers.push(bed.server);
  return bed;
}

/** Clusters of a process in which something happens after it has judged, just before it takes its plan. */
async function interrupted(bed: Bed, meanwhile: () => Promise<unknown>): Promise<Clusters> {
  const clusters = await clustersOfBed(bed);
  return {
    ...clusters,
    async writer(cluster) {
      const writer = await clusters.writer(cluster);
      const { actions } = writer;
      return {
        ...writer,
        actions: {
          ...actions,
          async replace(stored, record, ...rest) {
            if (record.state === 'applying') await meanwhile();
            return actions.replace(stored, record, ...rest);
          },
        },
      };
    },
  };
}

describe('two processes that heal two objects at the same moment', { timeout: 240_000 }, () => {
  const rounds = 100;

  it('never both act where one may: whoever sees the other gives way', async () => {
    const ended = await racesForACap(rounds);

    expect(ended.filter(({ written }) => written.length > 1)).toEqual([]);
    expect(new Set(ended.map(({ states }) => states.join(' ')))).toSatisfy((seen: Set<string>) =>
      [...seen].every((pair) => pair === 'expired healthy' || pair === 'expired expired'),
    );
    expect(ended).toHaveLength(rounds);
  });
});

describe('an action that was judged before another one began', { timeout: 30_000 }, () => {
  async function late(policy: object, tool = 'restart_workload', args: object = web) {
    const bed = await aShop();
    const [other, planner] = [await aProcess(bed), await aProcess(bed)];
    const [first, second] = [await other.plan('restart_workload', db), await planner.plan(tool, args)];
    const clusters = await interrupted(bed, async () => {
      await other.answer('restart_workload', db, first);
      await other.idle();
    });
    const process = await aProcess(bed, { clusters, policy });
    const result = await process.answer(tool, args, second);
    await process.idle();
    return { bed, result, audit: process.audit, record: recordOf(bed, second) };
  }

  it.each(['per_cluster_hour', 'per_namespace_hour'])('counts it for %s, and writes nothing', async (cap) => {
    const { bed, result, record, audit } = await late({ caps: { [cap]: 1 } });

    expect(result).toMatchObject({
      error_type: 'refused',
      error: expect.stringContaining(`in the last hour reach caps.${cap}, which is 1`),
      hint: expect.stringMatching(/^wait, or ask a person/),
      details: { rules: ['G27'] },
    });
    expect(record).toMatchObject({
      state: 'expired',
      steps: [
        { state: 'planned' },
        { state: 'applying' },
        { state: 'expired', text: expect.stringMatching(/^not applied, nothing has changed: .*G27/) },
      ],
    });
    expect(writesOf(bed)).toEqual(['PATCH statefulsets/db']);
    expect(audit.map(({ outcome }) => outcome)).toEqual(['applying', 'refused', 'expired']);
  });

  it('goes on when both may be done', async () => {
    const { bed, result } = await late({});

    expect(result).toMatchObject({ success: true, state: 'healthy' });
    expect(writesOf(bed)).toEqual(['PATCH statefulsets/db', 'PATCH deployments/web']);
  });

  it('is not counted itself afterwards: nothing was done', async () => {
    const { bed } = await late({ caps: { per_cluster_hour: 1 } });
    const after = await aProcess(bed, { policy: { caps: { per_cluster_hour: 2 } } });
    const id = await after.plan('restart_workload', web);

    expect(await after.answer('restart_workload', web, id)).toMatchObject({ success: true, state: 'healthy' });
  });
});

describe('an action that cannot look around', { timeout: 30_000 }, () => {
  it('ends before anything is written', async () => {
    const bed = await aShop();
    const process = await aProcess(bed);
    const id = await process.plan('restart_workload', web);
    const taken = () => recordOf(bed, id).state === 'applying';
    bed.server.on(({ method, path }) => method === 'GET' && path.endsWith('/leases') && taken(), { status: 400 });

    expect(await process.answer('restart_workload', web, id)).toMatchObject({ error_type: 'api_error' });
    expect(recordOf(bed, id)).toMatchObject({ state: 'expired' });
    expect(writesOf(bed)).toEqual([]);
  });
});

describe('an undo', { timeout: 30_000 }, () => {
  it('is no further action: no cap keeps it back', async () => {
    const bed = await aShop();
    const process = await aProcess(bed, { policy: { caps: { per_cluster_hour: 1 } } });
    const id = await process.plan('scale_workload', { ...web, replicas: 4 });
    await process.answer('scale_workload', { ...web, replicas: 4 }, id);
    const undo = { action_id: id };
    const back = await process.plan('undo_action', undo);

    expect(await process.answer('undo_action', undo, back)).toMatchObject({ success: true, state: 'healthy' });
  });
});
