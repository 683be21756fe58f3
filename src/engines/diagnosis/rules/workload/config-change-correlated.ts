import { type ConfigWrite, configWrites } from '../../../config-writes.ts';
import { crashes } from '../../../crashes/crashes.ts';
import { minute, second, timeOf } from '../../../durations.ts';
import { keyOf, nameOf, type ObjectRef, type Pod, refOf } from '../../../objects.ts';
import { podsOf, workloadOf } from '../../../owners.ts';
import { containersOf, isReady, isTerminating } from '../../../pods.ts';
import { probeFailures } from '../../../probes/probes.ts';
import { driftOf } from '../../../replaced-templates.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** A change longer ago than this before the first failure is not what one would ask about. */
const window = 30 * minute;
/** Times in statuses have whole seconds. */
const resolution = second;

export const configChangeCorrelated = defineRule({
  id: 'config-change-correlated',
  title: 'Pods fail since their configuration was changed',
  area: 'workload',
  class: 'cause',
  severity: 'high',
  meaning:
    'Pods that started after a change of a ConfigMap or Secret fail, and pods of the same template that started before it ' +
    'work. The next restart of those breaks them too.',
  detection:
    'All failing pods of a workload were made after the last write of the data of a ConfigMap or Secret that they consume ' +
    '(managedFields), at most 30 minutes after it; a pod with the same containers started before it and is ready.',
  remedies: [
    'Revert the change of the ConfigMap or Secret at its source (Git, Helm, its owner), then restart the failing pods.',
  ],
  avoid: [
    'rolling back the Deployment: a revision does not contain the ConfigMap',
    'restarting the pods that still work: they have the old value',
  ],

  check: (snapshot) => {
    const failing = [...crashes(snapshot), ...probeFailures(snapshot)].map(({ pod }) => pod);
    const workloads = Map.groupBy(new Set(failing), (pod) => keyOf(workloadOf(snapshot, pod)));
    return [...workloads.values()].flatMap((pods) => findingOf(snapshot, pods) ?? []);
  },
});

function findingOf(snapshot: Snapshot, failing: readonly Pod[]): Finding | undefined {
  const [first] = failing;
  if (first === undefined) return undefined;
  const workload = workloadOf(snapshot, first);
  const working = podsOf(snapshot, workload).filter(
    (pod) => isReady(pod) && !isTerminating(pod) && !failing.includes(pod),
  );
  const made = failing.map((pod) => timeOf(pod.metadata.creationTimestamp) ?? 0);
  for (const write of configWrites(snapshot, first)) {
    const between = Math.min(...made) + resolution >= write.at && Math.min(...made) - write.at <= window;
    const spared = working.filter((pod) => startedBefore(pod, write.at) && isAlike(pod, first));
    // A pod that was made after the change and works clears the change.
    const clears = working.some((pod) => (timeOf(pod.metadata.creationTimestamp) ?? 0) > write.at + resolution);
    if (between && spared.length > 0 && !clears) return changedFinding(workload, write, { failing, spared });
  }
  return undefined;
}

function startedBefore(pod: Pod, at: number): boolean {
  const starts = containersOf(pod).flatMap(({ init, sidecar, status }) =>
    init && !sidecar ? [] : [timeOf(status?.state?.running?.startedAt) ?? Number.POSITIVE_INFINITY],
  );
  return starts.length > 0 && starts.every((start) => start < at);
}

const isAlike = (pod: Pod, other: Pod): boolean => driftOf(pod, { spec: other.spec }).length === 0;

function changedFinding(
  workload: ObjectRef,
  { object, time, by, references }: ConfigWrite,
  { failing, spared }: { failing: readonly Pod[]; spared: readonly Pod[] },
): Finding {
  const fields = [...new Set(references.map(({ field }) => field))].join(', ');
  return {
    subject: workload,
    problem: `fails since ${nameOf(object)} was changed: pods made after it fail, and pods of the same template from before still work (${fields})`,
    dependsOn: [object],
    certainty: 'inferred',
    evidence: [
      {
        object,
        source: 'change',
        text: `${nameOf(object)} was written${by === undefined ? '' : ` by ${by}`}`,
        at: time,
      },
      {
        object: workload,
        source: 'recomputed',
        text: `${failing.length} failing ${failing.length === 1 ? 'pod was' : 'pods were'} made after it; ${spared.length} with the same containers started before it and ${spared.length === 1 ? 'is' : 'are'} ready`,
      },
      ...spared
        .slice(0, 1)
        .map((pod) => ({ object: refOf(pod), source: 'status' as const, text: 'is ready with the value from before' })),
    ],
    since: time,
    fixes: [
      {
        advice: `revert the last change of ${nameOf(object)} in ${object.namespace} at its source, then delete the failing pods`,
        reason: 'pods with the value from before work',
      },
    ],
    missingEvidence: ['the value from before: Kubernetes keeps none'],
    nextCheck: `kubectl get ${object.kind.toLowerCase()} ${object.name} -n ${object.namespace} -o yaml --show-managed-fields`,
  };
}
