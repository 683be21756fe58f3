import { isAskedAbout } from '../../../asked-about.ts';
import { formatDuration, timeOf } from '../../../durations.ts';
import { type Of, refOf } from '../../../objects.ts';
import { controllerOf } from '../../../owners.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** Labels of queues that suspend Jobs until it is their turn. */
const queues = ['kueue.x-k8s.io/queue-name', 'volcano.sh/queue-name'];

export const jobSuspended = defineRule({
  id: 'job-suspended',
  title: 'A Job is suspended',
  area: 'workload',
  class: 'risk',
  severity: 'info',
  meaning: 'The Job has no pods and does not work until somebody resumes it. That may be meant.',
  detection:
    'spec.suspend of an unfinished Job is true or its spec.parallelism is 0, and no queue manages it: neither a queue label, nor another controller in ' +
    'managedBy or as owner. It is a cause for whoever asks about that Job. ' +
    'Suspended CronJobs are left out: they are a usual way to pause one.',
  remedies: ['Resume it with spec.suspend: false, when nobody holds it on purpose.'],
  avoid: ['resuming a Job that a queue admits: it would run past its quota'],

  check: (snapshot) => snapshot.all('Job').flatMap((job) => findingOf(snapshot, job)),
});

function findingOf(snapshot: Snapshot, job: Of<'Job'>): readonly Finding[] {
  const { spec, status, metadata } = job;
  const over = status?.conditions?.some(({ type, status: value }) => value === 'True' && type !== 'Suspended');
  const managed = queues.some((label) => metadata.labels?.[label] !== undefined) || spec?.managedBy !== undefined;
  const idle = spec?.suspend !== true && spec?.parallelism === 0;
  if ((spec?.suspend !== true && !idle) || over === true || managed || controllerOf(job) !== undefined) return [];
  const since = status?.conditions?.find(({ type }) => type === 'Suspended')?.lastTransitionTime;
  const age = timeOf(since);
  const subject = refOf(job);
  const isAsked = isAskedAbout(snapshot, subject);
  const writer = metadata.managedFields?.findLast(({ subresource }) => subresource === undefined)?.manager;
  return [
    {
      subject,
      ...(isAsked && { class: 'cause' as const, severity: 'medium' as const }),
      problem: idle ? 'does not run: spec.parallelism is 0, so no pod is made' : 'does not run: spec.suspend is true',
      certainty: 'declared',
      evidence: [
        {
          object: subject,
          source: 'spec',
          text: `${idle ? 'spec.parallelism is 0' : 'spec.suspend is true'}${age === undefined ? '' : ` for ${formatDuration(snapshot.now - age)}`}${writer === undefined ? '' : `; last written by ${writer}`}`,
          at: since,
        },
      ],
      since,
      fixes: [
        {
          advice: `kubectl patch job/${subject.name} -n ${subject.namespace} -p '${idle ? '{"spec":{"parallelism":1}}' : '{"spec":{"suspend":false}}'}'`,
          reason: `it then starts at once; ask first who ${idle ? 'set it' : 'suspended it'}`,
        },
      ],
    },
  ];
}
