import { webhookUnavailable } from '../../../../../../src/engines/diagnosis/rules/namespace/webhook-unavailable.ts';
import type { KubernetesObject, Of } from '../../../../../../src/engines/objects.ts';
import { aDeployment, anEvent, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const api = aDeployment('api', { replicas: 0, spec: { replicas: 2 } });
const replicaSet = { ...api.replicaSet, spec: { ...api.replicaSet.spec, replicas: 2 }, status: { replicas: 0 } };
const refused = (words: string, complete: readonly string[] = [], others: readonly KubernetesObject[] = []) =>
  aSnapshot({
    complete,
    objects: [api.deployment, replicaSet, anEvent(replicaSet, 'FailedCreate', `Error creating: ${words}`), ...others],
  });
const registered = (
  clientConfig: object,
  annotations: Readonly<Record<string, string>> = {},
): Of<'ValidatingWebhookConfiguration'> => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'guard', annotations },
  webhooks: [{ name: 'guard.example', clientConfig, admissionReviewVersions: ['v1'], sideEffects: 'None' }],
});
const behind = { service: { namespace: 'policy', name: 'guard' } };
const stranger = 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
const injected = { 'cert-manager.io/inject-ca-from': 'policy/guard' };
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
    'of a caBundle that somebody should have written': [
      refused(calling(stranger), [], [registered(behind, injected)]),
      {
        object: 'Deployment/api',
        problem:
          'webhooks[0].clientConfig.caBundle is empty, and the cainjector of cert-manager, asked by cert-manager.io/inject-ca-from, has not written it',
        fix: 'heal the cainjector of cert-manager, which writes the caBundle of ValidatingWebhookConfiguration/guard',
      },
    ],
    'of a caBundle that nobody was asked to write': [
      refused(calling(stranger), [], [registered(behind)]),
      {
        object: 'Deployment/api',
        problem: 'unknown authority; webhooks[0].clientConfig.caBundle is empty',
        fix: 'write the authority of its certificate into webhooks[0].clientConfig.caBundle of ValidatingWebhookConfiguration/guard',
      },
    ],
    'of a caBundle that is another': [
      refused(calling(stranger), [], [registered({ ...behind, caBundle: 'LS0tLS1=' }, injected)]),
      { object: 'Deployment/api', fix: 'renew the certificate or the caBundle of the webhook guard.example' },
    ],
    'of an empty caBundle that is not what fails': [
      refused(calling('dial tcp 10.96.4.4:443: connect: connection refused'), [], [registered(behind, injected)]),
      { object: 'Deployment/api', fix: 'heal the pods behind the Service of the webhook guard.example' },
    ],
    'of a certificate outside of the cluster': [
      refused(calling(stranger), [], [registered({ url: 'https://guard.policy.svc/validate' })]),
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
