import { expect, it } from 'vitest';
import { pdbBlocksAll } from '../../../../../../src/engines/diagnosis/rules/workload/pdb-blocks-all.ts';
import { refOf } from '../../../../../../src/engines/objects.ts';
import { aDeployment, anObject, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const aBudget = (name: string, status: object, spec: object = { minAvailable: 1 }) =>
  anObject('PodDisruptionBudget', name, { spec: { selector: { matchLabels: { app: 'web' } }, ...spec }, status });
const tight = { disruptionsAllowed: 0, expectedPods: 1, currentHealthy: 1, desiredHealthy: 1 };
const loose = { disruptionsAllowed: 1, expectedPods: 2, currentHealthy: 2, desiredHealthy: 1 };
const web = aDeployment('web').all;
const aNode = (taints: readonly object[], unschedulable = true) =>
  anObject('Node', 'node-1', { spec: { unschedulable, taints } });

testRule(pdbBlocksAll, {
  silent: {
    'slack for one pod': aSnapshot({ objects: [aBudget('web', loose), ...web] }),
    'a budget that is full because a pod is broken': aSnapshot({
      objects: [aBudget('web', { ...tight, expectedPods: 2, desiredHealthy: 1 }), ...web],
    }),
    'a tight budget that nobody waits for': aSnapshot({ objects: [aBudget('web', tight), ...web] }),
    'a budget that selects nothing': aSnapshot({ objects: [aBudget('web', { ...tight, expectedPods: 0 })] }),
    'a budget without a status': aSnapshot({ objects: [anObject('PodDisruptionBudget', 'web', { spec: {} })] }),
  },
  speaks: {
    'of a selector that no pod has, to whoever asks': [
      aSnapshot({
        complete: ['Pod'],
        scope: { object: { kind: 'PodDisruptionBudget', namespace: 'shop', name: 'guard' } },
        objects: [
          anObject('PodDisruptionBudget', 'guard', {
            spec: { minAvailable: 1, selector: { matchLabels: { app: 'wep' } } },
            status: { expectedPods: 0, disruptionsAllowed: 0 },
          }),
          ...aDeployment('web').all,
        ],
      }),
      { object: 'PodDisruptionBudget/guard', problem: 'protects nothing: no pod has app=wep (pods have app=web)' },
    ],
    'of the field that leaves no slack': [
      aSnapshot({ scope: { object: refOf(aBudget('web', tight)) }, objects: [aBudget('web', tight), ...web] }),
      {
        object: 'PodDisruptionBudget/web',
        problem: 'allows no pod to be evicted: minAvailable 1 of 1 pod leaves no slack',
        certainty: 'declared',
        evidence: ['disruptionsAllowed 0, currentHealthy 1, desiredHealthy 1, expectedPods 1'],
        fix: '--type=merge',
      },
    ],
    'of the node that cannot be drained': [
      aSnapshot({ objects: [aBudget('web', tight, { maxUnavailable: 0 }), ...web, aNode([])] }),
      {
        object: 'PodDisruptionBudget/web',
        problem: 'maxUnavailable 0 of 1 pod leaves no slack; Node/node-1 cannot be drained',
      },
    ],
    'of two budgets for one pod': [
      aSnapshot({ objects: [aBudget('a', loose), aBudget('b', loose), ...web] }),
      {
        object: 'PodDisruptionBudget/a',
        problem: 'selects the same pods as PodDisruptionBudget/b: a pod with two budgets cannot be evicted',
        certainty: 'recomputed',
      },
    ],
  },
});

it.each([
  ['a cordon', [], 'risk'],
  ['an autoscaler that drains', [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }], 'cause'],
])('takes %s for a %3$s', (_, taints, expected) => {
  const [finding] = pdbBlocksAll.check(aSnapshot({ objects: [aBudget('web', tight), ...web, aNode(taints)] }), []);

  expect(finding?.class).toBe(expected);
});
