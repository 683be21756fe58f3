import { type Of, refOf } from '../../../objects.ts';
import { podStatusText, unreadySince } from '../../../pods.ts';
import { driftOf, ordinalPods, revisionHashOf, staysBroken } from '../../../replaced-templates.ts';
import { describeChange } from '../../../revisions.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { evictFix } from '../../heal-fixes.ts';
import { defineRule, type Finding } from '../../rule.ts';

const namedChanges = 2;

export const stsRollbackTrap = defineRule({
  id: 'sts-rollback-trap',
  title: 'A corrected StatefulSet waits for its broken pod',
  area: 'workload',
  class: 'cause',
  severity: 'high',
  meaning:
    'The template was corrected or rolled back, but the controller waits for the pod of the bad revision to become ready ' +
    'before it replaces it, which never happens.',
  detection:
    'podManagementPolicy is OrderedReady, and a pod that stays unready (for a minute, or in a state that does not pass) carries another controller-revision-hash than ' +
    'status.updateRevision, with an ordinal that the update may touch. What the template says otherwise than the pod is ' +
    'recomputed; without a difference in the containers the new revision would not help, and the rule is silent.',
  remedies: ['Delete that one pod; it comes back with the new revision.'],
  avoid: [
    'deleting pods that are ready, or the claim of the pod: its data goes with it',
    'changing the template again: the controller still waits for the pod',
  ],

  check: (snapshot) => snapshot.all('StatefulSet').flatMap((set) => findingOf(snapshot, set)),
});

function findingOf(snapshot: Snapshot, set: Of<'StatefulSet'>): readonly Finding[] {
  const { spec, status } = set;
  const target = status?.updateRevision;
  const { type = 'RollingUpdate', rollingUpdate } = spec?.updateStrategy ?? {};
  if (target === undefined || spec?.podManagementPolicy === 'Parallel' || type !== 'RollingUpdate') return [];
  const subject = refOf(set);
  const stuck = ordinalPods(snapshot, subject).find(({ pod }) => staysBroken(pod, snapshot.now));
  if (stuck === undefined || stuck.ordinal < (rollingUpdate?.partition ?? 0)) return [];
  const { pod, ordinal } = stuck;
  const hash = revisionHashOf(pod);
  const changes = driftOf(pod, spec?.template);
  if (hash === undefined || hash === target || changes.length === 0) return [];
  const shown = changes.slice(0, namedChanges).map(describeChange).join(', ');
  return [
    {
      subject,
      problem:
        `does not replace its broken pod with ordinal ${ordinal}, which is of the revision before the last change: ` +
        `it waits until that pod is ready; changed since: ${shown}`,
      certainty: 'declared',
      evidence: [
        {
          object: refOf(pod),
          source: 'status',
          text: `controller-revision-hash is ${hash}, and status.updateRevision is ${target}; the pod is in ${podStatusText(pod)}`,
          at: unreadySince(pod),
        },
        { object: subject, source: 'spec', text: 'podManagementPolicy is OrderedReady' },
      ],
      since: unreadySince(pod),
      fixes: [evictFix(refOf(pod), 'it is not ready, and comes back with the new revision; its claims stay')],
    },
  ];
}
