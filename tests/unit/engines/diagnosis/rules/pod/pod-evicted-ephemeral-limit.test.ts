import { podEvictedEphemeralLimit } from '../../../../../../src/engines/diagnosis/rules/pod/pod-evicted-ephemeral-limit.ts';
import { aDeployment, aPod, aSnapshot, minutesAgo, ownedBy } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const evicted = (message: string, minutes = 10) => ({
  phase: 'Failed',
  reason: 'Evicted',
  message,
  conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(minutes) }],
});
const volume = 'Usage of EmptyDir volume "scratch" exceeds the limit "1Mi". ';
const { deployment, replicaSet, pods } = aDeployment('books');
const owned = (name: string, message = volume, minutes = 10, labels = {}) =>
  aPod(name, { metadata: { ...ownedBy(replicaSet), labels }, status: evicted(message, minutes), containers: [] });
const before = { 'pod-template-hash': 'before' };
const base = [deployment, replicaSet];

testRule(podEvictedEphemeralLimit, {
  silent: {
    'an eviction of long ago that was made good': aSnapshot({
      objects: [...base, ...pods, owned('books-old', volume, 90)],
    }),
    'evictions of a template that was changed since': aSnapshot({
      objects: [...base, ...pods, owned('books-a', volume, 9, before), owned('books-b', volume, 20, before)],
    }),
    'a node under pressure': aSnapshot({
      objects: [aPod('books', { status: evicted('The node was low on resource: ephemeral-storage. ') })],
    }),
    'a pod that failed by itself': aSnapshot({ objects: [aPod('books', { status: { phase: 'Failed' } })] }),
  },
  speaks: {
    'of an emptyDir': [
      aSnapshot({ objects: [...base, ...pods, owned('books-a'), owned('books-b', volume, 20)] }),
      {
        object: 'Pod/books-a',
        problem: 'its emptyDir volume scratch grew beyond volumes[scratch].emptyDir.sizeLimit 1Mi',
        certainty: 'declared',
        evidence: ['Evicted: Usage of EmptyDir volume'],
      },
      { object: 'Pod/books-b' },
    ],
    'of a container': [
      aSnapshot({
        objects: [
          aPod('books', { status: evicted('Container app exceeded its local ephemeral storage limit "1Gi". ') }),
        ],
      }),
      { object: 'Pod/books', problem: 'container app wrote more than its limit of ephemeral-storage, 1Gi' },
    ],
    'of the whole pod': [
      aSnapshot({
        objects: [
          aPod('books', {
            status: evicted('Pod ephemeral local storage usage exceeds the total limit of containers 2Gi. '),
          }),
        ],
      }),
      { object: 'Pod/books', problem: 'the sum of their limits of ephemeral-storage, 2Gi' },
    ],
    'of one that was replaced, as a risk': [
      aSnapshot({ objects: [...base, ...pods, owned('books-a')] }),
      { object: 'Pod/books-a', fix: 'raise volumes[scratch].emptyDir.sizeLimit' },
    ],
  },
});
