import { nearest } from '../../../../platform/nearest.ts';
import { formatDuration, minute, timeOf } from '../../../durations.ts';
import { type Pod, refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { templateName } from '../../../pod-spec-path.ts';
import { isBroken, podCondition } from '../../../pods.ts';
import { waitsForClaims } from '../../../scheduling/resource-claims.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { rollback } from '../../rollback.ts';
import { defineRule, type Finding } from '../../rule.ts';

const defaultScheduler = 'default-scheduler';
const hold = minute;
/** The holder of the lease renews it every 2 s and loses it after 15 s. */
const staleAfter = minute;

export const podNotObservedByScheduler = defineRule({
  id: 'pod-not-observed-by-scheduler',
  title: 'No scheduler has looked at a pod',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'The pod waits for a scheduler that does not exist or does not run. It is not even said why it has no node.',
  detection:
    'The pod is Pending without a node for more than a minute, without a PodScheduled condition and without an event of a scheduler. ' +
    'One with resource claims waits for those first. ' +
    'spec.schedulerName tells for whom it waits; for the default scheduler, its lease in kube-system tells whether it lives.',
  remedies: [
    'Correct or remove schedulerName, or start the scheduler of that name.',
    'Mend the control plane, when the default scheduler is down.',
  ],
  avoid: ['setting nodeName by hand: nobody then checks whether the pod fits there'],

  check: (snapshot) =>
    snapshot
      .all('Pod')
      .filter((pod) => isUnseen(snapshot, pod))
      .map((pod) => findingOf(snapshot, pod)),
});

function isUnseen(snapshot: Snapshot, pod: Pod): boolean {
  const created = timeOf(pod.metadata.creationTimestamp);
  return (
    isBroken(pod) &&
    pod.status?.phase === 'Pending' &&
    !pod.spec?.nodeName &&
    !(waitsForClaims(pod) && (pod.spec?.schedulerName ?? defaultScheduler) === defaultScheduler) &&
    (pod.spec?.containers ?? []).length > 0 &&
    podCondition(pod, 'PodScheduled') === undefined &&
    created !== undefined &&
    snapshot.now - created > hold &&
    !snapshot.eventsAbout(pod).some(({ reason }) => reason === 'FailedScheduling')
  );
}

function findingOf(snapshot: Snapshot, pod: Pod): Finding {
  const subject = refOf(pod);
  const name = pod.spec?.schedulerName || defaultScheduler;
  const workload = workloadOf(snapshot, pod);
  const base = { subject, since: pod.metadata.creationTimestamp };
  const unseen = {
    object: subject,
    source: 'status' as const,
    text: 'Pending, without a PodScheduled condition and without an event of a scheduler',
  };
  if (name === defaultScheduler) return { ...base, ...schedulerDown(snapshot, unseen) };
  const [meant] = nearest(name, [defaultScheduler], 1);
  return {
    ...base,
    problem: `is not scheduled: no scheduler named ${name} has looked at it (spec.schedulerName)${meant === undefined ? '' : `; ${meant} exists`}`,
    certainty: 'recomputed',
    evidence: [unseen, { object: subject, source: 'spec', text: `spec.schedulerName is ${name}` }],
    fixes: [
      ...rollback(snapshot, workload, ({ spec }) =>
        spec?.schedulerName === name ? undefined : `used ${spec?.schedulerName ?? 'the default scheduler'}`,
      ),
      {
        advice: `remove schedulerName from ${templateName(workload)}, or set it to ${defaultScheduler}`,
        reason: 'if no scheduler of its own is meant',
      },
      { advice: `start the scheduler ${name}, and read its log`, reason: 'if it is meant' },
    ].slice(0, 3),
  };
}

function schedulerDown(snapshot: Snapshot, unseen: Finding['evidence'][number]): Omit<Finding, 'subject'> {
  const lease = snapshot.find('Lease', 'kube-system', 'kube-scheduler');
  const renewed = lease?.spec?.renewTime;
  const age = renewed === undefined ? undefined : snapshot.now - (timeOf(renewed) ?? snapshot.now);
  const stale = age !== undefined && age > staleAfter;
  return {
    problem: stale
      ? `is not scheduled: the scheduler of the cluster has not renewed its lease for ${formatDuration(age)}`
      : 'is not scheduled: the scheduler of the cluster has not looked at it',
    culprit: { kind: 'Lease', namespace: 'kube-system', name: 'kube-scheduler' },
    certainty: stale ? 'declared' : 'recomputed',
    severity: stale ? 'critical' : 'high',
    evidence: [
      unseen,
      ...(lease === undefined
        ? []
        : [
            {
              object: refOf(lease),
              source: 'spec' as const,
              text: `holder ${lease.spec?.holderIdentity ?? 'unknown'}, last renewed`,
              at: renewed,
            },
          ]),
    ],
    fixes: [
      {
        advice: 'look at the pods of kube-scheduler in kube-system, or the control plane of the provider',
        reason: 'nothing is scheduled in the whole cluster without it',
      },
    ],
    missingEvidence: lease === undefined ? ['the lease of the scheduler (get leases in kube-system)'] : undefined,
  };
}
