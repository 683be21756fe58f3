import { cronjobUnhealthy } from '../../../../../../src/engines/diagnosis/rules/workload/cronjob-unhealthy.ts';
import { anEvent, anObject, aSnapshot, minutesAgo, ownedBy } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const aCronJob = (spec: object, status: object = {}, metadata = {}) =>
  anObject('CronJob', 'sync', { metadata, spec, status });
const everyMinute = { schedule: '* * * * *' };
const forbid = { ...everyMinute, concurrencyPolicy: 'Forbid' };
const replace = { ...everyMinute, concurrencyPolicy: 'Replace' };
const replacing = { active: [{ name: 'sync-1' }], lastScheduleTime: minutesAgo(0.5) };
const running = { active: [{ name: 'sync-1' }], lastScheduleTime: minutesAgo(10) };
const aRun = (name: string, status: object) =>
  anObject('Job', name, { metadata: ownedBy(aCronJob({})), spec: {}, status });
const hanging = aRun('sync-1', { startTime: minutesAgo(10) });
const old = { creationTimestamp: minutesAgo(3 * 24 * 60) };
const failing = anEvent(aCronJob({}), 'FailedCreate', 'Error creating job: jobs.batch is forbidden: exceeded quota');

testRule(cronjobUnhealthy, {
  silent: {
    'a history of 0 after a success': aSnapshot({
      objects: [
        aCronJob(
          { ...everyMinute, failedJobsHistoryLimit: 0 },
          { lastScheduleTime: minutesAgo(1), lastSuccessfulTime: minutesAgo(0.9) },
        ),
      ],
    }),
    'a history of 0 whose Job is still there': aSnapshot({
      objects: [
        aCronJob({ ...everyMinute, failedJobsHistoryLimit: 0 }, { lastScheduleTime: minutesAgo(1) }),
        anObject('Job', 'sync-2', {
          metadata: { ...ownedBy(aCronJob({})), creationTimestamp: minutesAgo(0.99) },
          spec: {},
        }),
      ],
    }),
    'a suspended one': aSnapshot({ objects: [aCronJob({ ...everyMinute, suspend: true })] }),
    'one that ran on time': aSnapshot({ objects: [aCronJob(everyMinute, { lastScheduleTime: minutesAgo(1) })] }),
    'one that is not due yet': aSnapshot({ objects: [aCronJob({ schedule: '0 13 * * *', timeZone: 'Etc/UTC' })] }),
    'one that was just made or edited': aSnapshot({
      objects: [aCronJob(everyMinute, {}, { managedFields: [{ manager: 'kubectl', time: minutesAgo(1) }] })],
    }),
    'one whose last run tells that the controller lives in another zone': aSnapshot({
      objects: [aCronJob({ schedule: '0 9 * * *' }, { lastScheduleTime: '2026-11-22T08:00:00Z' }, old)],
    }),
    'one that may be due in another zone only': aSnapshot({ objects: [aCronJob({ schedule: '0 9 * * *' })] }),
    'a schedule that only we cannot read': aSnapshot({ objects: [aCronJob({ schedule: 'H * * * *' })] }),
    'a Job under Forbid that takes as long as usual': aSnapshot({
      objects: [
        aCronJob(forbid, running),
        hanging,
        aRun('sync-0', { startTime: minutesAgo(60), completionTime: minutesAgo(51) }),
      ],
    }),
    'a Job under Forbid that has just begun': aSnapshot({
      objects: [aCronJob(forbid, running), aRun('sync-1', { startTime: minutesAgo(2) })],
    }),
    'Jobs side by side, as Allow wants it': aSnapshot({
      objects: [
        aCronJob({ ...everyMinute, concurrencyPolicy: 'Allow' }, { ...running, lastScheduleTime: minutesAgo(1) }),
        hanging,
      ],
    }),
    'Jobs that the API server refuses, which another rule tells': aSnapshot({
      objects: [aCronJob(everyMinute), failing],
    }),
    'runs under Replace of which one has ended': aSnapshot({
      objects: [
        aCronJob(replace, { ...replacing, lastSuccessfulTime: minutesAgo(2) }, old),
        aRun('sync-1', { startTime: minutesAgo(0.5) }),
      ],
    }),
    'runs under Replace that fail, which other rules tell': aSnapshot({
      objects: [
        aCronJob(replace, replacing, old),
        aRun('sync-0', { conditions: [{ type: 'Failed', status: 'True' }] }),
      ],
    }),
    'a CronJob without a spec': aSnapshot({ objects: [anObject('CronJob', 'sync')] }),
  },
  speaks: {
    'of runs that fail and leave nothing': [
      aSnapshot({
        objects: [aCronJob({ ...everyMinute, failedJobsHistoryLimit: 0 }, { lastScheduleTime: minutesAgo(1) })],
      }),
      {
        object: 'CronJob/sync',
        problem: 'runs without success, and failedJobsHistoryLimit 0 deletes each failed Job with its log',
        evidence: ['last success never'],
        fix: 'set spec.failedJobsHistoryLimit to 1',
      },
    ],
    'of runs that each delete the one before': [
      aSnapshot({
        objects: [aCronJob(replace, replacing, old), aRun('sync-1', { startTime: minutesAgo(0.5) })],
      }),
      {
        object: 'CronJob/sync',
        problem: 'never finishes a run: concurrencyPolicy is Replace',
        fix: 'set concurrencyPolicy to Forbid',
      },
    ],
    'of a date that never comes': [
      aSnapshot({ objects: [aCronJob({ schedule: '0 3 30 2 *' })] }),
      {
        object: 'CronJob/sync',
        problem: 'never runs: no date ever fits its schedule "0 3 30 2 *"',
        certainty: 'recomputed',
      },
    ],
    'of a schedule that the controller cannot use': [
      aSnapshot({
        objects: [
          aCronJob({ schedule: 'H * * * *' }),
          anEvent(aCronJob({}), 'UnparseableSchedule', 'unparseable schedule'),
        ],
      }),
      { object: 'CronJob/sync', problem: 'the controller cannot use schedule "H * * * *"', certainty: 'declared' },
    ],
    'of a time zone that the controller does not know': [
      aSnapshot({
        objects: [
          aCronJob({ ...everyMinute, timeZone: 'Europe/Bielefeld' }),
          anEvent(aCronJob({}), 'UnknownTimeZone', 'invalid timeZone'),
        ],
      }),
      { object: 'CronJob/sync', problem: 'cannot use timeZone "Europe/Bielefeld"' },
    ],
    'of a Job that hangs while Forbid leaves out all others': [
      aSnapshot({ objects: [aCronJob(forbid, running), hanging] }),
      {
        object: 'CronJob/sync',
        problem: 'concurrencyPolicy is Forbid, and one Job has been running through 10 due times without an end',
        fix: 'kubectl delete job sync-1 -n shop',
      },
    ],
    'of a run that was due and never made': [
      aSnapshot({ objects: [aCronJob(everyMinute, { lastScheduleTime: minutesAgo(30) })] }),
      {
        object: 'CronJob/sync',
        problem: 'does not run although it is due',
        evidence: ['was due at 2026-11-23T11:58:00.000Z'],
      },
    ],
    'of a deadline that is too short': [
      aSnapshot({
        objects: [
          aCronJob({ ...everyMinute, startingDeadlineSeconds: 1 }, { lastScheduleTime: minutesAgo(30) }),
          anEvent(aCronJob({}), 'MissSchedule', 'Missed scheduled time to start a job: 11:58'),
        ],
      }),
      {
        object: 'CronJob/sync',
        problem: 'startingDeadlineSeconds is 1',
        evidence: ['Missed scheduled time to start a job'],
        fix: 'raise startingDeadlineSeconds above 1',
      },
    ],
  },
});
