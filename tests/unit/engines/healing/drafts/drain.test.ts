import { describe, expect, it } from 'vitest';
import { draftDrain, leaves } from '../../../../../src/engines/healing/drafts/drain.ts';
import type { KubernetesObject } from '../../../../../src/engines/objects.ts';
import { anObject, aPod, ownedBy } from '../../../../support/builders.ts';
import { aMaterial, draftIn, whyNot } from '../../../../support/materials.ts';
import { aNode } from '../../../../support/nodes.ts';

const set = anObject('DaemonSet', 'log');
const logger = aPod('log-1', { metadata: ownedBy(set) });
const mirror = aPod('etcd', { metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } } });
const going = aPod('going', { metadata: { deletionTimestamp: '2026-11-23T12:00:00Z' } });
const elsewhere = aPod('elsewhere', { spec: { nodeName: 'node-2' } });
const drained = (target: KubernetesObject, ...pods: readonly KubernetesObject[]) =>
  draftDrain(
    { name: 'drain_node', target: { kind: 'Node', name: 'node-1' } },
    aMaterial(target, { objects: [target, ...pods] }),
  );

describe('a drain', () => {
  it('cordons first, then evicts what could run elsewhere', () => {
    const draft = draftIn(drained(aNode('node-1'), aPod('web-1'), aPod('web-2'), logger, mirror, going, elsewhere));

    expect(draft.operations.map(({ verb, on }) => `${verb} ${on.object.name}`)).toEqual([
      'patch node-1',
      'evict web-1',
      'evict web-2',
    ]);
    expect(draft.inverse).toMatchObject([{ verb: 'patch', steps: [{ op: 'remove' }] }]);
    expect(draft.irreversible).toBe('evicted pods start on other nodes and do not come back');
    expect(draft.verification).toMatchObject({ by: 'drained', deadlineSeconds: 210 });
  });

  it('of a cordoned node evicts only, and has no way back', () => {
    const draft = draftIn(drained(aNode('node-1', { unschedulable: true }), aPod('web-1')));

    expect(draft.operations).toMatchObject([{ verb: 'evict' }]);
    expect(draft.inverse).toEqual([]);
    expect(draft.irreversible).toContain('the node was cordoned before');
  });

  it('of an empty node is a cordon, which can be taken back', () => {
    expect(draftIn(drained(aNode('node-1'))).irreversible).toBeUndefined();
  });

  it('takes an hour at most', () => {
    const pods = Array.from({ length: 100 }, (_, index) => aPod(`web-${index}`));

    expect(draftIn(drained(aNode('node-1'), ...pods)).verification.deadlineSeconds).toBe(3_600);
  });

  it('is impossible when it is done, and for what is no node', () => {
    expect(whyNot(drained(aNode('node-1', { unschedulable: true }), logger))).toBe(
      'Node/node-1 is drained already. Nothing has to be done.',
    );
    expect(whyNot(drained(aPod('web-1')))).toBe('G2: Pod/web-1 is no node. Name a node.');
  });
});

describe('what a drain evicts', () => {
  it('is every pod but mirrors, those of DaemonSets, and those that go already', () => {
    expect([aPod('web'), logger, mirror, going].map(leaves)).toEqual([true, false, false, false]);
  });
});
