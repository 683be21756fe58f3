import { type CreationFailure, creationFailures } from '../../../admission.ts';
import { nameOf, type ObjectRef } from '../../../objects.ts';
import { denialIn } from '../../../webhooks.ts';
import { targetOf } from '../../heal-fixes.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

export const webhookDenied = defineRule({
  id: 'webhook-denied',
  title: 'A policy refuses the pods',
  area: 'namespace',
  class: 'cause',
  severity: 'high',
  meaning:
    'A policy of this cluster (an admission webhook or a ValidatingAdmissionPolicy) refuses what the workload wants to create.',
  detection:
    'A controller failed with `admission webhook "W" denied the request: …` or `ValidatingAdmissionPolicy \'P\' with binding ' +
    "'B' denied request: …`, and it still lacks pods. The policy's own words say what it wants.",
  remedies: ['Change the pod template as the policy says.', 'Ask the owner of the policy for an exemption.'],
  avoid: ['deleting the policy, or exempting the namespace without its owner'],

  check: (snapshot) => creationFailures(snapshot).flatMap(findingOf),
});

function findingOf({
  owner,
  controller,
  refused,
  message,
  reason,
  at,
  source,
  since,
}: CreationFailure): readonly Finding[] {
  const denial = denialIn(reason);
  if (denial === undefined) return [];
  const policy: ObjectRef | undefined =
    denial.policy === undefined ? undefined : { kind: 'ValidatingAdmissionPolicy', name: denial.policy };
  const who = policy === undefined ? `the webhook ${denial.webhook}` : nameOf(policy);
  const ofItself = policy !== undefined && faultOfPolicy.test(denial.words);
  const words = denial.words.replaceAll(
    new RegExp(`${escaped(controller.name)}-[a-z0-9]{5}\\b`, 'g'),
    `${controller.name}-…`,
  );
  return [
    {
      subject: owner,
      problem: `cannot create ${refused}s: ${who} denies them${ofItself ? ', whatever they are' : ''}: ${words}`,
      culprit: policy,
      certainty: 'declared',
      evidence: [{ object: controller, source, text: message, at }],
      since,
      fixes: [
        ...(ofItself ? [policyFix(who, message, words)] : []),
        ...(ofItself
          ? []
          : [
              {
                advice: `change the pod template of ${targetOf(owner)} as the policy says: ${words}`,
                reason: 'the controller tries again by itself',
              },
            ]),
        { advice: `ask the owner of ${who} for an exemption`, reason: 'when the workload cannot do without' },
      ],
      nextCheck: policy === undefined ? undefined : `kubectl get validatingadmissionpolicy ${policy.name} -o yaml`,
    },
  ];
}

/** Words of the API server about a policy that cannot be applied to anything (`failurePolicy: Fail`). */
const faultOfPolicy =
  /no params found for policy binding|failed to configure (?:binding|policy)|resulted in error:|compilation (?:error|failed)/i;

function policyFix(policy: string, message: string, words: string): Fix {
  const binding = /with binding '([^']+)'/.exec(message)?.[1];
  return /no params found/i.test(words)
    ? {
        advice: `create the object that spec.paramRef of ValidatingAdmissionPolicyBinding/${binding ?? '?'} names, or correct the paramRef (kubectl get validatingadmissionpolicybinding ${binding ?? ''} -o yaml)`,
        reason: 'its parameters are not there, and parameterNotFoundAction is Deny',
      }
    : { advice: `mend ${policy}: its own expression or configuration fails`, reason: 'it judges nothing as it stands' };
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
