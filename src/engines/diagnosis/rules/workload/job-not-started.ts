import { isAskedAbout } from '../../../asked-about.ts';
import { ageOf, minute } from '../../../durations.ts';
import { type Of, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** Another controller may be busy; whoever asks about the Job wants to know sooner. */
const hold = 10 * minute;
const holdWhenAsked = minute / 4;
const builtIn = 'kubernetes.io/job-controller';

export const jobNotStarted = defineRule({
  id: 'job-not-started',
  title: 'A Job makes no pods, and says nothing',
  area: 'workload',
  class: 'cause',
  severity: 'medium',
  meaning: 'Its own spec keeps the Job from starting: no pod may run, or a controller is to do it that does not.',
  detection:
    'The Job is not suspended, has no condition and never had a pod. Either spec.parallelism is 0; or spec.managedBy ' +
    'names another controller than the built-in one, which then leaves the Job alone, and nobody has written its ' +
    'status. Told at once when the question is about the Job, else after ten minutes, parallelism 0 only as a risk: it is a way to pause.',
  remedies: ['Set spec.parallelism.', 'Install the controller that managedBy names, or make the Job anew without it.'],
  avoid: ['looking for faults of nodes or images: no pod was ever made'],

  check: (snapshot) => snapshot.all('Job').flatMap((job) => findingOf(snapshot, job)),
});

function findingOf(snapshot: Snapshot, job: Of<'Job'>): readonly Finding[] {
  const { spec, status, metadata } = job;
  const subject = refOf(job);
  const asked = isAskedAbout(snapshot, subject);
  const age = ageOf(job, snapshot.now);
  const touched = [status?.active, status?.succeeded, status?.failed].some((count) => (count ?? 0) > 0);
  const over = (status?.conditions ?? []).length > 0;
  if (spec === undefined || spec.suspend === true || metadata.deletionTimestamp !== undefined) return [];
  if (touched || over || age <= (asked ? holdWhenAsked : hold)) return [];
  const { managedBy } = spec;
  const base = { subject, since: metadata.creationTimestamp, certainty: 'declared' } as const;
  if (managedBy !== undefined && managedBy !== builtIn) {
    if (status?.startTime !== undefined) return [];
    return [
      {
        ...base,
        problem: `does not start: spec.managedBy leaves it to ${managedBy}, which has not touched it`,
        evidence: [
          { object: subject, source: 'spec', text: `spec.managedBy is ${managedBy}` },
          { object: subject, source: 'status', text: 'status is empty: no controller has started the Job' },
        ],
        fixes: [
          { advice: `install or mend the controller ${managedBy}`, reason: 'the built-in one leaves the Job alone' },
          { advice: 'make the Job anew without managedBy', reason: 'the field cannot be changed' },
        ],
      },
    ];
  }
  if (spec.parallelism !== 0) return [];
  return [
    {
      ...base,
      problem: 'does not start: spec.parallelism is 0, so it may run no pod',
      ...(!asked && { class: 'risk' as const, severity: 'info' as const }),
      evidence: [
        { object: subject, source: 'spec', text: `parallelism 0, completions ${spec.completions ?? 'not set'}` },
      ],
      fixes: [
        {
          advice: `kubectl patch job/${subject.name} -n ${subject.namespace} -p '{"spec":{"parallelism":1}}'`,
          reason: 'it then starts at once; ask first who paused it',
        },
      ],
    },
  ];
}
