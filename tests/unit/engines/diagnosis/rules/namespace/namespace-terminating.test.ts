import { namespaceTerminating } from '../../../../../../src/engines/diagnosis/rules/namespace/namespace-terminating.ts';
import { anObject, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const aCondition = (type: string, message: string, status = 'True') => ({ type, status, message });
const finalizers = aCondition(
  'NamespaceFinalizersRemaining',
  'Some content in the namespace has finalizers remaining: example.com/keep in 1 resource instances',
);
const remaining = aCondition(
  'NamespaceContentRemaining',
  'Some resources are remaining: configmaps. has 1 resource instances',
);
const leaving = (conditions: readonly object[], minutes = 5) =>
  anObject('Namespace', 'old', {
    metadata: { deletionTimestamp: minutesAgo(minutes) },
    status: { phase: 'Terminating', conditions },
  });

testRule(namespaceTerminating, {
  silent: {
    'one that is used': aSnapshot({ objects: [anObject('Namespace', 'shop', { status: { phase: 'Active' } })] }),
    'one that has just been deleted': aSnapshot({ objects: [leaving([remaining], 0.5)] }),
    'one of which nobody says what holds it': aSnapshot({
      objects: [
        leaving([aCondition('NamespaceDeletionDiscoveryFailure', 'All resources successfully discovered', 'False')]),
      ],
    }),
    'one without a status': aSnapshot({
      objects: [anObject('Namespace', 'old', { metadata: { deletionTimestamp: minutesAgo(9) } })],
    }),
  },
  speaks: {
    'of the finalizer that nobody removes': [
      aSnapshot({ objects: [leaving([remaining, finalizers])] }),
      {
        object: 'Namespace/old',
        problem:
          'is not deleted: Some content in the namespace has finalizers remaining: example.com/keep in 1 resource instances',
        evidence: ['Terminating for 5 min', 'configmaps. has 1 resource instances'],
        fix: 'bring back the controller that removes the finalizer example.com/keep',
      },
    ],
    'of an API whose content cannot be listed': [
      aSnapshot({
        objects: [
          leaving([
            aCondition(
              'NamespaceDeletionDiscoveryFailure',
              'Discovery failed for some groups, 1 failing: metrics.k8s.io/v1beta1',
            ),
          ]),
        ],
      }),
      { object: 'Namespace/old', problem: 'Discovery failed for some groups', fix: 'heal the API' },
    ],
  },
});
