import { describe, expect, it } from 'vitest';
import { preconditionOf } from '../../../../../src/engines/healing/action.ts';
import { ownLineage } from '../../../../../src/engines/healing/guards/own-lineage.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aRecord,
  aSituation,
  cordon,
  evict,
  restart,
  saidBy,
  undo,
} from '../../../../support/healing.ts';
import { aNode } from '../../../../support/nodes.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
const { target } = aLiveDeployment();
const undone = (record: ReturnType<typeof aRecord>, object: Parameters<typeof aDraft>[1] = target) =>
  saidBy(ownLineage, aDraft(undo(web), object), aSituation({ target: object, history: [record] }));

describe('G33, own lineage', () => {
  it('allows to go back from the state that the action left', () => {
    expect(undone(aRecord())).toBe('allow: Deployment/web is as action a1 left it.');
  });

  it('refuses once somebody else has changed it', () => {
    expect(undone(aRecord(), aLiveDeployment({ metadata: { generation: 4 } }).target)).toBe(
      'refuse: Deployment/web was changed after action a1: it left generation 3, and it is 4. Instead: compare the object with the plan, and go back by hand or by a rollback',
    );
  });

  it('allows after a change of nothing but the status', () => {
    expect(undone(aRecord(), aLiveDeployment({ metadata: { resourceVersion: '99' } }).target)).toContain('allow: ');
  });

  it('refuses an object that was made anew', () => {
    expect(undone(aRecord(), aLiveDeployment({ metadata: { uid: 'another' } }).target)).toContain(
      'refuse: Deployment/web is not the object that action a1 changed: it was made anew.',
    );
  });

  it.each(['undone', 'reverted', 'planned', 'declined', 'expired', 'applying'] as const)(
    'refuses to undo an action that is %s',
    (state) => {
      expect(undone(aRecord({ state }))).toContain(`refuse: Action a1 is ${state}: there is nothing to undo.`);
    },
  );

  it('refuses an action without a way back, one that was never applied, and one that is not known', () => {
    expect(undone(aRecord({ inverse: [], irreversible: 'evicted pods do not return' }))).toContain(
      'refuse: Action a1 has no way back: evicted pods do not return.',
    );
    expect(undone(aRecord({ state: 'failed', applied: undefined }))).toContain('has no way back: it was not applied.');
    expect(undone(aRecord({ id: 'other' }))).toContain('refuse: No action a1 is known.');
  });

  it('knows the state of a node by the field that was set', () => {
    const ref = { kind: 'Node', name: 'node-1' };
    const before = aNode('node-1');
    const record = aRecord({ action: cordon(ref), on: before, applied: preconditionOf(before) });

    expect(undone(record, aNode('node-1', { unschedulable: true }))).toContain('allow: ');
    expect(undone(record, before)).toContain('refuse: Node/node-1 was changed after action a1: spec.unschedulable.');
  });

  it('says of every other action when it is taken back by itself', () => {
    const bare = aBareObject('Pod');

    expect(saidBy(ownLineage, aDraft(restart(web), target), aSituation())).toContain('allow: ');
    expect(saidBy(ownLineage, aDraft(evict(web), bare), aSituation({ target: bare }))).toBe('nothing');
  });

  it('refuses to go back on a bare object', () => {
    expect(undone(aRecord(), aBareObject('Deployment'))).toContain('refuse: ');
  });
});
