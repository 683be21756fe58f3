import { minute } from '../../../durations.ts';
import { type Of, refOf } from '../../../objects.ts';
import { isBroken, podStatusText, unreadyFor, unreadySince } from '../../../pods.ts';
import { ordinalPods, revisionHashOf } from '../../../replaced-templates.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** Each pod of a StatefulSet takes a moment to start; the next one waits for it as it should. */
const hold = minute;

export const stsOrdinalBlocked = defineRule({
  id: 'sts-ordinal-blocked',
  title: 'One pod of a StatefulSet holds up the others',
  area: 'workload',
  class: 'symptom',
  severity: 'high',
  meaning:
    'A StatefulSet makes and updates its pods one after the other, and waits for each to be ready. One that never ' +
    'becomes ready keeps the others from being made or updated.',
  detection:
    'podManagementPolicy is OrderedReady, the lowest ordinal that is not ready has been so for a minute, and pods are ' +
    'missing (status.replicas) or stay at the old revision (status.updatedReplicas). The finding on that pod says why.',
  remedies: ['Mend the pod with the lowest ordinal that is not ready; the others follow by themselves.'],
  avoid: [
    'deleting pods with higher ordinals: they are not what is waited for',
    'deleting the claim of the pod: its data goes with it',
  ],

  check: (snapshot) => snapshot.all('StatefulSet').flatMap((set) => findingOf(snapshot, set)),
});

function findingOf(snapshot: Snapshot, set: Of<'StatefulSet'>): readonly Finding[] {
  const { spec, status } = set;
  if (status === undefined || spec === undefined || spec.podManagementPolicy === 'Parallel') return [];
  const subject = refOf(set);
  const first = ordinalPods(snapshot, subject).find(({ pod }) => isBroken(pod));
  if (first === undefined || unreadyFor(first.pod, snapshot.now) < hold) return [];
  const consequence = consequenceOf(set, revisionHashOf(first.pod));
  if (consequence === undefined) return [];
  const since = unreadySince(first.pod);
  return [
    {
      subject,
      problem: `${consequence}: OrderedReady waits for ordinal ${first.ordinal}, which is not ready`,
      certainty: 'declared',
      evidence: [
        {
          object: refOf(first.pod),
          source: 'status',
          text: `ordinal ${first.ordinal} is in ${podStatusText(first.pod)}`,
          at: since,
        },
      ],
      since,
      fixes: [
        {
          advice: `mend ${first.pod.metadata.name}`,
          reason: 'the controller goes on by itself as soon as it is ready',
        },
      ],
      nextCheck: `kubectl describe pod ${first.pod.metadata.name} -n ${subject.namespace}`,
    },
  ];
}

/** What the others lack because of it: their existence, or the new revision. */
function consequenceOf({ spec, status }: Of<'StatefulSet'>, hash: string | undefined): string | undefined {
  const wanted = spec?.replicas ?? 1;
  const { replicas = 0, updatedReplicas = 0, currentRevision, updateRevision } = status ?? {};
  if (replicas < wanted) return `has only ${replicas} of ${wanted} pods`;
  // A pod of an older revision that holds up the update is the trap, and another rule's.
  const updating = updateRevision !== undefined && updateRevision !== currentRevision && hash === updateRevision;
  const rolls = (spec?.updateStrategy?.type ?? 'RollingUpdate') === 'RollingUpdate';
  const left = replicas - updatedReplicas - (spec?.updateStrategy?.rollingUpdate?.partition ?? 0);
  return updating && rolls && left > 0 ? `keeps ${left} of ${replicas} pods at the old revision` : undefined;
}
