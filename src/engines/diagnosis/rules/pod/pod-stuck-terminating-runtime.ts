import { formatDuration, timeOf } from '../../../durations.ts';
import { nodeCondition } from '../../../node-health.ts';
import { type Pod, refOf } from '../../../objects.ts';
import { hasStopped, isStuckTerminating } from '../../../pod-ends.ts';
import { leavingPods } from '../../../pod-groups.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

const telling = /^(?:FailedKillPod|ExceededGracePeriod|FailedUnMount|FailedUnmapDevice|FailedPreStopHook)$/i;

export const podStuckTerminatingRuntime = defineRule({
  id: 'pod-stuck-terminating-runtime',
  title: 'A pod cannot be stopped on a node that works',
  area: 'pod',
  class: 'cause',
  severity: 'medium',
  meaning:
    'The node reports, but cannot stop the pod: the container runtime hangs, a process does not die (it waits for ' +
    'a disk), or a volume cannot be unmounted.',
  detection:
    'The pod is terminating for more than a minute beyond its grace period on a Ready node, and no finalizer is what ' +
    'it waits for. Events FailedKillPod, ExceededGracePeriod and FailedUnMount tell what hangs.',
  remedies: [
    'Read the journal of the kubelet and the container runtime on that node, and restart the runtime.',
    'Cordon the node, when several pods hang there, and repair it.',
  ],
  avoid: ['deleting with grace period 0 while a ReadWriteOnce volume is attached: the process may still write'],

  check: (snapshot) =>
    leavingPods(snapshot)
      .filter((pod) => isStuckTerminating(pod, snapshot.now))
      .flatMap((pod) => findingOf(snapshot, pod)),
});

function findingOf(snapshot: Snapshot, pod: Pod): readonly Finding[] {
  const node = snapshot.find('Node', undefined, pod.spec?.nodeName ?? '');
  if (node === undefined || nodeCondition(node, 'Ready')?.status !== 'True') return [];
  if ((pod.metadata.finalizers ?? []).length > 0 && hasStopped(pod)) return [];
  const subject = refOf(pod);
  const event = snapshot.eventsAbout(pod).findLast(({ reason }) => telling.test(reason));
  const deleted = pod.metadata.deletionTimestamp;
  const name = node.metadata.name;
  const what = hasStopped(pod)
    ? 'its containers have ended, and its volumes or network are not cleaned up'
    : 'its containers do not end';
  return [
    {
      subject,
      problem: `is deleted and cannot end on Node/${name}: ${what}${event === undefined ? '' : ` (${event.reason})`}`,
      certainty: event === undefined ? 'recomputed' : 'message',
      evidence: [
        {
          object: subject,
          source: 'status',
          text: `should have ended ${formatDuration(snapshot.now - (timeOf(deleted) ?? snapshot.now))} ago (terminationGracePeriodSeconds ${pod.metadata.deletionGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30})`,
          at: deleted,
        },
        ...(event === undefined
          ? []
          : [{ object: subject, source: 'event' as const, text: `${event.reason}: ${event.message}`, at: event.at }]),
      ],
      since: deleted,
      fixes: [
        {
          advice: `read the journal of kubelet and containerd on ${name} for this pod, and restart the runtime if it hangs`,
          reason: 'the node is Ready, so only this pod or its disk hangs',
        },
        { advice: `kubectl cordon ${name}, if more pods hang there`, reason: 'new pods then go elsewhere' },
      ],
      missingEvidence: event === undefined ? ['events of the kubelet about this pod'] : undefined,
    },
  ];
}
