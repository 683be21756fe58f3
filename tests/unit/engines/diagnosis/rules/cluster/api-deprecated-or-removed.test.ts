import { apiDeprecatedOrRemoved } from '../../../../../../src/engines/diagnosis/rules/cluster/api-deprecated-or-removed.ts';
import { anObject, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const applied = (apiVersion: string, version?: string) =>
  aSnapshot({
    version,
    objects: [
      anObject('CronJob', 'nightly', {
        metadata: {
          annotations: {
            'kubectl.kubernetes.io/last-applied-configuration': `{"apiVersion":"${apiVersion}","kind":"CronJob"}`,
          },
        },
      }),
    ],
  });

testRule(apiDeprecatedOrRemoved, {
  silent: {
    'a version that is served': applied('batch/v1'),
    'a version that this old server still has': applied('batch/v1beta1', 'v1.24.3'),
    'a version of somebody else': applied('example.com/v1beta1'),
  },
  speaks: {
    'of a version that is gone': [
      applied('batch/v1beta1', 'v1.36.3'),
      {
        object: 'CronJob/nightly',
        problem: 'was last applied as batch/v1beta1, which Kubernetes 1.25 removed',
        fix: 'write the manifest as batch/v1',
      },
    ],
  },
});
