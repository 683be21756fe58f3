import { webhookDenied } from '../../../../../../src/engines/diagnosis/rules/namespace/webhook-denied.ts';
import { aDeployment, anEvent, anObject, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const { deployment, replicaSet } = aDeployment('web');
const lacking = anObject('ReplicaSet', replicaSet.metadata.name, {
  metadata: replicaSet.metadata,
  spec: { replicas: 1 },
  status: { replicas: 0 },
});
const refusedBy = (words: string) =>
  aSnapshot({
    objects: [deployment, lacking, anEvent(lacking, 'FailedCreate', `Error creating: ${words}`)],
  });
const webhook = 'admission webhook "owner.policy.test" denied the request: web-5d8f-x7k2p needs the label owner';
const policy =
  "pods \"web-5d8f-x7k2p\" is forbidden: ValidatingAdmissionPolicy 'owner' with binding 'all' denied request: every pod needs the label owner";

testRule(webhookDenied, {
  silent: {
    'a webhook that does not answer': refusedBy(
      'failed calling webhook "owner.policy.test": context deadline exceeded',
    ),
    'a full quota': refusedBy(
      'pods "web-1" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
    ),
    'a refusal that is over': aSnapshot({
      objects: [
        ...aDeployment('web').all,
        anEvent(replicaSet, 'FailedCreate', webhook, { lastTimestamp: '2026-11-22T12:00:00Z' }),
      ],
    }),
  },
  speaks: {
    'of a webhook, without names of pods': [
      refusedBy(webhook),
      {
        object: 'Deployment/web',
        problem: 'cannot create pods: the webhook owner.policy.test denies them: web-5d8f-… needs the label owner',
        certainty: 'declared',
      },
    ],
    'of a policy whose parameters are not there': [
      refusedBy(
        "pods \"web-1\" is forbidden: ValidatingAdmissionPolicy 'owner' with binding 'all' denied request: failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction",
      ),
      {
        object: 'Deployment/web',
        problem: 'ValidatingAdmissionPolicy/owner denies them, whatever they are: failed to configure binding',
        fix: 'create the object that spec.paramRef of ValidatingAdmissionPolicyBinding/all names',
      },
    ],
    'of a webhook that gives no reason': [
      refusedBy('admission webhook "owner.policy.test" denied the request without explanation'),
      { object: 'Deployment/web', problem: 'denies them: without explanation' },
    ],
    'of a policy of the API server': [
      refusedBy(policy),
      {
        object: 'Deployment/web',
        problem: 'ValidatingAdmissionPolicy/owner denies them: every pod needs the label owner',
        culprit: 'ValidatingAdmissionPolicy/owner',
      },
    ],
  },
});
