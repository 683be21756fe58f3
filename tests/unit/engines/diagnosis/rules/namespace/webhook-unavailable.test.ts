import { webhookUnavailable } from '../../../../../../src/engines/diagnosis/rules/namespace/webhook-unavailable.ts';
import { aDeployment, anEvent, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const api = aDeployment('api', { replicas: 0, spec: { replicas: 2 } });
const replicaSet = { ...api.replicaSet, spec: { ...api.replicaSet.spec, replicas: 2 }, status: { replicas: 0 } };
const refused = (words: string, complete: readonly string[] = []) =>
  aSnapshot({
    complete,
    objects: [api.deployment, replicaSet, anEvent(replicaSet, 'FailedCreate', `Error creating: ${words}`)],
  });
const calling = (error: string) =>
  `Internal error occurred: failed calling webhook "guard.example": failed to call webhook: Post "https://guard.policy.svc:443/validate?timeout=10s": ${error}`;

testRule(webhookUnavailable, {
  silent: {
    'a webhook that answers and denies': refused('admission webhook "guard.example" denied the request: no team label'),
    'a quota that is full': refused('exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2'),
  },
  speaks: {
    'with the Service that was called': [
      refused(calling('no endpoints available for service "guard"')),
      {
        object: 'Deployment/api',
        problem:
          'cannot create pods: the webhook guard.example (Service/guard in namespace policy) cannot be called: no endpoints available for service "guard"',
        culprit: 'Service/guard',
        certainty: 'declared',
        fix: 'heal the pods behind the Service of the webhook guard.example',
      },
    ],
    'without the address that was dialled': [
      refused(calling('dial tcp 10.96.4.4:443: connect: connection refused')),
      { object: 'Deployment/api', problem: 'in namespace policy) cannot be called: connection refused' },
    ],
    'of a Service that is not there': [
      refused(calling('service "guard" not found'), ['Service']),
      { object: 'Deployment/api', evidence: ['Service/guard was looked for and not found'] },
    ],
    'of a certificate that is not accepted': [
      refused(calling('tls: failed to verify certificate: x509: certificate has expired')),
      { object: 'Deployment/api', fix: 'renew the certificate or the caBundle of the webhook guard.example' },
    ],
    'of a webhook outside of the cluster': [
      refused(
        'Internal error occurred: failed calling webhook "guard.example": failed to call webhook: Post "https://guard.example.com/v": context deadline exceeded',
      ),
      { object: 'Deployment/api', problem: 'the webhook guard.example cannot be called: context deadline exceeded' },
    ],
  },
});
