import { describe, expect, it } from 'vitest';
import { nodesNeedApproval } from '../../../../../src/engines/healing/guards/nodes-need-approval.ts';
import { aPod } from '../../../../support/builders.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aLiveSet,
  aSituation,
  cordon,
  drain,
  restart,
  saidBy,
} from '../../../../support/healing.ts';
import { aNode, controlPlane, dedicated } from '../../../../support/nodes.ts';

const ref = { kind: 'Node', name: 'node-1' };
const { pods, all } = aLiveDeployment({ replicas: 2 });
const down = [{ type: 'Ready', status: 'Unknown' }];
const drained = (node: ReturnType<typeof aNode>, more: Parameters<typeof aDraft>[2] = {}) =>
  saidBy(nodesNeedApproval, aDraft(drain(ref), node, { pods, ...more }), aSituation({ target: node, objects: all }));

describe('G37, nodes need approval', () => {
  it('asks before every action on a node, unattended too', () => {
    const node = aNode('node-1');

    expect(saidBy(nodesNeedApproval, aDraft(cordon(ref), node), aSituation({ target: node, tier: 'unattended' }))).toBe(
      'approve: Node/node-1 is a node: what the scheduler may place there concerns every workload.',
    );
    expect(drained(node)).toBe('approve: Node/node-1 is a node: 2 pods would have to go elsewhere.');
    expect(drained(aNode('node-1', { taints: [dedicated, controlPlane] }))).toContain('is a node of the control plane');
  });

  it('refuses to evict a pod that is on another node', () => {
    const elsewhere = aPod('web-9', { spec: { nodeName: 'node-2' } });
    const node = aNode('node-1');
    const draft = aDraft(drain(ref), node, { pods: [elsewhere] });

    expect(saidBy(nodesNeedApproval, draft, aSituation({ target: node, objects: [elsewhere] }))).toContain(
      'refuse: Pod/web-9 is not known to be on Node/node-1.',
    );
  });

  it('refuses to evict before the node is cordoned', () => {
    const draft = aDraft(drain(ref), aNode('node-1'), { pods });
    const [first, ...evictions] = draft.operations;
    const backwards = first === undefined ? [] : [...evictions, first];

    expect(drained(aNode('node-1'), { operations: backwards })).toBe(
      'refuse: The plan evicts the pods of Node/node-1 before it is cordoned: they might come back to it. Instead: cordon first',
    );
    expect(drained(aNode('node-1', { unschedulable: true }), { operations: evictions })).toContain('approve: ');
    const [uncordon] = aDraft(cordon(ref, true), aNode('node-1')).operations;
    expect(
      drained(aNode('node-1'), { operations: [...(uncordon === undefined ? [] : [uncordon]), ...evictions] }),
    ).toContain('refuse: ');
  });

  it('refuses to evict members of a StatefulSet from a node that does not answer', () => {
    const set = aLiveSet();
    const lost = aNode('node-1', { conditions: down });
    const draft = aDraft(drain(ref), lost, { pods: set.pods.slice(0, 1) });

    expect(saidBy(nodesNeedApproval, draft, aSituation({ target: lost, objects: set.all }))).toContain(
      'refuse: Node/node-1 does not answer, so whether Pod/db-0 has stopped is not known, and it must not run twice.',
    );
    expect(drained(lost)).toContain('approve: ');
  });

  it('has nothing to do with workloads, and asks about a bare node', () => {
    const bare = aBareObject('Node');

    expect(saidBy(nodesNeedApproval, aDraft(restart(ref), aLiveDeployment().target), aSituation())).toBe('nothing');
    expect(saidBy(nodesNeedApproval, aDraft(cordon(ref), bare), aSituation({ target: bare }))).toContain('approve: ');
  });
});
