import { day, timeOf } from '../../../durations.ts';
import { keyOf, nameOf, type Of, refOf } from '../../../objects.ts';
import { podsOf, workloadOf } from '../../../owners.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Evidence, type Finding, type Fix } from '../../rule.ts';

type Job = Of<'Job'>;

/** A Job that stands alone is looked at for this long; nobody may ever delete it. */
const failureIsNews = day;

export const jobFailed = defineRule({
  id: 'job-failed',
  title: 'A Job was given up',
  area: 'workload',
  class: 'symptom',
  severity: 'high',
  meaning: 'The work of the Job was not done, and nobody tries again.',
  detection:
    'The Failed condition of the newest failed Job is True, for at most a day or, with a CronJob, until that succeeds, ' +
    'and no rule found anything on its pods: they are gone, as after activeDeadlineSeconds, or they tell nothing.',
  remedies: [
    'Find in the logs of the task why it fails or takes so long.',
    'Run it again when it may run twice, with a deadline that fits.',
  ],
  avoid: ['running it again without knowing how far it came', 'raising backoffLimit or the deadline without a cause'],
  last: true,

  check: (snapshot, found) => {
    const explained = new Set(found.map(({ subject }) => keyOf(subject)));
    const failed = snapshot.all('Job').filter((job) => isMissed(snapshot, job));
    return [...Map.groupBy(failed, (job) => keyOf(workloadOf(snapshot, job))).values()]
      .flatMap((jobs) => jobs.toSorted((a, b) => failedAt(b) - failedAt(a)).slice(0, 1))
      .filter((job) => !subjectsOf(snapshot, job).some((subject) => explained.has(keyOf(subject))))
      .map((job) => findingOf(snapshot, job));
  },
});

const failureOf = ({ status }: Job) =>
  status?.conditions?.find(({ type, status: value }) => type === 'Failed' && value === 'True');
const failedAt = (job: Job): number => timeOf(failureOf(job)?.lastTransitionTime) ?? 0;

/** Whether its work is still wanted: lately, or by a CronJob that has not succeeded since. */
function isMissed(snapshot: Snapshot, job: Job): boolean {
  if (failureOf(job) === undefined) return false;
  const { kind, namespace, name } = workloadOf(snapshot, job);
  if (kind !== 'CronJob') return snapshot.now - failedAt(job) <= failureIsNews;
  const status = snapshot.find('CronJob', namespace, name)?.status;
  return (timeOf(status?.lastSuccessfulTime) ?? 0) < failedAt(job);
}

/** What another rule may have spoken of. */
const subjectsOf = (snapshot: Snapshot, job: Job) => {
  const workload = workloadOf(snapshot, job);
  return [workload, refOf(job), ...podsOf(snapshot, workload).map((pod) => refOf(pod))];
};

function findingOf(snapshot: Snapshot, job: Job): Finding {
  const subject = workloadOf(snapshot, job);
  const { reason = 'Failed', message = reason, lastTransitionTime: at } = failureOf(job) ?? {};
  return {
    subject,
    problem: problemOf(job, reason, message),
    certainty: 'declared',
    evidence: [
      { object: refOf(job), source: 'status', text: `Failed: ${reason}: ${message}`, at },
      { object: refOf(job), source: 'status', text: `pods that failed: ${job.status?.failed ?? 0}` },
      ...streakOf(snapshot, job),
    ],
    since: at,
    fixes: fixesOf(job, reason),
    missingEvidence: podsOf(snapshot, subject).length > 0 ? [] : ['the logs of its pods: they are gone'],
    nextCheck: `kubectl describe job ${job.metadata.name} -n ${job.metadata.namespace}`,
  };
}

/** How many runs of a CronJob failed one after the other, and when one last went well. */
function streakOf(snapshot: Snapshot, job: Job): readonly Evidence[] {
  const workload = workloadOf(snapshot, job);
  if (workload.kind !== 'CronJob') return [];
  const runs = snapshot
    .all('Job', workload.namespace)
    .filter((each) => keyOf(workloadOf(snapshot, each)) === keyOf(workload) && failureOf(each) !== undefined).length;
  const success = snapshot.find('CronJob', workload.namespace, workload.name)?.status?.lastSuccessfulTime;
  const text = `${runs} failed ${runs === 1 ? 'run is' : 'runs are'} kept; ${success === undefined ? 'none ever succeeded' : `the last success was at ${success}`}`;
  return [{ object: workload, source: 'status', text, at: success }];
}

function problemOf({ spec, status }: Job, reason: string, message: string): string {
  if (reason === 'DeadlineExceeded' && spec?.activeDeadlineSeconds !== undefined)
    return `was stopped before it was done: activeDeadlineSeconds is ${spec.activeDeadlineSeconds}`;
  if (reason === 'BackoffLimitExceeded')
    return `was given up: ${status?.failed ?? 0} of its pods failed, and backoffLimit is ${spec?.backoffLimit ?? defaultBackoffLimit}`;
  return `was given up: ${message}`;
}

const defaultBackoffLimit = 6;

function fixesOf(job: Job, reason: string): readonly Fix[] {
  const name = nameOf(refOf(job));
  return [
    {
      advice: `run ${name} again and follow its log, if it may run twice`,
      reason: 'only a run that is watched tells why it does not end well',
    },
    ...(reason === 'BackoffLimitExceeded' && job.spec?.template?.spec?.restartPolicy === 'OnFailure'
      ? [
          {
            advice: 'set restartPolicy to Never in its pod template',
            reason: 'with OnFailure the controller deletes the pod when it gives up, and the log goes with it',
          },
        ]
      : []),
    ...(reason === 'DeadlineExceeded'
      ? [
          {
            advice: 'raise activeDeadlineSeconds',
            reason: 'if the work takes longer than it did before, for a good reason',
          },
        ]
      : []),
  ];
}
