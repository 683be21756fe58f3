import { afterEach, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../src/engines/objects.ts';
import { aContainer, anObject, crashed } from '../../support/builders.ts';
import { closeServers, type FakeApiServer } from '../../support/fake-api-server.ts';
import { aLiveDeployment } from '../../support/healing.ts';
import { aBed, aProcess, type Bed, recordOf, writesOf } from '../../support/healing-bed.ts';
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
const live = ({ server }: Bed) => server.stored(ref) as KubernetesObject & { spec: { replicas: number } };

describe('an approval', { timeout: 30_000 }, () => {
  it('is needed: a plan changes nothing, and says who approves it how', async () => {
    const bed = await aShop();
    const process = await aProcess(bed);
    const result = await process.call('restart_workload', web);
    const id = (result as unknown as { details: { action_id: string } }).details.action_id;

    expect(result).toMatchObject({
      success: false,
      error_type: 'approval_required',
      hint: `A person has to approve it: kubemend heal approve ${id}`,
      details: { state: 'planned', action: 'restart_workload', object: ref },
    });
    expect(writesOf(bed)).toEqual([]);
  });

  it('cannot be given by an argument', async () => {
    const process = await aProcess(await aShop());

    expect(await process.call('restart_workload', { ...web, approve: true })).toMatchObject({
      error_type: 'validation_error',
    });
    expect(await process.call('restart_workload', { ...web, approval: { answer: 'approved' } })).toMatchObject({
      error_type: 'validation_error',
    });
  });

  it('is used once', async () => {
    const bed = await aShop();
    const process = await aProcess(bed);
    const id = await process.plan('restart_workload', web);
    await process.answer('restart_workload', web, id);

    expect(await process.answer('restart_workload', web, id)).toMatchObject({
      error_type: 'refused',
      error: `G3: The plan ${id} was used already: it is healthy.`,
      details: { rules: ['G3'] },
    });
    expect(writesOf(bed)).toHaveLength(1);
  });

  it('is for the plan that was shown: other arguments, another tool and another caller are refused', async () => {
    const bed = await aShop();
    const process = await aProcess(bed);
    const id = await process.plan('scale_workload', { ...web, replicas: 4 });
    const approval = { actionId: id, answer: 'approved', by: 'ann' } as const;

    expect(await process.call('scale_workload', { ...web, replicas: 5 }, approval)).toMatchObject({
      error_type: 'refused',
    });
    expect(await process.call('restart_workload', web, approval)).toMatchObject({ error_type: 'refused' });
    expect(await process.call('scale_workload', { ...web, replicas: 4 }, approval, 'mallory')).toMatchObject({
      error_type: 'not_found',
    });
    expect(writesOf(bed)).toEqual([]);
  });

  it('of an id that nobody made finds nothing', async () => {
    const process = await aProcess(await aShop());

    expect(await process.answer('restart_workload', web, '0'.repeat(26))).toMatchObject({ error_type: 'not_found' });
  });

  it('expires with its plan, by the clock of the cluster', async () => {
    const bed = await aShop();
    const process = await aProcess(bed);
    const id = await process.plan('restart_workload', web);
    bed.clock.ms += 601_000;

    expect(await process.answer('restart_workload', web, id)).toMatchObject({
      error_type: 'refused',
      error: expect.stringContaining('expired at 2026-11-23T12:10:00'),
    });
    expect(recordOf(bed, id).state).toBe('expired');
    expect(writesOf(bed)).toEqual([]);
  });

  it('that says no ends the plan', async () => {
    const bed = await aShop();
    const process = await aProcess(bed);
    const id = await process.plan('restart_workload', web);

    expect(await process.answer('restart_workload', web, id, 'declined')).toMatchObject({
      success: true,
      state: 'declined',
    });
    expect(await process.answer('restart_workload', web, id)).toMatchObject({ error_type: 'refused' });
    expect(writesOf(bed)).toEqual([]);
  });

  it('comes from another face too, by the id alone', async () => {
    const bed = await aShop();
    const id = await (await aProcess(bed)).plan('restart_workload', web);
    const terminal = await aProcess(bed);

    expect(await terminal.call('approve_action', { action_id: id })).toMatchObject({ error_type: 'approval_required' });
    expect(await terminal.answer('approve_action', { action_id: id }, id)).toMatchObject({ state: 'healthy' });
    expect(await terminal.call('approve_action', { action_id: id })).toMatchObject({ error_type: 'refused' });
  });
});

describe('what moved between plan and approval', { timeout: 30_000 }, () => {
  it.each<[string, (bed: Bed) => void]>([
    [
      'its spec',
      (bed) =>
        bed.server.apply({ ...live(bed), metadata: { ...live(bed).metadata, generation: 4, resourceVersion: '99' } }),
    ],
    [
      'it was made anew',
      (bed) => bed.server.apply({ ...live(bed), metadata: { ...live(bed).metadata, uid: 'another' } }),
    ],
    ['it is gone', (bed) => bed.server.remove(ref)],
    [
      'somebody scaled it',
      (bed) =>
        bed.server.apply({
          ...live(bed),
          metadata: { ...live(bed).metadata, generation: 4 },
          spec: { ...live(bed).spec, replicas: 4 },
        } as KubernetesObject),
    ],
  ])('%s: conflict, nothing changed, and the plan is used up', async (_, moves) => {
    const bed = await aShop();
    const process = await aProcess(bed);
    const id = await process.plan('scale_workload', { ...web, replicas: 4 });
    const before = live(bed);
    moves(bed);

    expect(await process.answer('scale_workload', { ...web, replicas: 4 }, id)).toMatchObject({
      error_type: 'conflict',
    });
    expect(recordOf(bed, id)).toMatchObject({ state: 'expired' });

    bed.server.apply(before);
    expect(await process.answer('scale_workload', { ...web, replicas: 4 }, id)).toMatchObject({
      error_type: 'refused',
    });
    expect(writesOf(bed)).toEqual([]);
  });

  it('only its status: the plan holds', async () => {
    const bed = await aShop();
    const process = await aProcess(bed);
    const id = await process.plan('restart_workload', web);
    bed.server.apply({ ...live(bed), metadata: { ...live(bed).metadata, resourceVersion: '99' } });

    expect(await process.answer('restart_workload', web, id)).toMatchObject({ state: 'healthy' });
  });

  it('a guard that now refuses is named, and the approval is used up', async () => {
    const bed = await aShop();
    const process = await aProcess(bed);
    const id = await process.plan('restart_workload', web);
    const paused = await aProcess(bed, { policy: { paused: true } });

    expect(await paused.answer('restart_workload', web, id)).toMatchObject({
      error_type: 'refused',
      details: { rules: ['G30'] },
    });
    expect(await process.answer('restart_workload', web, id)).toMatchObject({
      error_type: 'refused',
      details: { rules: ['G3'] },
    });
    expect(recordOf(bed, id).steps.at(-1)?.text).toContain('not applied, nothing has changed');
    expect(writesOf(bed)).toEqual([]);
  });

  it('a finding that is gone refuses by G5', async () => {
    const broken = { containers: [aContainer('app', crashed({ exitCode: 1, reason: 'Error' }))] };
    const [sick, well] = [
      aLiveDeployment({ pod: broken, status: { readyReplicas: 0, availableReplicas: 0 } }),
      aLiveDeployment(),
    ];
    const bed = await aShop(sick.all);
    const process = await aProcess(bed);
    const id = await process.plan('scale_workload', { ...web, replicas: 4 });
    bed.server.apply(...well.pods);

    expect(recordOf(bed, id).finding).toBeDefined();
    expect(await process.answer('scale_workload', { ...web, replicas: 4 }, id)).toMatchObject({
      error_type: 'refused',
      details: { rules: expect.arrayContaining(['G5']) },
    });
  });
});

describe('the policy', { timeout: 30_000 }, () => {
  it('that gives advice only refuses the plan by G1', async () => {
    const process = await aProcess(await aShop(), { policy: { default_tier: 'advice' } });

    expect(await process.call('restart_workload', web)).toMatchObject({
      error_type: 'refused',
      details: { rules: ['G1'] },
    });
    expect(process.audit).toMatchObject([{ outcome: 'refused' }]);
  });

  it('that lets it be done unattended still asks whoever calls a tool', async () => {
    const rules = [{ namespaces: ['shop'], actions: ['restart_workload'], tier: 'unattended' }];
    const bed = await aShop();
    const process = await aProcess(bed, { policy: { rules } });

    expect(await process.call('restart_workload', web)).toMatchObject({ error_type: 'approval_required' });
    expect(writesOf(bed)).toEqual([]);
  });
});

describe('actions of another caller', { timeout: 30_000 }, () => {
  it('look as if they did not exist: not listed, not shown, not undone, not approved', async () => {
    const bed = await aShop();
    const process = await aProcess(bed);
    const id = await process.plan('restart_workload', web);
    await process.answer('restart_workload', web, id);
    const missing = await process.call('list_actions', { action_id: '0'.repeat(26) }, undefined, 'mallory');

    expect(await process.call('list_actions', {}, undefined, 'mallory')).toMatchObject({ actions: [] });
    expect(await process.call('list_actions', { action_id: id }, undefined, 'mallory')).toEqual(missing);
    expect(await process.call('undo_action', { action_id: id }, undefined, 'mallory')).toEqual(missing);
    expect(await process.call('approve_action', { action_id: id }, undefined, 'mallory')).toEqual(missing);
  });
});

describe('undo', { timeout: 30_000 }, () => {
  it('can be undone itself', async () => {
    const bed = await aShop();
    const process = await aProcess(bed);
    const args = { ...web, replicas: 4 };
    const scaled = await process.plan('scale_workload', args);
    await process.answer('scale_workload', args, scaled);
    const undone = await process.plan('undo_action', { action_id: scaled });
    await process.answer('undo_action', { action_id: scaled }, undone);
    const redone = await process.plan('undo_action', { action_id: undone });

    expect(await process.answer('undo_action', { action_id: undone }, redone)).toMatchObject({ state: 'healthy' });
    expect(live(bed).spec.replicas).toBe(4);
    expect([recordOf(bed, scaled).state, recordOf(bed, undone).state]).toEqual(['undone', 'undone']);
  });

  it('is refused when the object was changed since, and the second time', async () => {
    const bed = await aShop();
    const process = await aProcess(bed);
    const args = { ...web, replicas: 4 };
    const scaled = await process.plan('scale_workload', args);
    await process.answer('scale_workload', args, scaled);
    const scaledObject = live(bed);
    bed.server.apply({ ...scaledObject, metadata: { ...scaledObject.metadata, generation: 9 } });

    expect(await process.call('undo_action', { action_id: scaled })).toMatchObject({
      error_type: 'refused',
      error: expect.stringContaining('was changed since action'),
    });

    bed.server.apply(scaledObject);
    const undone = await process.plan('undo_action', { action_id: scaled });
    await process.answer('undo_action', { action_id: scaled }, undone);
    expect(await process.call('undo_action', { action_id: scaled })).toMatchObject({
      error_type: 'refused',
      error: `G33: Action ${scaled} is undone already.`,
    });
  });

  it('finds an action on a node without being told where', async () => {
    const bed = await aShop();
    const process = await aProcess(bed);
    const node = { object: 'node/node-2' };
    const id = await process.plan('cordon_node', node);
    await process.answer('cordon_node', node, id);

    expect(await process.call('list_actions', { action_id: id })).toMatchObject({
      actions: [{ action_id: id, state: 'healthy' }],
    });
    expect(await process.call('undo_action', { action_id: id })).toMatchObject({ error_type: 'approval_required' });
  });
});
