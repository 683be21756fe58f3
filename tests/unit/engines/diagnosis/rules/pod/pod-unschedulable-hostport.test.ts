import { podUnschedulableHostport } from '../../../../../../src/engines/diagnosis/rules/pod/pod-unschedulable-hostport.ts';
import { aDeployment, aPendingPod, aPod, aSnapshot, ownedBy } from '../../../../../support/builders.ts';
import { aNode, unschedulable } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const listening = (hostPort: number, more = {}) => ({
  containers: [{ name: 'app', image: 'registry.example/app:1.0', ports: [{ containerPort: 80, hostPort, ...more }] }],
});
const taken = unschedulable("1 node(s) didn't have free ports for the requested pod ports");
const edge = aDeployment('edge', { pod: { spec: listening(8080) } });
const second = aPendingPod('edge-5d8f-1', taken, { spec: listening(8080), metadata: ownedBy(edge.replicaSet) });
const other = aPendingPod('other', taken, { spec: listening(8080) });
const complete = ['Pod', 'Node'];

testRule(podUnschedulableHostport, {
  silent: {
    'a node that is full instead': aSnapshot({
      complete,
      objects: [aPendingPod('web', unschedulable('1 Insufficient cpu'), { spec: listening(8080) }), aNode('node-1')],
    }),
    'a pod without a port of the node': aSnapshot({ complete, objects: [aPendingPod('web', taken), aNode('node-1')] }),
    'a pod that has its port': aSnapshot({ complete, objects: [...edge.all, aNode('node-1')] }),
  },
  speaks: {
    'of replicas that take it from each other': [
      aSnapshot({ complete, objects: [...edge.all, second, aNode('node-1')] }),
      {
        object: 'Pod/edge-5d8f-1',
        problem: 'cannot be scheduled: hostPort 8080 is taken on every node it may use: Deployment/edge has it',
        certainty: 'recomputed',
        evidence: ['has hostPort 8080 of node node-1'],
        fix: 'run at most 1 replica of Deployment/edge, and set maxSurge to 0',
      },
    ],
    'of another workload that has it': [
      aSnapshot({ complete, objects: [...edge.all, other, aNode('node-1')] }),
      { object: 'Pod/other', problem: 'Deployment/edge has it', fix: 'set another hostPort than 8080 in Pod/other' },
    ],
    'in the words of the scheduler when a port of the same number is of another protocol': [
      aSnapshot({
        complete,
        objects: [aPod('dns', { spec: listening(8080, { protocol: 'UDP' }) }), other, aNode('node-1')],
      }),
      { object: 'Pod/other', problem: 'hostPort 8080 is taken on every node it may use', certainty: 'message' },
    ],
  },
});
