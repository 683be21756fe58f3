import { type CronSchedule, dueTimes } from './cron-schedule.ts';
import { timeOf } from './durations.ts';
import type { Of } from './objects.ts';

/** Runs that must have been cut off before one speaks of it. */
const cutOff = 3;

const isFailed = ({ status }: Of<'Job'>): boolean =>
  (status?.conditions ?? []).some(({ type, status: value }) => type === 'Failed' && value === 'True');

/** Due times in which no run of a CronJob came to its end, because each was replaced by the next. */
export interface Replacing {
  readonly due: number;
  /** Milliseconds. */
  readonly since: number;
}

/**
 * Whether concurrencyPolicy Replace cuts off every run: one is at work, several were due since the last success (else
 * the creation or the last edit), and no Job that failed is left, of which the controller keeps one by default.
 */
export function replacingOf(
  cronJob: Of<'CronJob'>,
  schedule: CronSchedule,
  { jobs, now }: { readonly jobs: readonly Of<'Job'>[]; readonly now: number },
): Replacing | undefined {
  const { spec, status, metadata } = cronJob;
  if (spec?.concurrencyPolicy !== 'Replace' || (status?.active ?? []).length === 0) return undefined;
  if (spec.failedJobsHistoryLimit === 0 || jobs.some(isFailed)) return undefined;
  const edits = (metadata.managedFields ?? []).filter(({ subresource }) => subresource === undefined);
  const times = [status?.lastSuccessfulTime, metadata.creationTimestamp, ...edits.map(({ time }) => time)];
  const since = Math.max(...times.map((time) => timeOf(time) ?? 0));
  if (since <= 0) return undefined;
  const due = dueTimes(schedule, { at: now, since, timeZone: spec.timeZone }).length;
  return due < cutOff ? undefined : { due, since };
}
