import { podStuckTerminatingRuntime } from '../../../../../../src/engines/diagnosis/rules/pod/pod-stuck-terminating-runtime.ts';
import { aContainer, anEvent, aPod, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { aNode } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const pod = (minutes: number, more: object = {}) =>
  aPod('books', { metadata: { deletionTimestamp: minutesAgo(minutes), deletionGracePeriodSeconds: 30 }, ...more });
const node = aNode('node-1');
const ended = [aContainer('app', { status: { state: { terminated: { exitCode: 0 } } } })];
const kill = anEvent(pod(9), 'FailedKillPod', 'error killing pod: context deadline exceeded');

testRule(podStuckTerminatingRuntime, {
  silent: {
    'a deletion of this very moment': aSnapshot({ objects: [pod(0.5), node, kill] }),
    'a node that is down': aSnapshot({
      objects: [pod(9), aNode('node-1', { conditions: [{ type: 'Ready', status: 'Unknown' }] })],
    }),
    'a node that was not read': aSnapshot({ objects: [pod(9), kill] }),
    'a pod that has stopped and waits for a finalizer': aSnapshot({
      objects: [
        pod(9, {
          metadata: { deletionTimestamp: minutesAgo(9), finalizers: ['example.com/cleanup'] },
          containers: ended,
        }),
        node,
      ],
    }),
  },
  speaks: {
    'in the words of the kubelet': [
      aSnapshot({ objects: [pod(9), node, kill] }),
      {
        object: 'Pod/books',
        problem: 'is deleted and cannot end on Node/node-1: its containers do not end (FailedKillPod)',
        certainty: 'message',
        evidence: ['should have ended 9 min ago (terminationGracePeriodSeconds 30)', 'context deadline exceeded'],
      },
    ],
    'without them, less certainly': [
      aSnapshot({ objects: [pod(9, { containers: ended }), node] }),
      {
        object: 'Pod/books',
        problem: 'its containers have ended, and its volumes or network',
        certainty: 'recomputed',
      },
    ],
  },
});
