import { minute, timeOf } from '../../../durations.ts';
import { type Pod, refOf } from '../../../objects.ts';
import { isFinished, isTerminating, podCondition } from '../../../pods.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

/** The runtime could not take away what is in use (kubelet `kuberuntime_manager.go`, 1.36). */
const shrinks = /cannot decrease memory limit/i;
const shrinkFix: Fix = {
  advice: 'ask for a memory limit above what the container uses now, or restart it to begin anew with less',
  reason: 'memory that is in use cannot be taken away from a container that runs',
};
/** Room may come free; the kubelet tries again by itself. */
const deferredHold = 2 * minute;

export const podResizePending = defineRule({
  id: 'pod-resize-pending',
  title: 'A pod is not resized in place',
  area: 'pod',
  class: 'cause',
  severity: 'medium',
  meaning: 'Other resources were asked for in the running pod than its node can give. It runs on with what it had.',
  detection:
    'Condition PodResizePending is True: Infeasible (never on this node), or Deferred (not now) for more than two ' +
    'minutes; or PodResizeInProgress with reason Error. The kubelet says what is short. Since 1.36 the API server refuses ' +
    'what no node of that size could give, and then nothing is pending.',
  remedies: [
    'Ask for less, or free room on the node.',
    'Move the pod to a larger node: evict it, when its budget allows.',
  ],
  avoid: ['deleting all replicas to force it'],

  check: (snapshot) =>
    snapshot
      .all('Pod')
      .filter((pod) => !isFinished(pod) && !isTerminating(pod))
      .flatMap((pod) => findingOf(snapshot, pod)),
});

function findingOf(snapshot: Snapshot, pod: Pod): readonly Finding[] {
  const pending = podCondition(pod, 'PodResizePending');
  const progress = podCondition(pod, 'PodResizeInProgress');
  const failed = progress?.status === 'True' && progress.reason === 'Error';
  const condition = pending?.status === 'True' ? pending : failed ? progress : undefined;
  if (condition === undefined) return [];
  const age = snapshot.now - (timeOf(condition.lastTransitionTime) ?? snapshot.now);
  if (condition.reason === 'Deferred' && age < deferredHold) return [];
  const subject = refOf(pod);
  const node = pod.spec?.nodeName ?? 'its node';
  const short = /enough resource: ([\w./-]+)/i.exec(condition.message ?? '')?.[1];
  const words =
    condition.reason === 'Infeasible'
      ? 'can never give it'
      : condition.reason === 'Deferred'
        ? 'cannot give it now'
        : 'failed to give it';
  const changes = changesOf(pod);
  return [
    {
      subject,
      problem: `is not resized (${changes.map(({ text }) => text).join(', ') || 'resources'}): ${node} ${words}${short === undefined ? '' : `, it has too little ${short}`}`,
      certainty: 'declared',
      evidence: [
        {
          object: subject,
          source: 'status',
          text: `${condition.type}: ${condition.reason ?? ''}: ${condition.message ?? ''}`,
          at: condition.lastTransitionTime,
        },
      ],
      since: condition.lastTransitionTime,
      fixes: shrinks.test(condition.message ?? '')
        ? [shrinkFix]
        : [
            {
              advice: `ask for less than ${node} has left: kubectl describe node ${node}`,
              reason: 'the kubelet then resizes by itself',
            },
            {
              advice: `evict the pod, if another node has the room`,
              reason: 'its replacement starts with what its workload asks for, not with what was asked of this pod',
            },
          ],
    },
  ];
}

/** What was asked for and is not there yet: `app cpu 1m → 1990m`. */
function changesOf(pod: Pod): readonly { readonly text: string }[] {
  return (pod.spec?.containers ?? []).flatMap(({ name, resources }) => {
    const status = pod.status?.containerStatuses?.find((each) => each.name === name);
    return Object.entries(resources?.requests ?? {}).flatMap(([resource, wanted]) => {
      const has = status?.resources?.requests?.[resource] ?? status?.allocatedResources?.[resource];
      return has === undefined || has === wanted ? [] : [{ text: `${name} ${resource} request ${has} → ${wanted}` }];
    });
  });
}
