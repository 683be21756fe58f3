import { afterEach, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../src/engines/objects.ts';
import { AppError } from '../../../src/platform/errors.ts';
import type { Claims } from '../../../src/tools/mend/healing.ts';
import { anObject, aPod, minutesAgo, ownedBy } from '../../support/builders.ts';
import { closeServers, type FakeApiServer } from '../../support/fake-api-server.ts';
import { aLiveDeployment } from '../../support/healing.ts';
import { aBed, aProcess, type Bed, clustersOfBed, recordOf, writesOf } from '../../support/healing-bed.ts';
import { mortalClusters } from '../../support/mortal-clusters.ts';
import { aNode } from '../../support/nodes.ts';

const servers: FakeApiServer[] = [];
afterEach(() => closeServers(servers.splice(0)));

const web = { object: 'deployment/web' };
const around = [anObject('Namespace', 'shop'), anObject('Namespace', 'default'), aNode('node-1'), aNode('node-2')];

async function aShop(objects: readonly KubernetesObject[] = []): Promise<Bed> {
  const bed = await aBed([...around, ...aLiveDeployment().all, ...objects]);
  servers.push(bed.server);
  return bed;
}

/** What replicas share, as a Redis does it; while `down` nobody is answered. */
function shared() {
  const state = { down: false, taken: new Set<string>() };
  const check = async () => {
    if (state.down) throw new AppError('unavailable', 'Redis does not answer in time.', { hint: 'approve it again' });
  };
  const claims: Claims = {
    check,
    async claim({ cluster, id }) {
      await check();
      if (state.taken.has(`${cluster}/${id}`)) throw new AppError('conflict', 'Another process has taken it.');
      state.taken.add(`${cluster}/${id}`);
      return async () => void state.taken.delete(`${cluster}/${id}`);
    },
  };
  return { state, claims };
}

describe('where replicas share claims', { timeout: 30_000 }, () => {
  it('a plan is claimed and applied by one of them', async () => {
    const [bed, { claims, state }] = [await aShop(), shared()];
    const both = [await aProcess(bed, { claims }), await aProcess(bed, { claims })];
    const id = await (await aProcess(bed)).plan('restart_workload', web);
    const results = await Promise.all(both.map((each) => each.answer('restart_workload', web, id)));
    await Promise.all(both.map((each) => each.idle()));

    expect(results.filter(({ success }) => success)).toHaveLength(1);
    expect([...state.taken]).toEqual([`fake/${id}`]);
    expect(writesOf(bed)).toEqual(['PATCH deployments/web']);
  });

  it('a plan that another one has claimed is not applied, and stays as it is', async () => {
    const [bed, { claims, state }] = [await aShop(), shared()];
    const process = await aProcess(bed, { claims });
    const id = await process.plan('restart_workload', web);
    state.taken.add(`fake/${id}`);

    expect(await process.answer('restart_workload', web, id)).toMatchObject({ error_type: 'conflict' });
    expect(recordOf(bed, id).state).toBe('planned');
    expect(writesOf(bed)).toEqual([]);
  });

  it('nothing is approved while they do not answer, and everything that was planned afterwards', async () => {
    const [bed, { claims, state }] = [await aShop(), shared()];
    const process = await aProcess(bed, { claims });
    state.down = true;
    const id = await process.plan('restart_workload', web);

    expect(await process.answer('restart_workload', web, id)).toMatchObject({
      error_type: 'unavailable',
      hint: 'approve it again',
    });
    expect([recordOf(bed, id).state, writesOf(bed)]).toEqual(['planned', []]);

    state.down = false;
    expect(await process.answer('restart_workload', web, id)).toMatchObject({ state: 'healthy' });
  });

  it('a plan is declined without them', async () => {
    const [bed, { claims, state }] = [await aShop(), shared()];
    const process = await aProcess(bed, { claims });
    const id = await process.plan('restart_workload', web);
    state.down = true;

    expect(await process.answer('restart_workload', web, id, 'declined')).toMatchObject({ state: 'declined' });
  });

  it('a claim is given back when the record could not be taken, and the plan approved again', async () => {
    const [bed, { claims, state }] = [await aShop(), shared()];
    const process = await aProcess(bed, { claims });
    const id = await process.plan('restart_workload', web);
    bed.server.on(({ method, path }) => method === 'PUT' && path.endsWith(id), { status: 500 }, 1);

    expect(await process.answer('restart_workload', web, id)).toMatchObject({ success: false });
    expect([state.taken.size, recordOf(bed, id).state]).toEqual([0, 'planned']);
    expect(await process.answer('restart_workload', web, id)).toMatchObject({ state: 'healthy' });
    expect(writesOf(bed)).toEqual(['PATCH deployments/web']);
  });

  it('a process that is killed between its claim and the record has used the plan up: nobody applies it', async () => {
    const [bed, { claims }] = [await aShop(), shared()];
    const id = await (await aProcess(bed)).plan('restart_workload', web);
    const { clusters, died } = mortalClusters(await clustersOfBed(bed), {
      at: (_, name) => name === 'replace applying',
      effect: false,
    });
    void (await aProcess(bed, { clusters, claims })).answer('restart_workload', web, id);
    await died;

    expect(await (await aProcess(bed, { claims })).answer('restart_workload', web, id)).toMatchObject({
      error_type: 'conflict',
    });
    expect([recordOf(bed, id).state, writesOf(bed)]).toEqual(['planned', []]);
  });
});

describe('healing without a person, where replicas share claims', { timeout: 30_000 }, () => {
  const leftovers = Array.from({ length: 12 }, (_, index) =>
    aPod(`web-5d8f-old${index}`, {
      metadata: ownedBy(aLiveDeployment().replicaSet),
      status: {
        phase: 'Failed',
        reason: 'Evicted',
        conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(3_000) }],
      },
    }),
  );
  const consent = anObject('Namespace', 'shop', { metadata: { annotations: { 'kubemend.dev/heal': 'unattended' } } });
  const policy = { rules: [{ namespaces: ['shop'], actions: ['evict_pod'], tier: 'unattended' }] };

  it('plans nothing while they do not answer, and acts in the round after', async () => {
    const [bed, { claims, state }] = [await aShop(leftovers), shared()];
    bed.server.apply(consent);
    const process = await aProcess(bed, { claims, policy });
    state.down = true;

    expect(await process.call('attend')).toMatchObject({ error_type: 'unavailable' });
    expect(await process.call('list_actions')).toMatchObject({ actions: [] });

    state.down = false;
    expect(await process.call('attend')).toMatchObject({ done: { action: 'evict_pod', state: 'healthy' } });
    expect(state.taken.size).toBe(1);
  });
});
