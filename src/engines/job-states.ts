import type { Of } from './objects.ts';

type Job = Of<'Job'>;

/** Whether a Job has done its work. */
export const isComplete = (job: Job): boolean => is(job, 'Complete');

/** How far a Job is that is not done: `has failed`. */
export function stateOf(job: Job): string {
  if (is(job, 'Failed')) return 'has failed';
  return (job.status?.failed ?? 0) > 0 ? 'fails' : 'is not done';
}

const is = ({ status }: Job, type: string): boolean =>
  status?.conditions?.some((each) => each.type === type && each.status === 'True') === true;
