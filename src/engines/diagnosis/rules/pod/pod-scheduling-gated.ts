import { second, timeOf } from '../../../durations.ts';
import { type Pod, refOf } from '../../../objects.ts';
import { isTerminating, podCondition } from '../../../pods.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** Controllers lift their gates within moments. */
const hold = 15 * second;

export const podSchedulingGated = defineRule({
  id: 'pod-scheduling-gated',
  title: 'A pod waits for its scheduling gate',
  area: 'pod',
  class: 'cause',
  severity: 'low',
  meaning:
    'Somebody holds the pod back on purpose, usually a controller of queues or quotas, and has not released it yet.',
  detection:
    'PodScheduled is False with reason SchedulingGated for more than 15 s; spec.schedulingGates names the gates.',
  remedies: ['Look at the controller that owns the gate: its queue, its quota, whether it runs.'],
  avoid: ["removing another controller's gate by hand: the pod then runs past its queue or quota"],

  check: (snapshot) =>
    snapshot
      .all('Pod')
      .filter((pod) => !isTerminating(pod))
      .flatMap((pod) => findingOf(snapshot, pod)),
});

function findingOf(snapshot: Snapshot, pod: Pod): readonly Finding[] {
  const { reason, message = '', lastTransitionTime } = podCondition(pod, 'PodScheduled') ?? {};
  const gates = (pod.spec?.schedulingGates ?? []).flatMap(({ name }) => name ?? []);
  const since = lastTransitionTime ?? pod.metadata.creationTimestamp;
  if (reason !== 'SchedulingGated' || gates.length === 0) return [];
  if (snapshot.now - (timeOf(since) ?? snapshot.now) < hold) return [];
  const subject = refOf(pod);
  const named = gates.toSorted().join(', ');
  return [
    {
      subject,
      problem: `is not scheduled: spec.schedulingGates holds it back (${named})`,
      certainty: 'declared',
      evidence: [
        { object: subject, source: 'status', text: `SchedulingGated: ${message}`, at: since },
        { object: subject, source: 'spec', text: `spec.schedulingGates: ${named}` },
      ],
      since,
      fixes: [
        {
          advice: `find the controller that owns the gate ${gates[0]}, and see why it has not lifted it`,
          reason: 'it removes the gate when the pod may run; without that controller nobody does',
        },
      ],
    },
  ];
}
