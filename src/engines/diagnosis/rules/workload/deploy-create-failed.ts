import { creationFailures } from '../../../admission.ts';
import { keyOf, nameOf } from '../../../objects.ts';
import { targetOf } from '../../heal-fixes.ts';
import { defineRule } from '../../rule.ts';

/** Rules that say why the API server refused. */
const admissionRules = new Set([
  'image-reference-invalid',
  'psa-violation',
  'quota-exceeded',
  'reference-object-missing',
  'resource-policy-violation',
  'webhook-denied',
  'webhook-unavailable',
]);

/** Said of every workload whose namespace is being deleted. */
const leaving = /because it is being terminated/i;

export const deployCreateFailed = defineRule({
  id: 'deploy-create-failed',
  title: 'The API server refuses to create pods',
  area: 'workload',
  class: 'symptom',
  severity: 'high',
  meaning: 'The workload has fewer pods than it wants, and the missing ones do not exist, so no pod shows why.',
  detection:
    'A FailedCreate event or a ReplicaFailure condition still holds, and no rule knows the words of the refusal. They ' +
    'are quoted as they are.',
  remedies: ['Change the pod template, or the policy that refuses it, as the message says.'],
  avoid: ['looking at pods only: the missing one has no pod'],
  last: true,

  check: (snapshot, found) => {
    const explained = new Set(
      found.filter(({ rule }) => admissionRules.has(rule.id)).map(({ subject }) => keyOf(subject)),
    );
    return creationFailures(snapshot)
      .filter(({ owner, reason }) => !explained.has(keyOf(owner)) && !leaving.test(reason))
      .map(({ owner, controller, refused, leaving: claim, message, reason, at, source, since }) => ({
        subject: owner,
        problem: `cannot create ${refused}s: ${reason}`,
        class: 'cause' as const,
        certainty: 'declared' as const,
        evidence: [{ object: controller, source, text: message, at }],
        since,
        ...(claim !== undefined && { dependsOn: [claim] }),
        fixes: [
          {
            advice:
              claim === undefined
                ? `change the pod template of ${targetOf(owner)}, or what refuses it, as the message says`
                : `see what keeps ${nameOf(claim)} from going: metadata.finalizers, and pods that still mount it`,
            reason: 'the controller tries again by itself',
          },
        ],
        nextCheck: `kubectl describe ${targetOf(controller)} -n ${controller.namespace ?? ''}`,
      }));
  },
});
