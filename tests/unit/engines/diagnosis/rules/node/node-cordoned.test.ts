import { expect, it } from 'vitest';
import { nodeCordoned } from '../../../../../../src/engines/diagnosis/rules/node/node-cordoned.ts';
import { aPendingPod, aPod, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { aNode, asking, cordon, unschedulable } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const waiter = aPendingPod(
  'waiter',
  unschedulable("1 node(s) were unschedulable, 3 node(s) didn't match Pod's node affinity/selector"),
  { spec: { ...asking({ cpu: '2' }), nodeSelector: { pool: 'web' } } },
);
const labels = { pool: 'web' };
const cordoned = (name: string, hoursAgo = 1, more = {}) =>
  aNode(name, { labels, unschedulable: true, taints: [{ ...cordon, timeAdded: minutesAgo(60 * hoursAgo) }], ...more });
const fullNode = [
  aNode('node-2', { labels }),
  aPod('other', { spec: { nodeName: 'node-2', ...asking({ cpu: '3' }) } }),
];
const complete = ['Pod', 'Node'];
const removal = { key: 'ToBeDeletedByClusterAutoscaler', effect: 'PreferNoSchedule' };

testRule(nodeCordoned, {
  silent: {
    'a recent cordon that nobody waits for': aSnapshot({ complete, objects: [cordoned('node-1')] }),
    'an old cordon on a node that is not ready': aSnapshot({
      complete,
      objects: [cordoned('node-1', 48, { conditions: [{ type: 'Ready', status: 'Unknown' }] })],
    }),
    'a cordoned node that has no room either': aSnapshot({
      complete,
      objects: [waiter, cordoned('node-1'), aPod('tenant', { spec: asking({ cpu: '4' }) }), ...fullNode],
    }),
    'nodes without the label': aSnapshot({
      complete,
      objects: [waiter, aNode('node-1', { unschedulable: true, taints: [cordon] })],
    }),
  },
  speaks: {
    'of the pod that the node would take': [
      aSnapshot({ complete, objects: [waiter, cordoned('node-1'), aNode('node-2')] }),
      {
        object: 'Pod/waiter',
        problem: 'cannot be scheduled: Node/node-1, which would take it, is cordoned',
        culprit: 'Node/node-1',
        certainty: 'recomputed',
        evidence: ['spec.unschedulable is true'],
        fix: '"object":"node/node-1","uncordon":true',
      },
    ],
    'of several nodes without a single culprit': [
      aSnapshot({ complete, objects: [waiter, cordoned('node-1'), cordoned('node-2')] }),
      { object: 'Pod/waiter', problem: 'the 2 nodes that would take it are cordoned (node-1, node-2)' },
    ],
    'of a cordon that was forgotten': [
      aSnapshot({ complete, objects: [cordoned('node-1', 72)] }),
      { object: 'Node/node-1', problem: 'has been cordoned for 3 d' },
    ],
    'without advice to uncordon what a tool removes': [
      aSnapshot({
        complete,
        objects: [cordoned('node-1', 72, { taints: [{ ...cordon, timeAdded: minutesAgo(60 * 72) }, removal] })],
      }),
      { object: 'Node/node-1', evidence: ['ToBeDeletedByClusterAutoscaler'], fix: 'add a node' },
    ],
    'in the words of the scheduler without nodes': [
      aSnapshot({ objects: [aPendingPod('web', unschedulable('4 node(s) were unschedulable'))] }),
      { object: 'Pod/web', certainty: 'message' },
    ],
  },
});

it('calls a forgotten cordon a risk and names who set it', () => {
  const node = cordoned('node-1', 72);
  const managedFields = [{ manager: 'kubectl-cordon', fieldsV1: { 'f:spec': { 'f:unschedulable': {} } } }];
  const written = { ...node, metadata: { ...node.metadata, managedFields } };

  const [finding] = nodeCordoned.check(aSnapshot({ complete, objects: [written] }), []);

  expect(finding?.class).toBe('risk');
  expect(finding?.evidence[0]?.text).toContain('set by kubectl-cordon');
});
