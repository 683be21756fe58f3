import { formatDuration, minute, second, timeOf } from '../../../durations.ts';
import { nodeCondition } from '../../../node-health.ts';
import { nameOf, type ObjectRef, type Pod, refOf } from '../../../objects.ts';
import { podsOf, workloadOf } from '../../../owners.ts';
import { hasStopped } from '../../../pod-ends.ts';
import { leavingPods } from '../../../pod-groups.ts';
import { isTerminating } from '../../../pods.ts';
import { ordinalOf } from '../../../replaced-templates.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** Draining takes its time; nobody is paged for less. */
const hold = 3 * minute;

export const podStopHanging = defineRule({
  id: 'pod-stop-hanging',
  title: 'A deleted pod uses up a long grace period, and its successor waits for it',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'The pod was told to stop and goes on running: its preStop hook waits for something, or its process does not end ' +
    'on SIGTERM. Its workload makes no other pod in its place before it has gone, which may take hours or days.',
  detection:
    'The pod was deleted more than three minutes ago (deletionTimestamp less the grace period), the grace period is not ' +
    'over, its containers run on a node that is not known to be down, and its workload replaces a pod only when it has ' +
    'gone: a StatefulSet that still wants this ordinal, or a Deployment with strategy Recreate whose only pods are leaving.',
  remedies: [
    'See what the preStop hook or the process waits for, and give it that.',
    'Delete the pod again with a shorter grace period; the API server takes the shorter one.',
    'Put a time limit into the hook, and set terminationGracePeriodSeconds to what a stop really takes.',
  ],
  avoid: ['deleting with --force: the process may still run and write to the same volume beside its successor'],

  check: (snapshot) => leavingPods(snapshot).flatMap((pod) => findingOf(snapshot, pod)),
});

function findingOf(snapshot: Snapshot, pod: Pod): readonly Finding[] {
  const { deletionTimestamp, deletionGracePeriodSeconds: grace } = pod.metadata;
  const due = timeOf(deletionTimestamp);
  if (due === undefined || grace === undefined || due <= snapshot.now || hasStopped(pod)) return [];
  const deleted = due - grace * second;
  const owner = workloadOf(snapshot, pod);
  if (snapshot.now - deleted < hold || isNodeDown(snapshot, pod) || !isWaitedFor(snapshot, pod, owner)) return [];
  const subject = refOf(pod);
  const { namespace, name } = subject;
  const hooks = (pod.spec?.containers ?? []).filter(({ lifecycle }) => lifecycle?.preStop !== undefined);
  const [hook] = hooks;
  const since = new Date(deleted).toISOString();
  return [
    {
      subject,
      problem: `waits for its own deleted pod, which does not end: ${
        hook === undefined
          ? 'its process goes on after SIGTERM'
          : `the preStop hook of container ${hook.name} is not done, or the process goes on after it`
      }, and the grace period leaves it ${formatDuration(grace * second)}`,
      certainty: 'recomputed',
      evidence: [
        {
          object: subject,
          source: 'status',
          text: `deleted ${formatDuration(snapshot.now - deleted)} ago, and its containers still run (deletionGracePeriodSeconds ${grace})`,
          at: since,
        },
        ...hooks.slice(0, 2).map(({ name: container, lifecycle }) => ({
          object: subject,
          source: 'spec' as const,
          text: `containers[${container}].lifecycle.preStop is ${JSON.stringify(lifecycle?.preStop).slice(0, 200)}`,
        })),
      ],
      since,
      fixes: [
        {
          advice:
            hook === undefined
              ? `kubectl logs ${name} -n ${namespace}, for what it still does, and let it end on SIGTERM`
              : `see what the preStop hook of container ${hook.name} waits for (kubectl exec ${name} -n ${namespace} -c ${hook.name} -- ps), and give it that or a time limit`,
          reason: `${nameOf(owner)} makes the next pod as soon as this one has gone`,
        },
        {
          advice: `kubectl delete pod ${name} -n ${namespace} --grace-period=60, if it may be cut off`,
          reason: 'the API server takes a shorter grace period than the first one',
        },
      ],
      nextCheck: `kubectl logs ${name} -n ${namespace} --all-containers --tail=50`,
    },
  ];
}

/** What its node does not tell is another rule's. */
function isNodeDown(snapshot: Snapshot, pod: Pod): boolean {
  const node = snapshot.find('Node', undefined, pod.spec?.nodeName ?? '');
  return node !== undefined && nodeCondition(node, 'Ready')?.status !== 'True';
}

/** Whether the workload makes no successor before this pod has gone. */
function isWaitedFor(snapshot: Snapshot, pod: Pod, owner: ObjectRef): boolean {
  if (owner.kind === 'StatefulSet') {
    const spec = snapshot.find('StatefulSet', owner.namespace, owner.name)?.spec;
    const first = spec?.ordinals?.start ?? 0;
    const ordinal = ordinalOf(pod);
    return spec !== undefined && ordinal !== undefined && ordinal < first + (spec.replicas ?? 1);
  }
  if (owner.kind !== 'Deployment') return false;
  const spec = snapshot.find('Deployment', owner.namespace, owner.name)?.spec;
  const recreates = spec?.strategy?.type === 'Recreate' && (spec.replicas ?? 1) > 0;
  return recreates && podsOf(snapshot, owner).every(isTerminating);
}
