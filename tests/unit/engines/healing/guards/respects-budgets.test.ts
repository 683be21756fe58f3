import { describe, expect, it } from 'vitest';
import { respectsBudgets } from '../../../../../src/engines/healing/guards/respects-budgets.ts';
import { aContainer, anObject, aPod, crashed } from '../../../../support/builders.ts';
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
const labels = { app: 'web' };
const ready = aPod('web-1', { metadata: live({ labels }) });
const broken = aPod('web-1', {
  metadata: live({ labels }),
  containers: [aContainer('app', crashed({ exitCode: 1 }))],
});
const aBudget = (name: string, status: object, spec: object = {}) =>
  anObject('PodDisruptionBudget', name, { spec: { selector: { matchLabels: labels }, ...spec }, status });
const full = { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2, expectedPods: 3 };
const forGood = { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2, expectedPods: 2 };
const saidOf = (pod: typeof ready, ...objects: ReturnType<typeof aBudget>[]) =>
  saidBy(respectsBudgets, aDraft(evict(ref), pod), aSituation({ target: pod, objects: [pod, ...objects] }));

describe('G11, respects budgets', () => {
  it('refuses an eviction that a budget forbids now, and names it with its numbers', () => {
    expect(saidOf(ready, aBudget('web-pdb', full))).toBe(
      'refuse: Pod/web-1 may not be evicted: PodDisruptionBudget/web-pdb allows no disruption: 2 of 3 pods healthy, 2 needed. Instead: wait until one more pod is Ready, then evict',
    );
  });

  it('says that waiting does not help when the budget leaves no slack', () => {
    expect(saidOf(ready, aBudget('web-pdb', forGood))).toContain(
      'Instead: run one more replica, or let the owner change the budget; then evict',
    );
  });

  it('allows what a budget allows, and what a budget of other pods says nothing of', () => {
    expect(saidOf(ready, aBudget('web-pdb', { ...full, disruptionsAllowed: 1 }))).toContain('allow: ');
    expect(saidOf(ready, aBudget('other', full, { selector: { matchLabels: { app: 'pay' } } }))).toBe(
      'allow: No PodDisruptionBudget stands against the eviction of 1 pod.',
    );
  });

  it('allows a pod that is not Ready to go while enough others are healthy, and not otherwise', () => {
    expect(saidOf(broken, aBudget('web-pdb', full))).toContain('allow: ');
    expect(saidOf(broken, aBudget('web-pdb', { ...full, currentHealthy: 1 }))).toContain('refuse: ');
    expect(
      saidOf(broken, aBudget('web-pdb', { ...full, currentHealthy: 1 }, { unhealthyPodEvictionPolicy: 'AlwaysAllow' })),
    ).toContain('allow: ');
  });

  it('allows a pod that has ended, which no budget counts', () => {
    const failed = aPod('web-1', { metadata: live({ labels }), status: { phase: 'Failed', reason: 'Evicted' } });

    expect(saidOf(failed, aBudget('web-pdb', forGood))).toContain('allow: ');
  });

  it('refuses a pod under two budgets, as the eviction API does', () => {
    const slack = { ...full, disruptionsAllowed: 1 };

    expect(saidOf(ready, aBudget('a', slack), aBudget('b', slack))).toContain(
      'PodDisruptionBudget/a and PodDisruptionBudget/b both select it, which the eviction API refuses. Instead: let their owners make one of them',
    );
  });

  it('refuses under a budget that says nothing yet, or of an older spec', () => {
    const stale = aBudget('web-pdb', { ...full, disruptionsAllowed: 1, observedGeneration: 1 });

    expect(saidOf(ready, aBudget('web-pdb', {}))).toContain('has not been worked out by its controller.');
    expect(saidOf(ready, { ...stale, metadata: { ...stale.metadata, generation: 2 } })).toContain('refuse: ');
  });

  it('lets a drain wait for a budget, and refuses one that could never end', () => {
    const node = aNode('node-1');
    const draft = aDraft(drain({ kind: 'Node', name: 'node-1' }), node, { pods: [ready] });
    const drained = (status: object) =>
      saidBy(respectsBudgets, draft, aSituation({ target: node, objects: [ready, aBudget('web-pdb', status)] }));

    expect(drained(full)).toContain('approve: The drain has to wait at Pod/web-1: PodDisruptionBudget/web-pdb');
    expect(drained(forGood)).toContain('refuse: ');
  });

  it('says so when budgets were not read', () => {
    const situation = aSituation({ target: ready, objects: [ready], complete: ['Pod'] });

    expect(saidBy(respectsBudgets, aDraft(evict(ref), ready), situation)).toBe(
      'approve: PodDisruptionBudgets were not read; the eviction API will ask them.',
    );
  });

  it('takes a bare pod for one that is Ready where it is selected, and has nothing to do with workloads', () => {
    const bare = { ...aBareObject('Pod'), metadata: { name: 'bare', namespace: 'shop', labels } };
    const situation = aSituation({ target: bare, objects: [bare, aBudget('web-pdb', { ...full, currentHealthy: 1 })] });

    expect(saidBy(respectsBudgets, aDraft(evict(ref), bare), situation)).toContain('refuse: ');
    expect(saidBy(respectsBudgets, aDraft(restart(ref), aLiveDeployment().target), aSituation())).toBe('nothing');
  });
});
