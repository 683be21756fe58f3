import { afterEach, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../src/engines/objects.ts';
import { anObject } from '../../support/builders.ts';
import { closeServers, type FakeApiServer } from '../../support/fake-api-server.ts';
import { aLiveDeployment } from '../../support/healing.ts';
import { aBed, aProcess, type Bed, clustersOfBed, recordOf, writesOf } from '../../support/healing-bed.ts';
import { type Death, mortalClusters } from '../../support/mortal-clusters.ts';
import { aNode } from '../../support/nodes.ts';

const servers: FakeApiServer[] = [];
afterEach(() => closeServers(servers.splice(0)));

const web = { object: 'deployment/web' };
const around = [anObject('Namespace', 'shop'), anObject('Namespace', 'default'), aNode('node-1'), aNode('node-2')];

async function aShop(objects: readonly KubernetesObject[] = aLiveDeployment().all): Promise<Bed> {
  const bed = await aBed([...around, ...objects]);
  servers.push(bed.server);
  return bed;
}

/** Approves a plan in a process that is killed; returns the name of its last step. */
async function killed(bed: Bed, tool: string, args: object, death: Death): Promise<{ id: string; last: string }> {
  const id = await (await aProcess(bed)).plan(tool, args);
  const { clusters, died } = mortalClusters(await clustersOfBed(bed), death);
  const victim = await aProcess(bed, { clusters });
  const survived = victim.answer(tool, args, id).then(() => 'nothing');
  return { id, last: await Promise.race([died, survived]) };
}

/** A process that starts when the signs of life of the dead one have run out. */
async function afterwards(bed: Bed, id: string) {
  bed.clock.ms += 71_000;
  const survivor = await aProcess(bed);
  await survivor.call('list_actions', {});
  await survivor.idle();
  return recordOf(bed, id);
}

describe('SIGKILL between any two steps of a restart', { timeout: 60_000 }, () => {
  const whole = [
    'replace applying',
    'announce MendApproved',
    'apply patch',
    'replace verifying',
    'announce MendApplied',
    'replace healthy',
    'announce MendVerified',
  ];

  it.each(whole.map((name, index) => [index + 1, name] as const))(
    'before step %i, %s: writes once at most, and says what is true',
    async (number, name) => {
      const bed = await aShop();
      const { id, last } = await killed(bed, 'restart_workload', web, { at: (n) => n === number, effect: false });
      const { state } = await afterwards(bed, id);

      expect(last).toBe(name);
      expect([state, writesOf(bed).length]).toEqual(
        number <= 1 ? ['planned', 0] : number <= 3 ? ['failed', 0] : ['healthy', 1],
      );
    },
  );

  it.each(whole.map((name, index) => [index + 1, name] as const))(
    'after step %i, %s: writes once at most, and says what is true',
    async (number, name) => {
      const bed = await aShop();
      const { id, last } = await killed(bed, 'restart_workload', web, { at: (n) => n === number, effect: true });
      const { state } = await afterwards(bed, id);

      expect(last).toBe(name);
      expect([state, writesOf(bed).length]).toEqual(number <= 2 ? ['failed', 0] : ['healthy', 1]);
    },
  );

  it('says that nothing changed when nothing was written', async () => {
    const bed = await aShop();
    const { id } = await killed(bed, 'restart_workload', web, {
      at: (_, name) => name === 'apply patch',
      effect: false,
    });

    expect((await afterwards(bed, id)).steps.at(-1)).toMatchObject({
      state: 'failed',
      text: 'interrupted before anything was written; nothing has changed',
    });
  });

  it('is left alone as long as the one who works on it may be alive', async () => {
    const bed = await aShop();
    const { id } = await killed(bed, 'restart_workload', web, {
      at: (_, name) => name === 'apply patch',
      effect: true,
    });
    bed.clock.ms += 50_000;
    const other = await aProcess(bed);
    await other.call('list_actions', {});
    await other.idle();

    expect(recordOf(bed, id)).toMatchObject({ state: 'applying' });
  });

  it('is resumed by one of two processes', async () => {
    const bed = await aShop();
    const { id } = await killed(bed, 'restart_workload', web, {
      at: (_, name) => name === 'apply patch',
      effect: true,
    });
    bed.clock.ms += 71_000;
    const both = [await aProcess(bed), await aProcess(bed)];
    await Promise.all(both.map((each) => each.call('list_actions', {})));
    await Promise.all(both.map((each) => each.idle()));

    expect(recordOf(bed, id).steps.map(({ state }) => state)).toEqual(['planned', 'applying', 'verifying', 'healthy']);
    expect(both.flatMap(({ audit }) => audit).map(({ outcome }) => outcome)).toEqual(['verifying', 'healthy']);
  });
});

describe('SIGKILL while an action that does not help is taken back', { timeout: 60_000 }, () => {
  /** Rollouts never end. */
  async function hopeless(death: Death) {
    const bed = await aShop();
    bed.controllers = () => {};
    const before = bed.server.stored({ kind: 'Deployment', namespace: 'shop', name: 'web' });
    const { id, last } = await killed(bed, 'restart_workload', web, death);
    const record = await afterwards(bed, id);
    return { bed, before, last, record };
  }
  const second = (wanted: string) => {
    let seen = 0;
    return (_: number, name: string) => name === wanted && ++seen === 2;
  };

  it.each([
    ['before the way back is written', { at: second('apply patch'), effect: false }],
    ['after the way back is written', { at: second('apply patch'), effect: true }],
    ['before it is told', { at: (_: number, name: string) => name === 'replace reverted', effect: false }],
    ['after it is told', { at: (_: number, name: string) => name === 'replace reverted', effect: true }],
  ])('%s: it is taken back once, and called reverted', async (_, death) => {
    const { bed, before, record } = await hopeless(death);

    expect(record.state).toBe('reverted');
    expect(writesOf(bed)).toEqual(['PATCH deployments/web', 'PATCH deployments/web']);
    expect(bed.server.stored({ kind: 'Deployment', namespace: 'shop', name: 'web' })).toMatchObject({
      spec: (before as unknown as { spec: object }).spec,
    });
  });
});

describe('SIGKILL in the middle of a drain', { timeout: 60_000 }, () => {
  function twoOnNodeOne() {
    const made = aLiveDeployment();
    return made.all.map((each) =>
      each.metadata.name === 'web-5d8f-2'
        ? { ...each, spec: { ...(each as { spec?: object }).spec, nodeName: 'node-2' } }
        : each,
    );
  }
  const node = { object: 'node/node-1' };
  const cordoned = { ...aNode('node-1'), spec: { unschedulable: true } };

  it('evicts nothing more, and says how far it came', async () => {
    const bed = await aShop(twoOnNodeOne());
    const { id } = await killed(bed, 'drain_node', node, { at: (_, name) => name === 'apply evict', effect: true });
    bed.clock.ms += 71_000;
    const survivor = await aProcess(bed);
    await survivor.call('list_actions', { all_namespaces: true });
    await survivor.idle();

    expect(writesOf(bed).filter((each) => each.includes('eviction'))).toEqual(['POST web-5d8f-0/eviction']);
    expect(recordOf(bed, id, 'default').steps.map(({ text }) => text)).toContain(
      'begun by a process that ended then; of 3 writes those that were sent are verified, the others are not sent',
    );
  });

  it('knows by the pod, not by the node, whether a cordoned node was begun with', async () => {
    const bed = await aBed([
      ...around.filter(({ metadata }) => metadata.name !== 'node-1'),
      cordoned,
      ...twoOnNodeOne(),
    ]);
    servers.push(bed.server);
    const { id } = await killed(bed, 'drain_node', node, { at: (_, name) => name === 'apply evict', effect: true });
    bed.clock.ms += 71_000;
    const survivor = await aProcess(bed);
    await survivor.call('list_actions', { all_namespaces: true });

    expect(recordOf(bed, id, 'default').state).toBe('verifying');
    survivor.stop();
    await survivor.idle();
  });
});
