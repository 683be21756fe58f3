import { formatDuration, minute, second, timeOf } from '../../../durations.ts';
import { writerOf } from '../../../field-writers.ts';
import { type KubernetesObject, type ObjectRef, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** Controllers look at a change within seconds. */
const hold = 2 * minute;
/** Lease durations of the control plane are 15 s; clocks may differ. */
const leaseSlack = 45 * second;

const leader: ObjectRef = { kind: 'Lease', namespace: 'kube-system', name: 'kube-controller-manager' };
const kinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'] as const;

export const controlPlaneDegraded = defineRule({
  id: 'control-plane-degraded',
  title: 'The controllers of the cluster do not work',
  area: 'cluster',
  class: 'cause',
  severity: 'critical',
  meaning: 'Changes are stored and nothing is made of them: no pods, no rollouts, no endpoints.',
  detection:
    'status.observedGeneration of a workload is behind metadata.generation, and its last edit (managedFields) or, before any ' +
    'status, its creation is more than two minutes old. The Lease of kube-controller-manager tells whether it is alive, ' +
    'where it uses one. An edit of spec.replicas alone leaves no time when it came as a patch of the scale subresource: where ' +
    'nobody is recorded as its writer, only a Lease that is not renewed counts. Health checks, metrics and etcd are not read: what they would tell is missing.',
  remedies: [
    'Look at kube-controller-manager: its pod or unit on the control plane, or the status page of the provider.',
  ],
  avoid: ['changing or deleting workloads meanwhile: everything that piles up happens at once afterwards'],

  check: (snapshot) => kinds.flatMap((kind) => snapshot.all(kind)).flatMap((workload) => findingOf(snapshot, workload)),
});

type Workload = KubernetesObject & {
  readonly status?: { readonly observedGeneration?: number | undefined } | undefined;
};

function findingOf(snapshot: Snapshot, workload: Workload): readonly Finding[] {
  const { metadata, status } = workload;
  const { generation } = metadata;
  const observed = status?.observedGeneration ?? 0;
  const edited = lastEdit(workload);
  if (generation === undefined || observed >= generation || edited === undefined) return [];
  if (snapshot.now - edited < hold || metadata.deletionTimestamp !== undefined) return [];
  const lease = snapshot.find('Lease', leader.namespace, leader.name)?.spec;
  const renewed = timeOf(lease?.renewTime);
  const stale =
    renewed !== undefined && snapshot.now - renewed > (lease?.leaseDurationSeconds ?? 15) * second + leaseSlack;
  if (!stale && !tellsItsLastEdit(workload)) return [];
  const subject = refOf(workload);
  const silence = renewed === undefined ? undefined : formatDuration(snapshot.now - renewed);
  return [
    {
      subject,
      problem: `was changed, and no controller has looked at it${stale ? `: kube-controller-manager does not renew its Lease` : ''}`,
      culprit: leader,
      certainty: stale ? 'declared' : 'recomputed',
      evidence: [
        {
          object: subject,
          source: 'status',
          text: `generation ${generation}, observedGeneration ${observed}, ${formatDuration(snapshot.now - edited)} after the last edit`,
          at: new Date(edited).toISOString(),
        },
        ...(silence === undefined
          ? []
          : [
              {
                object: leader,
                source: 'status' as const,
                text: `last renewed ${silence} ago by ${lease?.holderIdentity ?? 'nobody'}`,
                at: lease?.renewTime,
              },
            ]),
      ],
      since: new Date(edited).toISOString(),
      fixes: [
        {
          advice:
            'bring kube-controller-manager back: kubectl get pods -n kube-system -l component=kube-controller-manager',
          reason: 'it works off by itself what was left',
        },
      ],
      missingEvidence: ['the health checks of the API server: kubectl get --raw "/readyz?verbose"'],
      nextCheck: 'kubectl get lease -n kube-system kube-controller-manager kube-scheduler',
    },
  ];
}

/** Edits of anything but the status; before the first status it is the creation. */
function lastEdit({ metadata: { managedFields, creationTimestamp, generation } }: Workload): number | undefined {
  const times = (managedFields ?? [])
    .filter(({ subresource }) => subresource !== 'status')
    .flatMap(({ time }) => timeOf(time) ?? []);
  if (times.length > 0) return Math.max(...times);
  return generation === 1 ? timeOf(creationTimestamp) : undefined;
}

/** A patch of the scale subresource (`kubectl scale`) takes `spec.replicas` from its writer and records nobody instead. */
const tellsItsLastEdit = (workload: Workload): boolean =>
  workload.kind === 'DaemonSet' || workload.metadata.generation === 1 || writerOf(workload, 'replicas') !== undefined;
