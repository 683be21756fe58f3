import { describe, expect, it } from 'vitest';
import { ownedPods } from '../../../../../src/engines/healing/guards/owned-pods.ts';
import { anObject, aPod, ownedBy } from '../../../../support/builders.ts';
import {
  aBareObject,
  aDraft,
  aLiveDeployment,
  aSituation,
  drain,
  evict,
  live,
  restart,
  saidBy,
} from '../../../../support/healing.ts';
import { aNode } from '../../../../support/nodes.ts';

const ref = { kind: 'Pod', namespace: 'shop', name: 'web-1' };
const owners = {
  set: anObject('ReplicaSet', 'web'),
  job: anObject('Job', 'import'),
  daemon: anObject('DaemonSet', 'agent'),
  node: anObject('Node', 'node-1'),
};
const saidOf = (metadata: object, status: object = {}) => {
  const pod = aPod('web-1', { metadata: live(metadata), status: { phase: 'Running', ...status } });
  return saidBy(ownedPods, aDraft(evict(ref), pod), aSituation({ target: pod, objects: [pod] }));
};

describe('G12, owned pods only', () => {
  it('allows a pod that its owner makes anew', () => {
    expect(saidOf(ownedBy(owners.set))).toBe('allow: 1 pod will be made anew by what owns them.');
  });

  it('refuses a bare pod', () => {
    expect(saidOf({})).toBe(
      'refuse: Pod/web-1 has no owner, so it would not return. Instead: let whoever made it make it anew',
    );
  });

  it('refuses a static pod, by its annotation or its owner', () => {
    const annotations = { 'kubernetes.io/config.mirror': 'x' };

    expect(saidOf({ annotations })).toContain('refuse: Pod/web-1 is a static pod of its node');
    expect(saidOf(ownedBy(owners.node))).toContain('refuse: Pod/web-1 is a static pod of its node');
  });

  it('refuses a pod that has done the work of its Job, and asks about one that works', () => {
    expect(saidOf(ownedBy(owners.job), { phase: 'Succeeded' })).toBe(
      'refuse: Pod/web-1 has done the work of Job/import and would not return. Instead: leave it; its Job cleans up',
    );
    expect(saidOf(ownedBy(owners.job))).toContain('approve: Pod/web-1 belongs to a Job that works');
  });

  it('refuses a pod that is leaving already', () => {
    expect(saidOf({ ...ownedBy(owners.set), deletionTimestamp: '2026-11-23T11:59:00Z' })).toContain(
      'refuse: Pod/web-1 is being deleted already.',
    );
  });

  it('refuses to drain a pod of a DaemonSet, which may be evicted alone', () => {
    const node = aNode('node-1');
    const pod = aPod('agent-1', { metadata: live(ownedBy(owners.daemon)) });
    const draft = aDraft(drain({ kind: 'Node', name: 'node-1' }), node, { pods: [pod] });

    expect(saidBy(ownedPods, draft, aSituation({ target: node, objects: [pod] }))).toContain(
      'refuse: Pod/agent-1 belongs to DaemonSet/agent, which brings it back to the same node.',
    );
    expect(saidOf(ownedBy(owners.daemon))).toContain('allow: ');
  });

  it('refuses pods that were not read, and pods of which nothing is known', () => {
    const node = aNode('node-1');
    const bare = aBareObject('Pod');
    const draft = aDraft(drain({ kind: 'Node', name: 'node-1' }), node, { pods: [aPod('gone')] });

    expect(saidBy(ownedPods, draft, aSituation({ target: node }))).toContain('refuse: Pod/gone was not read');
    expect(saidBy(ownedPods, aDraft(evict(ref), bare), aSituation({ target: bare }))).toContain('refuse: ');
  });

  it('has nothing to do with workloads', () => {
    expect(saidBy(ownedPods, aDraft(restart(ref), aLiveDeployment().target), aSituation())).toBe('nothing');
  });
});
