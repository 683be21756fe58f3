import { podStuckTerminatingNodeDown } from '../../../../../../src/engines/diagnosis/rules/pod/pod-stuck-terminating-node-down.ts';
import { aPod, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { aNode } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const pod = (minutes: number) =>
  aPod('db-0', {
    metadata: { deletionTimestamp: minutesAgo(minutes) },
    spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }] },
  });
const node = (status: string) =>
  aNode('node-1', { conditions: [{ type: 'Ready', status, reason: 'NodeStatusUnknown' }] });

testRule(podStuckTerminatingNodeDown, {
  silent: {
    'a node that works': aSnapshot({ objects: [pod(9), node('True')] }),
    'a node that was not read': aSnapshot({ objects: [pod(9)] }),
    'a deletion of this very moment': aSnapshot({ objects: [pod(0.5), node('Unknown')] }),
    'a pod that is not deleted': aSnapshot({ objects: [aPod('db-0'), node('Unknown')] }),
  },
  speaks: {
    'of the node': [
      aSnapshot({ objects: [pod(9), node('Unknown')] }),
      {
        object: 'Pod/db-0',
        problem: 'Node/node-1 does not confirm that it has stopped (Ready is Unknown)',
        culprit: 'Node/node-1',
        certainty: 'declared',
        evidence: ['should have ended 9 min ago', 'holds the claims data-db-0'],
        fix: 'node.kubernetes.io/out-of-service',
      },
    ],
  },
});
