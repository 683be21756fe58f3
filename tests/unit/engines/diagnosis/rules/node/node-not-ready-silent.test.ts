import { nodeNotReadySilent } from '../../../../../../src/engines/diagnosis/rules/node/node-not-ready-silent.ts';
import { anObject, aPod, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { aNode } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const silent = (name: string, reason = 'NodeStatusUnknown', message = 'Kubelet stopped posting node status.') =>
  aNode(name, {
    conditions: [
      {
        type: 'Ready',
        status: 'Unknown',
        reason,
        message,
        lastTransitionTime: minutesAgo(5),
        lastHeartbeatTime: minutesAgo(6),
      },
    ],
  });
const lease = anObject('Lease', 'node-1', {
  metadata: { namespace: 'kube-node-lease' },
  spec: { renewTime: '2026-11-23T11:54:07.000000Z' },
});

testRule(nodeNotReadySilent, {
  silent: {
    'a ready node': aSnapshot({ objects: [aNode('node-1'), lease] }),
    'a node whose kubelet says that it is not ready': aSnapshot({
      objects: [aNode('node-1', { conditions: [{ type: 'Ready', status: 'False', reason: 'KubeletNotReady' }] })],
    }),
    'a node without a status': aSnapshot({ objects: [anObject('Node', 'bare')] }),
  },
  speaks: {
    'with the pods that were running there, whatever their containers say': [
      aSnapshot({
        objects: [
          silent('node-1'),
          aNode('node-2'),
          lease,
          aPod('web'),
          aPod('api'),
          aPod('far', { spec: { nodeName: 'node-2' } }),
        ],
      }),
      {
        object: 'Node/node-1',
        problem: 'has fallen silent: its kubelet stopped reporting, and 2 pods were running there',
        certainty: 'declared',
        evidence: ['NodeStatusUnknown: Kubelet stopped posting node status.', 'renewed its lease for the last time'],
        fix: 'kubectl cordon node-1',
      },
    ],
    'of a node that never joined': [
      aSnapshot({
        objects: [silent('node-1', 'NodeStatusNeverUpdated', 'Kubelet never posted node status.'), aNode('node-2')],
      }),
      { object: 'Node/node-1', problem: 'has never reported' },
    ],
    'with a hint at the network when most nodes are silent': [
      aSnapshot({ objects: [silent('node-1'), silent('node-2'), aNode('node-3')] }),
      { object: 'Node/node-1', evidence: ['2 of 3 nodes are silent'], fix: 'check the network between the nodes' },
      { object: 'Node/node-2', evidence: ['2 of 3 nodes are silent'] },
    ],
    'counting the rows of the pod table': [
      aSnapshot({
        objects: [silent('node-1'), aNode('node-2')],
        podRows: ['Running', 'Completed'].map((status, index) => ({
          namespace: 'shop',
          name: `web-${index}`,
          ready: 1,
          containers: 1,
          status,
          restarts: 0,
          age: '1h',
          node: 'node-1',
        })),
      }),
      { object: 'Node/node-1', problem: 'and 1 pod was running there' },
    ],
  },
});
