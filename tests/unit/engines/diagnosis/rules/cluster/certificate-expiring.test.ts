import { expect, it } from 'vitest';
import { certificateExpiring } from '../../../../../../src/engines/diagnosis/rules/cluster/certificate-expiring.ts';
import type { KubernetesObject } from '../../../../../../src/engines/objects.ts';
import { aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
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

testRule(certificateExpiring, {
  silent: {
    'one that is valid for long': of({ notAfter: days(60), renewalTime: days(30) }),
    'one that is being issued': of(notReady(3)),
    'one that will be renewed in time': of({ notAfter: days(10), renewalTime: days(1) }),
    'one without a status': of(undefined),
    'a Certificate of somebody else': of(notReady(60), 'networking.internal.knative.dev/v1alpha1'),
  },
  speaks: {
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
