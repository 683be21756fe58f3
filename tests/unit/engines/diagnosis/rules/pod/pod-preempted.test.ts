import { podPreempted } from '../../../../../../src/engines/diagnosis/rules/pod/pod-preempted.ts';
import {
  aDeployment,
  anEvent,
  aPendingPod,
  aPod,
  aSnapshot,
  minutesAgo,
  ownedBy,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const { deployment, replicaSet, pods } = aDeployment('books');
const waits = aPendingPod('books-5d8f-b', '0/1 nodes are available: 1 Insufficient cpu.', {
  metadata: ownedBy(replicaSet),
  spec: { priority: 0 },
});
const victim = aPod('books-5d8f-a');
const winner = aPod('train', {
  metadata: { uid: 'uid-of-train', namespace: 'ml' },
  spec: { priority: 1000, priorityClassName: 'urgent' },
});
const preempted = (minutes = 5) =>
  anEvent(victim, 'Preempted', 'Preempted by pod uid-of-train on node node-1', { lastTimestamp: minutesAgo(minutes) });
const owners = [deployment, replicaSet];
const byCondition = aPod('books', {
  metadata: { deletionTimestamp: minutesAgo(1) },
  status: {
    conditions: [
      {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'PreemptionByScheduler',
        message: 'default-scheduler: preempting',
      },
    ],
  },
});

testRule(podPreempted, {
  silent: {
    'a workload that has recovered': aSnapshot({ objects: [...owners, ...pods, preempted()] }),
    'what happened long ago': aSnapshot({ objects: [...owners, waits, preempted(90)] }),
    'a pod that waits for another reason': aSnapshot({ objects: [...owners, waits] }),
    'a victim whose owner is not known': aSnapshot({ objects: [waits, preempted()] }),
  },
  speaks: {
    'of the winner and both priorities': [
      aSnapshot({ objects: [...owners, waits, winner, preempted()] }),
      {
        object: 'Pod/books-5d8f-b',
        problem:
          'had to make room for Pod/train of namespace ml (priority 1000), and finds no room again; its own priority is 0',
        certainty: 'declared',
        evidence: ['Preempted by pod uid-of-train', 'priority is 1000 (urgent)'],
      },
    ],
    'of a winner that was not read': [
      aSnapshot({ objects: [...owners, waits, preempted()] }),
      { object: 'Pod/books-5d8f-b', problem: 'had to make room for a pod of higher priority' },
    ],
    'of a bare pod that is about to go': [
      aSnapshot({ objects: [byCondition] }),
      { object: 'Pod/books', evidence: ['PreemptionByScheduler'] },
    ],
  },
});
