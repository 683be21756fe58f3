import { ageOf, minute } from '../../../durations.ts';
import { nameOf, type ObjectRef, type Pod, refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { unassignedPods } from '../../../pod-groups.ts';
import { templateName } from '../../../pod-spec-path.ts';
import { waitsForClaims } from '../../../scheduling/resource-claims.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** The controller makes a claim within moments. */
const hold = minute / 4;
/** It tries again all the time; older complaints are over. */
const stillTrying = 10 * minute;

export const podResourceClaimMissing = defineRule({
  id: 'pod-resource-claim-missing',
  title: 'A pod waits for a resource claim that is not there',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning:
    'The pod asks for devices through a ResourceClaim. Without the claim, or the template to make it of, the scheduler does not even look at the pod.',
  detection:
    'The pod has spec.resourceClaims, no node and no PodScheduled condition for more than 15 s. An event ' +
    'FailedResourceClaimCreation names the ResourceClaimTemplate that does not exist; without one, the pod waits for ' +
    'a ResourceClaim that somebody was to make.',
  remedies: ['Correct the name in resourceClaims, or create the ResourceClaim or its template.'],
  avoid: [
    'looking for a fault of the scheduler: it waits rightly',
    'removing the claim so that the pod runs without its device',
  ],

  check: (snapshot) =>
    unassignedPods(snapshot)
      .filter((pod) => waitsForClaims(pod) && ageOf(pod, snapshot.now) > hold)
      .flatMap((pod) => findingOf(snapshot, pod)),
});

function findingOf(snapshot: Snapshot, pod: Pod): readonly Finding[] {
  const subject = refOf(pod);
  const workload = templateName(workloadOf(snapshot, pod));
  const base = { subject, since: pod.metadata.creationTimestamp };
  const failed = snapshot
    .eventsAbout(pod)
    .findLast(
      ({ reason, last }) =>
        reason === 'FailedResourceClaimCreation' && snapshot.now - (last ?? snapshot.now) <= stillTrying,
    );
  if (failed !== undefined) {
    const name = /resource ?claim ?template\S* "([^"]+)"(?:.*not found)/i.exec(failed.message)?.[1];
    const culprit: ObjectRef | undefined =
      name === undefined ? undefined : { kind: 'ResourceClaimTemplate', namespace: subject.namespace, name };
    return [
      {
        ...base,
        problem: `cannot be scheduled: ${culprit === undefined ? `its resource claim cannot be made: ${failed.message.slice(0, 300)}` : `${nameOf(culprit)}, which resourceClaims names, does not exist`}`,
        culprit,
        certainty: 'message',
        evidence: [{ object: subject, source: 'event', text: failed.message, at: failed.at }],
        fixes: [
          {
            advice: `create ${culprit === undefined ? 'the ResourceClaim' : nameOf(culprit)} in namespace ${subject.namespace}, or correct resourceClaims in ${workload}`,
            reason: 'the claim is made of it, and the pod is scheduled then',
          },
        ],
      },
    ];
  }
  const [claim] = (pod.spec?.resourceClaims ?? []).flatMap(({ resourceClaimName }) => resourceClaimName || []);
  if (claim === undefined) return [];
  const culprit: ObjectRef = { kind: 'ResourceClaim', namespace: subject.namespace, name: claim };
  return [
    {
      ...base,
      problem: `is not scheduled: it waits for ${nameOf(culprit)}, which resourceClaims names, and the scheduler does not find it`,
      culprit,
      certainty: 'inferred',
      evidence: [
        { object: subject, source: 'spec', text: `spec.resourceClaims asks for ${claim}` },
        { object: subject, source: 'status', text: 'Pending, without a PodScheduled condition' },
      ],
      fixes: [
        {
          advice: `create ${nameOf(culprit)} in namespace ${subject.namespace}, or correct resourceClaims in ${workload}`,
          reason: 'a claim that is named is never made by itself',
        },
      ],
      missingEvidence: ['whether the claim exists (get resourceclaims)'],
      nextCheck: `kubectl get resourceclaims -n ${subject.namespace}`,
    },
  ];
}
