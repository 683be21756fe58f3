import { creationFailures } from '../../../admission.ts';
import { replacingOf } from '../../../cron-replacing.ts';
import { type CronSchedule, dependsOnZone, dueTimes, isEverDue, parseSchedule } from '../../../cron-schedule.ts';
import { formatDuration, hour, minute, second, timeOf } from '../../../durations.ts';
import { keyOf, type Of, refOf } from '../../../objects.ts';
import { controllerOf } from '../../../owners.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

type CronJob = Of<'CronJob'>;
type Job = Of<'Job'>;

/** The controller makes the Job within moments. */
const lateness = 2 * minute;
/** Without timeZone the controller manager's own decides, which nobody tells; zones are at most this far from UTC. */
const zoneUncertainty = 14 * hour;
/** Runs that a Job under Forbid must have kept back, so that it is no ordinary long run. */
const keptBack = 3;
const usualTimes = 3;
/** The controller writes a success within moments of the end of its Job. */
const settled = 10 * second;

const badSchedule = /^(UnparseableSchedule|UnParseableCronJobSchedule|InvalidSchedule|UnknownTimeZone)$/i;

export const cronjobUnhealthy = defineRule({
  id: 'cronjob-unhealthy',
  title: 'A CronJob does not run when it should',
  area: 'workload',
  class: 'symptom',
  severity: 'medium',
  meaning: 'Runs are left out, and nothing else tells: a Job that was never made cannot fail.',
  detection:
    'Of CronJobs that are not suspended the schedule is read as the controller reads it: no date ever fits it; the ' +
    'controller says that it or the time zone is invalid; a Job under concurrencyPolicy Forbid has run through three ' +
    'due times and three times as long as any finished one; under Replace several were due since ' +
    'the last success, one is at work and none has ended; or a run was due since status.lastScheduleTime, the creation ' +
    'and the last edit, and is more than two minutes late; or runs end without success and failedJobsHistoryLimit 0 ' +
    'leaves no Job that tells. Other runs that fail are told by the rules of Jobs and pods.',
  remedies: [
    'Correct the schedule or the time zone.',
    'Find out why the Job hangs; activeDeadlineSeconds ends the next one that does.',
    'Allow more time to start: startingDeadlineSeconds.',
  ],
  avoid: ['starting a run by hand while another one works on the same data'],

  check: (snapshot) =>
    snapshot
      .all('CronJob')
      .filter(({ spec, metadata }) => spec?.suspend !== true && metadata.deletionTimestamp === undefined)
      .flatMap((cronJob) => findingOf(snapshot, cronJob) ?? []),
});

function findingOf(snapshot: Snapshot, cronJob: CronJob): Finding | undefined {
  const text = cronJob.spec?.schedule;
  if (text === undefined) return undefined;
  const schedule = parseSchedule(text);
  const invalid = snapshot.eventsAbout(cronJob).findLast(({ reason }) => badSchedule.test(reason));
  if (invalid !== undefined && (schedule === undefined || /zone/i.test(invalid.reason))) {
    return neverRuns(cronJob, {
      why: `the controller cannot use ${/zone/i.test(invalid.reason) ? `timeZone "${cronJob.spec?.timeZone ?? ''}"` : `schedule "${text}"`}`,
      certainty: 'declared',
      evidence: { source: 'event', text: invalid.message, at: invalid.at },
    });
  }
  if (schedule === undefined) return undefined;
  if (!isEverDue(schedule)) {
    return neverRuns(cronJob, {
      why: `no date ever fits its schedule "${text}"`,
      certainty: 'recomputed',
      evidence: { source: 'spec', text: `schedule "${text}": these months do not have these days` },
    });
  }
  return (
    hanging(snapshot, cronJob, schedule) ??
    replaced(snapshot, cronJob, schedule) ??
    forgotten(snapshot, cronJob, schedule) ??
    missed(snapshot, cronJob, schedule)
  );
}

interface Never {
  readonly why: string;
  readonly certainty: 'declared' | 'recomputed';
  readonly evidence: { readonly source: 'event' | 'spec'; readonly text: string; readonly at?: string | undefined };
}

function neverRuns(cronJob: CronJob, { why, certainty, evidence }: Never): Finding {
  const subject = refOf(cronJob);
  return {
    subject,
    problem: `never runs: ${why}`,
    class: 'cause',
    certainty,
    evidence: [{ object: subject, ...evidence }],
    since: cronJob.metadata.creationTimestamp,
    fixes: [
      {
        advice: 'correct spec.schedule or spec.timeZone',
        reason: 'the fields are minute, hour, day of month, month, day of week',
      },
    ],
  };
}

/** A Job that runs and runs, while Forbid leaves out every run that is due meanwhile. */
function hanging(snapshot: Snapshot, cronJob: CronJob, schedule: CronSchedule): Finding | undefined {
  if (cronJob.spec?.concurrencyPolicy !== 'Forbid') return undefined;
  const subject = refOf(cronJob);
  const active = new Set((cronJob.status?.active ?? []).map(({ name }) => name));
  const jobs = jobsOf(snapshot, cronJob);
  const job = jobs.find(({ metadata }) => active.has(metadata.name));
  const started = timeOf(job?.status?.startTime ?? job?.metadata.creationTimestamp);
  if (job === undefined || started === undefined) return undefined;
  const due = dueTimes(schedule, { at: snapshot.now, since: started, timeZone: cronJob.spec.timeZone });
  const usual = Math.max(0, ...jobs.flatMap((each) => durationOf(each) ?? []));
  if (due.length < keptBack || snapshot.now - started < usualTimes * usual) return undefined;
  const counted = due.length >= 100 ? '100 or more' : due.length;
  return {
    subject,
    problem: `leaves out its runs: concurrencyPolicy is Forbid, and one Job has been running through ${counted} due times without an end`,
    certainty: 'recomputed',
    evidence: [
      {
        object: refOf(job),
        source: 'status',
        text: `runs for ${formatDuration(snapshot.now - started)}${usual > 0 ? `; finished ones took up to ${formatDuration(usual)}` : ''}`,
        at: job.status?.startTime,
      },
      { object: subject, source: 'spec', text: `schedule "${cronJob.spec.schedule}", concurrencyPolicy Forbid` },
    ],
    since: job.status?.startTime,
    fixes: [
      {
        advice: `kubectl delete job ${job.metadata.name} -n ${subject.namespace}`,
        reason: 'the next due run can then start; look at its log first, and whether its work may be cut off',
      },
      { advice: 'set jobTemplate.spec.activeDeadlineSeconds', reason: 'it ends a run that hangs' },
    ],
    nextCheck: `kubectl logs job/${job.metadata.name} -n ${subject.namespace}`,
  };
}

/** Runs that never end, because Replace deletes each when the next is due. */
function replaced(snapshot: Snapshot, cronJob: CronJob, schedule: CronSchedule): Finding | undefined {
  const found = replacingOf(cronJob, schedule, { jobs: jobsOf(snapshot, cronJob), now: snapshot.now });
  if (found === undefined) return undefined;
  const subject = refOf(cronJob);
  return {
    subject,
    problem: `never finishes a run: concurrencyPolicy is Replace, and each run takes longer than the schedule "${cronJob.spec?.schedule}" allows, so the next one deletes it`,
    class: 'cause',
    certainty: 'recomputed',
    evidence: [
      {
        object: subject,
        source: 'recomputed',
        text: `${found.due} runs were due in ${formatDuration(snapshot.now - found.since)}, and none came to an end`,
      },
    ],
    since: new Date(found.since).toISOString(),
    fixes: [
      {
        advice: 'set concurrencyPolicy to Forbid, or a schedule that leaves a run its time',
        reason: 'a run then comes to its end',
      },
    ],
    nextCheck: `kubectl get events -n ${subject.namespace} --field-selector involvedObject.name=${subject.name}`,
  };
}

const jobsOf = (snapshot: Snapshot, { metadata }: CronJob): readonly Job[] =>
  snapshot.all('Job', metadata.namespace).filter((job) => {
    const owner = controllerOf(job);
    return owner?.kind === 'CronJob' && owner.name === metadata.name;
  });

function durationOf({ status }: Job): number | undefined {
  const [from, to] = [timeOf(status?.startTime), timeOf(status?.completionTime)];
  return from === undefined || to === undefined ? undefined : to - from;
}

/** Runs that failed and left nothing: with a history of 0 a failed Job is deleted with its pods and logs. */
function forgotten(snapshot: Snapshot, cronJob: CronJob, schedule: CronSchedule): Finding | undefined {
  const { spec, status } = cronJob;
  const [last, success] = [timeOf(status?.lastScheduleTime), timeOf(status?.lastSuccessfulTime)];
  if (spec?.failedJobsHistoryLimit !== 0 || last === undefined) return undefined;
  // The last run may still be at work; of one before it nothing is left to come.
  const since = success ?? timeOf(cronJob.metadata.creationTimestamp) ?? last;
  const earlier = dueTimes(schedule, { at: last - 1, since, timeZone: spec.timeZone, most: 1 }).length > 0;
  if (snapshot.now - last < settled && !earlier) return undefined;
  const left = jobsOf(snapshot, cronJob).some(({ metadata }) => (timeOf(metadata.creationTimestamp) ?? last) >= last);
  if (left || (status?.active ?? []).length > 0) return undefined;
  if (success !== undefined && success >= last) return undefined;
  const subject = refOf(cronJob);
  return {
    subject,
    problem: `runs without success, and failedJobsHistoryLimit 0 deletes each failed Job with its log`,
    class: 'cause',
    certainty: 'recomputed',
    evidence: [
      {
        object: subject,
        source: 'status',
        text: `last run at ${status?.lastScheduleTime}, last success ${status?.lastSuccessfulTime ?? 'never'}, and its Job is gone`,
        at: status?.lastScheduleTime,
      },
    ],
    since: status?.lastSuccessfulTime ?? cronJob.metadata.creationTimestamp,
    fixes: [
      {
        advice: 'set spec.failedJobsHistoryLimit to 1 and read the log of the next run',
        reason: 'only a Job that stays tells why it failed',
      },
    ],
    nextCheck: `kubectl create job --from=cronjob/${subject.name} ${subject.name}-check -n ${subject.namespace}, if it may run twice`,
  };
}

/** A run that was due and was not made. */
function missed(snapshot: Snapshot, cronJob: CronJob, schedule: CronSchedule): Finding | undefined {
  const { spec, status, metadata } = cronJob;
  const subject = refOf(cronJob);
  const last = timeOf(status?.lastScheduleTime);
  if ((status?.active ?? []).length > 0 && spec?.concurrencyPolicy !== 'Allow') return undefined;
  if (creationFailures(snapshot).some(({ owner }) => keyOf(owner) === keyOf(subject))) return undefined;
  const edits = (metadata.managedFields ?? []).filter(({ subresource }) => subresource === undefined);
  const since = Math.max(
    last ?? 0,
    ...[metadata.creationTimestamp, ...edits.map(({ time }) => time)].map((time) => timeOf(time) ?? 0),
  );
  const unsure = spec?.timeZone === undefined && dependsOnZone(schedule);
  // A last run at a moment that is not due in UTC tells that the controller lives in another zone.
  if (unsure && last !== undefined && dueTimes(schedule, { at: last, since: last - 1, most: 1 }).length === 0)
    return undefined;
  const allowed = unsure && last === undefined ? zoneUncertainty : lateness;
  const due = dueTimes(schedule, { at: snapshot.now - allowed, since, timeZone: spec?.timeZone });
  const latest = due[0];
  if (since === 0 || latest === undefined) return undefined;
  const deadline = spec?.startingDeadlineSeconds;
  const why =
    deadline === undefined ? '' : `; startingDeadlineSeconds is ${deadline}, and a run that is later is left out`;
  return {
    subject,
    problem: `does not run although it is due${why}`,
    certainty: 'recomputed',
    evidence: [
      {
        object: subject,
        source: 'recomputed',
        text: `schedule "${spec?.schedule}" was due at ${new Date(latest).toISOString()} and ${due.length - 1} times before, since ${status?.lastScheduleTime === undefined ? 'its creation or last edit' : `its last run at ${status.lastScheduleTime}`}`,
      },
      ...snapshot
        .eventsAbout(cronJob)
        .filter(({ reason }) => /^(MissSchedule|TooManyMissedTimes)$/.test(reason))
        .slice(-1)
        .map(({ message, at }) => ({ object: subject, source: 'event' as const, text: message, at })),
    ],
    since: new Date(due.at(-1) ?? latest).toISOString(),
    fixes:
      deadline === undefined
        ? []
        : [
            {
              advice: `raise startingDeadlineSeconds above ${deadline}`,
              reason: 'so that a controller that was busy or away can catch up',
            },
          ],
    missingEvidence: ['whether kube-controller-manager works'],
    nextCheck: `kubectl get lease kube-controller-manager -n kube-system; kubectl describe cronjob ${subject.name} -n ${subject.namespace}`,
  };
}
