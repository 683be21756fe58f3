import { podFailedLeftovers } from '../../../../../../src/engines/diagnosis/rules/workload/pod-failed-leftovers.ts';
import { aDeployment, anObject, aPod, aSnapshot, minutesAgo, ownedBy } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const { deployment, replicaSet } = aDeployment('books');
const job = anObject('Job', 'import');
const failed = (owner: typeof replicaSet | typeof job, index: number, hours: number) =>
  aPod(`${owner.metadata.name}-${index}`, {
    metadata: ownedBy(owner),
    status: {
      phase: 'Failed',
      reason: 'Evicted',
      message: 'The node was low on resource: memory.',
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(hours * 60) }],
    },
  });
const many = (owner: typeof replicaSet | typeof job, count: number, hours: number) =>
  Array.from({ length: count }, (_, index) => failed(owner, index, hours));

testRule(podFailedLeftovers, {
  silent: {
    'a few': aSnapshot({ objects: [deployment, replicaSet, ...many(replicaSet, 9, 48)] }),
    'what failed today': aSnapshot({ objects: [deployment, replicaSet, ...many(replicaSet, 12, 3)] }),
    'pods of a Job': aSnapshot({ objects: [job, ...many(job, 12, 48)] }),
  },
  speaks: {
    'of the workload that has replaced them': [
      aSnapshot({ objects: [deployment, replicaSet, ...many(replicaSet, 12, 48)] }),
      {
        object: 'Deployment/books',
        problem: 'has left 12 failed pods behind for more than a day (12 Evicted)',
        evidence: ['The node was low on resource: memory.'],
        fix: 'kubectl delete pods -n shop --field-selector=status.phase=Failed',
      },
    ],
    'of the oldest first, in whatever order they were read': [
      aSnapshot({ objects: [deployment, replicaSet, ...many(replicaSet, 12, 48), failed(replicaSet, 12, 72)] }),
      { object: 'Deployment/books', evidence: [], fix: 'pod/books-5d8f-12' },
    ],
  },
});
