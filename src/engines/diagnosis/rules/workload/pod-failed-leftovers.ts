import { day, timeOf } from '../../../durations.ts';
import { keyOf, refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { endedAt } from '../../../pod-ends.ts';
import { failedPods } from '../../../pod-groups.ts';
import { evictFix } from '../../heal-fixes.ts';
import { defineRule, type Finding } from '../../rule.ts';

const old = day;
/** Fewer are nothing that anybody need care for. */
const many = 10;
/** These keep ended pods on purpose, within their own limits. */
const keepers = new Set(['Job', 'CronJob']);

export const podFailedLeftovers = defineRule({
  id: 'pod-failed-leftovers',
  title: 'Ended pods are left over',
  area: 'workload',
  class: 'risk',
  severity: 'low',
  meaning:
    'Pods that ended long ago and were replaced are still listed: Kubernetes deletes them only when there are 12,500 of them. ' +
    'They hold no resources, but hide what matters.',
  detection:
    'At least 10 pods of one workload are Failed for more than a day, and the workload has replaced them. Pods of Jobs ' +
    'are kept on purpose and are not counted.',
  remedies: ['Read why they ended, then delete them.'],
  avoid: ['deleting them before their reason and message were read', 'deleting bare pods: nothing makes them anew'],

  check: (snapshot) => {
    const ended = failedPods(snapshot)
      .filter((pod) => snapshot.now - (timeOf(endedAt(pod)) ?? snapshot.now) > old)
      .map((pod) => ({ pod, workload: workloadOf(snapshot, pod) }))
      .filter(({ workload }) => workload.kind !== 'Pod' && !keepers.has(workload.kind));
    const groups = Map.groupBy(ended, ({ workload }) => keyOf(workload));
    return [...groups.values()].filter(({ length }) => length >= many).flatMap(findingOf);
  },
});

/** In which order they are to go, whatever the order in which they were read. */
const byAge = (a: Group[number], b: Group[number]): number =>
  (timeOf(endedAt(a.pod)) ?? 0) - (timeOf(endedAt(b.pod)) ?? 0) ||
  a.pod.metadata.name.localeCompare(b.pod.metadata.name);

type Group = readonly {
  readonly pod: Parameters<typeof endedAt>[0];
  readonly workload: ReturnType<typeof workloadOf>;
}[];

function findingOf(group: Group): readonly Finding[] {
  const [first] = group.toSorted(byAge);
  if (first === undefined) return [];
  const { workload } = first;
  const reasons = Map.groupBy(group, ({ pod }) => pod.status?.reason ?? 'Error');
  const counted = [...reasons]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([reason, pods]) => `${pods.length} ${reason}`)
    .join(', ');
  return [
    {
      subject: workload,
      problem: `has left ${group.length} failed pods behind for more than a day (${counted})`,
      certainty: 'declared',
      evidence: [
        {
          object: refOf(first.pod),
          source: 'status',
          text: `${first.pod.status?.reason ?? 'Failed'}: ${first.pod.status?.message ?? 'no message'}`,
          at: endedAt(first.pod),
        },
      ],
      fixes: [
        {
          advice: `kubectl delete pods -n ${workload.namespace} --field-selector=status.phase=Failed, after reading why they failed`,
          reason: 'the workload has replaced them',
        },
        evictFix(refOf(first.pod), 'one by one: the oldest first'),
      ],
    },
  ];
}
