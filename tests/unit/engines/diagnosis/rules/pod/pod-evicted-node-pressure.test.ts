import { podEvictedNodePressure } from '../../../../../../src/engines/diagnosis/rules/pod/pod-evicted-node-pressure.ts';
import { aDeployment, aPod, aSnapshot, minutesAgo, ownedBy } from '../../../../../support/builders.ts';
import { aNode } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const low =
  'The node was low on resource: memory. Threshold quantity: 100Mi, available: 90Mi. Container app was using 900Mi, request is 64Mi, has larger consumption of memory. ';
const evicted = (message = low, minutes = 10) => ({
  phase: 'Failed',
  reason: 'Evicted',
  message,
  conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(minutes) }],
});
const { deployment, replicaSet, pods } = aDeployment('books');
const old = aPod('books-old', { metadata: ownedBy(replicaSet), status: evicted(low, 90) });
const pressed = aNode('node-1', {
  conditions: [
    { type: 'Ready', status: 'True' },
    { type: 'MemoryPressure', status: 'True' },
  ],
});

testRule(podEvictedNodePressure, {
  silent: {
    'an eviction of long ago that was made good': aSnapshot({ objects: [deployment, replicaSet, ...pods, old] }),
    'a limit of its own': aSnapshot({
      objects: [aPod('books', { status: evicted('Usage of EmptyDir volume "a" exceeds the limit "1Mi". ') })],
    }),
  },
  speaks: {
    'of the node and what used more than it asked for': [
      aSnapshot({ objects: [aPod('books', { status: evicted() }), aNode('node-1')] }),
      {
        object: 'Pod/books',
        problem: 'was evicted from Node/node-1, which was low on memory',
        culprit: 'Node/node-1',
        certainty: 'declared',
        fix: 'set the memory request of container app to what it uses (900Mi, its request is 64Mi)',
      },
    ],
    'of a node that still is under pressure': [
      aSnapshot({ objects: [aPod('books', { status: evicted() }), pressed] }),
      { object: 'Pod/books', evidence: ['MemoryPressure is True still'] },
    ],
    'of a node that did not take it': [
      aSnapshot({ objects: [aPod('books', { status: evicted('The node had condition: [DiskPressure]. ') })] }),
      { object: 'Pod/books', problem: 'which was low on DiskPressure' },
    ],
  },
});
