import { expect, it } from 'vitest';
import { quotaExceeded } from '../../../../../../src/engines/diagnosis/rules/namespace/quota-exceeded.ts';
import { deployCreateFailed } from '../../../../../../src/engines/diagnosis/rules/workload/deploy-create-failed.ts';
import { anEvent, anObject, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const set = anObject('StatefulSet', 'long', { spec: { replicas: 1 }, status: { replicas: 0 } });
const said =
  'Create Pod long-0 in StatefulSet long failed error: Pod "long-0" is invalid: metadata.labels: Invalid value: "long-6cfc579d4c": must be no more than 63 bytes';
const failing = aSnapshot({ objects: [set, anEvent(set, 'FailedCreate', said)] });

testRule(deployCreateFailed, {
  silent: {
    'a namespace that is being deleted': aSnapshot({
      objects: [
        set,
        anEvent(
          set,
          'FailedCreate',
          'Error creating: pods "long-0" is forbidden: unable to create new content in namespace shop because it is being terminated',
        ),
      ],
    }),
    'a failure that is over': aSnapshot({
      objects: [
        anObject('StatefulSet', 'long', { spec: { replicas: 1 }, status: { replicas: 1 } }),
        anEvent(set, 'FailedCreate', said),
      ],
    }),
  },
  speaks: {
    'in the words of the API server': [
      failing,
      {
        object: 'StatefulSet/long',
        problem: 'cannot create pods: metadata.labels: Invalid value: "long-6cfc579d4c": must be no more than 63 bytes',
        certainty: 'declared',
        evidence: ['Create Pod long-0 in StatefulSet long failed error'],
        fix: 'statefulset/long',
      },
    ],
    'of a claim that is being deleted': [
      aSnapshot({
        objects: [
          set,
          anEvent(
            set,
            'FailedCreate',
            'Create Pod long-0 in StatefulSet long failed error: pvc data-long-0 is being deleted',
          ),
        ],
      }),
      {
        object: 'StatefulSet/long',
        problem: 'cannot create pods: pvc data-long-0 is being deleted',
        fix: 'see what keeps PersistentVolumeClaim/data-long-0 from going',
      },
    ],
  },
});

it('explains itself, because no rule knows these words', () => {
  expect(deployCreateFailed.check(failing, [])[0]?.class).toBe('cause');
});

it('leaves the workload to the rule that knows why', () => {
  const found = {
    rule: quotaExceeded,
    subject: { kind: 'StatefulSet', namespace: 'shop', name: 'long' },
    problem: 'cannot create pods',
    certainty: 'declared' as const,
    evidence: [],
    fixes: [],
  };

  expect(deployCreateFailed.check(failing, [found])).toEqual([]);
});
