import { podUnschedulableCapacity } from '../../../../../../src/engines/diagnosis/rules/pod/pod-unschedulable-capacity.ts';
import { aDeployment, anEvent, aPendingPod, aPod, aSnapshot } from '../../../../../support/builders.ts';
import { aNode, asking, cordon, dedicated, unschedulable } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const message = unschedulable(
  '1 Insufficient memory, 1 node(s) were unschedulable, 2 node(s) had untolerated taint(s)',
);
const hungry = aPendingPod('hungry', message, { spec: asking({ memory: '5Gi' }) });
const tenant = aDeployment('tenant', { pod: { spec: asking({ memory: '6Gi' }) } });
const complete = ['Pod', 'Node'];

testRule(podUnschedulableCapacity, {
  silent: {
    'a request that no node could meet': aSnapshot({
      complete,
      objects: [aPendingPod('giant', message, { spec: asking({ memory: '2Ti' }) }), aNode('node-1')],
    }),
    'room on a cordoned node': aSnapshot({
      complete,
      objects: [hungry, aNode('node-1'), ...tenant.all, aNode('node-2', { unschedulable: true, taints: [cordon] })],
    }),
    'nodes that are kept for others': aSnapshot({
      complete,
      objects: [hungry, aNode('node-1', { taints: [dedicated] })],
    }),
    'a pod that runs': aSnapshot({ complete, objects: [aPod('web'), aNode('node-1')] }),
  },
  speaks: {
    'with what is left and who has the rest': [
      aSnapshot({ complete, objects: [hungry, aNode('node-1'), ...tenant.all] }),
      {
        object: 'Pod/hungry',
        problem: 'cannot be scheduled: needs 5Gi of memory, and the only node it may use, node-1, has 2Gi left',
        certainty: 'recomputed',
        evidence: [
          '1 Insufficient memory',
          '8Gi memory allocatable, 6Gi requested there, 2Gi left',
          'most memory is requested by Deployment/tenant 6Gi',
        ],
        fix: 'scale down what asks for most on node-1',
      },
    ],
    'with the best of several nodes': [
      aSnapshot({
        complete,
        objects: [
          hungry,
          aNode('node-1', { allocatable: { memory: '7Gi' } }),
          aNode('node-2'),
          ...tenant.all,
          aPod('other', { spec: { nodeName: 'node-2', ...asking({ memory: '4Gi' }) } }),
        ],
      }),
      { object: 'Pod/hungry', problem: 'none of 2 nodes it may use has more than 4Gi left (node-2)' },
    ],
    'of a node at its maximum of pods': [
      aSnapshot({
        complete,
        objects: [
          aPendingPod('late', unschedulable('1 Too many pods')),
          aPod('first'),
          aNode('node-1', { allocatable: { pods: '1' } }),
        ],
      }),
      { object: 'Pod/late', problem: 'every node it may use already runs its maximum of pods (node-1: 1)' },
    ],
    'in the words of the scheduler when the pods of the node are not known': [
      aSnapshot({ complete: ['Node'], objects: [hungry, aNode('node-1')] }),
      {
        object: 'Pod/hungry',
        problem: 'needs 5Gi of memory, more than any node it may use has left',
        certainty: 'message',
      },
    ],
    'in the words of the scheduler without nodes': [
      aSnapshot({
        objects: [aPendingPod('web', unschedulable('3 Insufficient cpu'), { spec: asking({ cpu: '250m' }) })],
      }),
      { object: 'Pod/web', problem: 'needs 250m of cpu', certainty: 'message' },
    ],
    'and waits for the autoscaler': [
      aSnapshot({
        complete,
        objects: [
          hungry,
          aNode('node-1'),
          ...tenant.all,
          anEvent(hungry, 'TriggeredScaleUp', 'pod triggered scale-up: [{web 1->2 (max: 5)}]', { type: 'Normal' }),
        ],
      }),
      { object: 'Pod/hungry', evidence: ['web 1->2'], fix: 'wait for the node' },
    ],
  },
});
