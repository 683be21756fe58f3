import { expect, it } from 'vitest';
import { certificateExpiring } from '../../../../../../src/engines/diagnosis/rules/cluster/certificate-expiring.ts';
import type { KubernetesObject } from '../../../../../../src/engines/objects.ts';
import { anObject, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const days = (count: number): string => minutesAgo(-count * 24 * 60);
const aCertificate = (status: object | undefined, apiVersion = 'cert-manager.io/v1'): KubernetesObject =>
  ({
    apiVersion,
    kind: 'Certificate',
    metadata: { namespace: 'shop', name: 'shop' },
    spec: { secretName: 'shop-tls', issuerRef: { kind: 'ClusterIssuer', name: 'letsencrypt' } },
    status,
  }) as KubernetesObject;
const notReady = (minutes: number) => ({
  conditions: [
    {
      type: 'Ready',
      status: 'False',
      reason: 'DoesNotExist',
      message: 'Issuing certificate as Secret does not exist',
      lastTransitionTime: minutesAgo(minutes),
    },
  ],
});
const of = (status: object | undefined, apiVersion?: string) =>
  aSnapshot({ objects: [aCertificate(status, apiVersion)] });

const aSecret = (notAfter: string) =>
  anObject('Secret', 'shop-tls', {
    type: 'kubernetes.io/tls',
    certificateFacts: { issuer: 'CN=Root', notBefore: days(-85), notAfter, names: ['shop.example'] },
  });
const gate = anObject('Ingress', 'gate', { spec: { tls: [{ hosts: ['shop.example'], secretName: 'shop-tls' }] } });
const served = (notAfter: string, ...more: readonly KubernetesObject[]) =>
  aSnapshot({ objects: [gate, aSecret(notAfter), ...more] });

testRule(certificateExpiring, {
  silent: {
    'a Secret with a certificate that is valid for long': served(days(60)),
    'a Secret that nothing serves': aSnapshot({ objects: [aSecret(days(5))] }),
    'a Secret whose certificate has expired, which another rule tells': served(days(-1)),
    'a Secret that cert-manager will renew': served(
      days(10),
      aCertificate({ notAfter: days(10), renewalTime: days(1) }),
    ),
    'one that is valid for long': of({ notAfter: days(60), renewalTime: days(30) }),
    'one that is being issued': of(notReady(3)),
    'one that will be renewed in time': of({ notAfter: days(10), renewalTime: days(1) }),
    'one without a status': of(undefined),
    'a Certificate of somebody else': of(notReady(60), 'networking.internal.knative.dev/v1alpha1'),
  },
  speaks: {
    'of a Secret that an Ingress serves and nobody renewed': [
      served(days(5)),
      {
        object: 'Secret/shop-tls',
        problem: 'expires in 5 d, and was not renewed: Ingress/gate serves it',
        certainty: 'declared',
        evidence: ['issuer CN=Root'],
        fix: 'renew it with whoever issued it (CN=Root)',
      },
    ],
    'of one that was never issued': [
      of(notReady(60)),
      {
        object: 'Certificate/shop',
        problem: 'was never issued: Issuing certificate as Secret does not exist',
        certainty: 'declared',
        evidence: ['secretName shop-tls, issued by ClusterIssuer/letsencrypt'],
      },
    ],
    'of one that nobody renews': [
      of({ notAfter: days(2), renewalTime: days(-28) }),
      { object: 'Certificate/shop', problem: 'expires in 2 d, and was not renewed by ClusterIssuer/letsencrypt' },
    ],
  },
});

it.each([
  [2, 'risk', 'critical'],
  [10, 'risk', undefined],
  [-1, 'cause', 'critical'],
])('weighs %d days as %s, %s', (left, kind, severity) => {
  const [finding] = certificateExpiring.check(of({ notAfter: days(left), renewalTime: days(-28) }), []);

  expect([finding?.class, finding?.severity]).toEqual([kind, severity]);
});
