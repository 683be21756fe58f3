import { crashAppError } from '../../../../../../src/engines/diagnosis/rules/pod/crash-app-error.ts';
import { jobFailed } from '../../../../../../src/engines/diagnosis/rules/workload/job-failed.ts';
import { anObject, aPod, aSnapshot, minutesAgo, ownedBy } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const job = (condition: object, { name = 'import', spec = {}, metadata = {} } = {}) =>
  anObject('Job', name, {
    metadata,
    spec: { activeDeadlineSeconds: 600, backoffLimit: 2, ...spec },
    status: { failed: 1, conditions: [{ status: 'True', lastTransitionTime: minutesAgo(5), ...condition }] },
  });
const deadline = {
  type: 'Failed',
  reason: 'DeadlineExceeded',
  message: 'Job was active longer than specified deadline',
};
const cronJob = (status: object) => anObject('CronJob', 'nightly', { status });
const run = (name: string, condition: object) => job(condition, { name, metadata: ownedBy(cronJob({})) });
const cried = anObject('Job', 'cried');
const died = aPod('cried-x', { metadata: ownedBy(cried) });

testRule(jobFailed, {
  silent: {
    'a Job that is done': aSnapshot({ objects: [job({ type: 'Complete' })] }),
    'a Job that runs': aSnapshot({ objects: [job({ type: 'Suspended', status: 'False' })] }),
    'a Job that failed two days ago': aSnapshot({
      objects: [job({ ...deadline, lastTransitionTime: minutesAgo(2 * 24 * 60) })],
    }),
    'a CronJob that has succeeded since': aSnapshot({
      objects: [cronJob({ lastSuccessfulTime: minutesAgo(1) }), run('nightly-1', deadline)],
    }),
    'a Job whose pod another rule explains': aSnapshot({ objects: [job(deadline, { name: 'cried' }), died] }),
  },
  speaks: {
    'of a deadline': [
      aSnapshot({ objects: [job(deadline)] }),
      {
        object: 'Job/import',
        problem: 'was stopped before it was done: activeDeadlineSeconds is 600',
        certainty: 'declared',
        evidence: ['Failed: DeadlineExceeded: Job was active longer than specified deadline', 'pods that failed: 1'],
        fix: 'raise activeDeadlineSeconds',
      },
    ],
    'of failures whose pods are gone': [
      aSnapshot({ objects: [job({ type: 'Failed', reason: 'BackoffLimitExceeded' })] }),
      { object: 'Job/import', problem: 'was given up: 1 of its pods failed, and backoffLimit is 2' },
    ],
    'of a pod that was deleted with its log': [
      aSnapshot({
        objects: [
          job(
            { type: 'Failed', reason: 'BackoffLimitExceeded' },
            { spec: { template: { spec: { restartPolicy: 'OnFailure' } } } },
          ),
        ],
      }),
      { object: 'Job/import', fix: 'set restartPolicy to Never' },
    ],
    'of a policy in its own words': [
      aSnapshot({
        objects: [job({ type: 'Failed', reason: 'PodFailurePolicy', message: 'exit code 42 matches FailJob' })],
      }),
      { object: 'Job/import', problem: 'was given up: exit code 42 matches FailJob' },
    ],
    'once of a CronJob that failed time and again': [
      aSnapshot({
        objects: [
          cronJob({ lastSuccessfulTime: minutesAgo(90) }),
          run('nightly-1', { ...deadline, lastTransitionTime: minutesAgo(65) }),
          run('nightly-2', deadline),
        ],
      }),
      {
        object: 'CronJob/nightly',
        problem: 'activeDeadlineSeconds is 600',
        evidence: ['2 failed runs are kept; the last success was at'],
      },
    ],
  },
  found: [
    {
      rule: crashAppError,
      subject: { kind: 'Pod', namespace: 'shop', name: 'cried-x' },
      problem: 'crashes',
      certainty: 'declared',
      evidence: [],
      fixes: [],
    },
  ],
});
