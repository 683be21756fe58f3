import { apiDeprecatedOrRemoved } from '../../../../../../src/engines/diagnosis/rules/cluster/api-deprecated-or-removed.ts';
import { anObject, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const written = (apiVersion: string | undefined, version?: string, later: object[] = []) =>
  aSnapshot({
    version,
    objects: [
      anObject('CronJob', 'nightly', {
        metadata: { managedFields: [{ manager: 'helm', apiVersion, time: minutesAgo(9) }, ...later] },
      }),
    ],
  });
const status = {
  manager: 'kube-controller-manager',
  apiVersion: 'batch/v1',
  subresource: 'status',
  time: minutesAgo(1),
};

testRule(apiDeprecatedOrRemoved, {
  silent: {
    'a version that is served': written('batch/v1'),
    'a version that this old server still has': written('batch/v1beta1', 'v1.24.3'),
    'a manifest that was written anew since': written('batch/v1beta1', 'v1.36.3', [
      { manager: 'kubectl', apiVersion: 'batch/v1', time: minutesAgo(1) },
    ]),
    'the version that the object has': written(undefined),
    'a version of somebody else': written('example.com/v1beta1'),
  },
  speaks: {
    'of a version that is gone': [
      written('batch/v1beta1', 'v1.36.3', [status]),
      {
        object: 'CronJob/nightly',
        problem: 'was last written as batch/v1beta1, which Kubernetes 1.25 removed',
        evidence: ['written by helm as batch/v1beta1; served as batch/v1'],
        fix: 'write the manifest as batch/v1',
      },
    ],
  },
});
