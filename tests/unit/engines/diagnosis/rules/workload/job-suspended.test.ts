import { jobSuspended } from '../../../../../../src/engines/diagnosis/rules/workload/job-suspended.ts';
import { anObject, aSnapshot, minutesAgo, ownedBy } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const aJob = (
  metadata = {},
  { spec = {}, conditions = [{ type: 'Suspended', status: 'True', lastTransitionTime: minutesAgo(9) }] } = {},
) => anObject('Job', 'import', { metadata, spec: { suspend: true, ...spec }, status: { conditions } });

testRule(jobSuspended, {
  silent: {
    'a Job that runs': aSnapshot({ objects: [aJob({}, { spec: { suspend: false } })] }),
    'a Job that a queue holds': aSnapshot({ objects: [aJob({ labels: { 'kueue.x-k8s.io/queue-name': 'gpu' } })] }),
    'a Job of another controller': aSnapshot({
      objects: [aJob({}, { spec: { managedBy: 'kueue.x-k8s.io/multikueue' } })],
    }),
    'a Job that a controller made': aSnapshot({ objects: [aJob(ownedBy(anObject('CronJob', 'nightly')))] }),
    'a Job that is over': aSnapshot({
      objects: [aJob({}, { conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: minutesAgo(1) }] })],
    }),
    'a Job with parallelism': aSnapshot({ objects: [aJob({}, { spec: { suspend: false, parallelism: 1 } })] }),
    'a suspended CronJob': aSnapshot({ objects: [anObject('CronJob', 'nightly', { spec: { suspend: true } })] }),
  },
  speaks: {
    'of one that may run no pod at a time': [
      aSnapshot({ objects: [aJob({}, { spec: { suspend: false, parallelism: 0 }, conditions: [] })] }),
      {
        object: 'Job/import',
        problem: 'does not run: spec.parallelism is 0, so no pod is made',
        fix: '{"spec":{"parallelism":1}}'.replaceAll('"', '\\"'),
      },
    ],
    'of one that waits for somebody': [
      aSnapshot({ objects: [aJob({ managedFields: [{ manager: 'kubectl-client-side-apply' }] })] }),
      {
        object: 'Job/import',
        problem: 'does not run: spec.suspend is true',
        evidence: ['for 9 min; last written by kubectl-client-side-apply'],
        fix: 'kubectl patch job/import -n shop',
      },
    ],
  },
});
