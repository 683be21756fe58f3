import { ingressTlsInvalid } from '../../../../../../src/engines/diagnosis/rules/route/ingress-tls-invalid.ts';
import { anObject, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const complete = ['Secret'];
const ingress = (tls: readonly object[], metadata: object = {}) =>
  anObject('Ingress', 'gate', { metadata, spec: { tls } });
const tls = [{ hosts: ['shop.example', 'www.shop.example'], secretName: 'shop-tls' }];
const secret = (name: string, fields: object) => anObject('Secret', name, { ...fields });
const pair = { 'tls.crt': '[hidden]', 'tls.key': '[hidden]' };

testRule(ingressTlsInvalid, {
  silent: {
    'a certificate': aSnapshot({
      complete,
      objects: [ingress(tls), secret('shop-tls', { type: 'kubernetes.io/tls', data: pair })],
    }),
    'a certificate in an Opaque Secret': aSnapshot({
      complete,
      objects: [ingress(tls), secret('shop-tls', { type: 'Opaque', data: pair })],
    }),
    'Secrets that may not be read': aSnapshot({ objects: [ingress(tls)] }),
    'a Secret of which only the name was read': aSnapshot({ heads: [secret('shop-tls', {})], objects: [ingress(tls)] }),
    'the default certificate of the controller': aSnapshot({
      complete,
      objects: [ingress([{ hosts: ['shop.example'] }])],
    }),
    'no TLS': aSnapshot({ complete, objects: [ingress([])] }),
    'an Ingress that was just made': aSnapshot({
      complete,
      objects: [ingress(tls, { creationTimestamp: minutesAgo(0.5) })],
    }),
  },
  speaks: {
    'of a certificate for other hosts, at once': [
      aSnapshot({
        complete,
        objects: [
          ingress(tls, { creationTimestamp: minutesAgo(0.2) }),
          secret('shop-tls', {
            type: 'kubernetes.io/tls',
            data: pair,
            certificate: { names: ['shop.example'], notBefore: minutesAgo(60), notAfter: minutesAgo(-60) },
          }),
        ],
      }),
      { object: 'Ingress/gate', problem: 'which spec.tls names, is for shop.example, not for www.shop.example' },
    ],
    'of a certificate that has expired': [
      aSnapshot({
        complete,
        objects: [
          ingress(tls),
          secret('shop-tls', {
            type: 'kubernetes.io/tls',
            data: pair,
            certificate: { names: [], notBefore: minutesAgo(90), notAfter: '2026-11-01T00:00:00.000Z' },
          }),
        ],
      }),
      {
        object: 'Ingress/gate',
        problem: 'which spec.tls names, expired on 2026-11-01',
        fix: 'renew it from its source: kubectl create secret tls shop-tls',
      },
    ],
    'of a Secret that does not exist, and of the one that may be meant': [
      aSnapshot({ complete, objects: [ingress(tls), secret('shop-tsl', { type: 'kubernetes.io/tls', data: pair })] }),
      {
        object: 'Ingress/gate',
        problem:
          'has no certificate for shop.example, www.shop.example: Secret/shop-tls, which spec.tls names, does not exist',
        culprit: 'Secret/shop-tls',
        certainty: 'declared',
        evidence: ['spec.tls takes the certificate for shop.example, www.shop.example from Secret/shop-tls'],
        fix: 'set secretName to shop-tsl in spec.tls',
      },
    ],
    'of cert-manager, when it should make it': [
      aSnapshot({
        complete,
        objects: [ingress(tls, { annotations: { 'cert-manager.io/cluster-issuer': 'letsencrypt' } })],
      }),
      {
        object: 'Ingress/gate',
        evidence: ['cert-manager.io/cluster-issuer is letsencrypt'],
        fix: 'see why cert-manager does not make it',
      },
    ],
    'of a Secret of another type': [
      aSnapshot({
        complete,
        objects: [ingress(tls), secret('shop-tls', { type: 'kubernetes.io/dockerconfigjson', data: {} })],
      }),
      { object: 'Ingress/gate', problem: 'is of type kubernetes.io/dockerconfigjson, not kubernetes.io/tls' },
    ],
    'of a Secret without the keys': [
      aSnapshot({
        complete,
        objects: [ingress(tls), secret('shop-tls', { type: 'Opaque', data: { cert: 'x', 'tls.key': 'x' } })],
      }),
      { object: 'Ingress/gate', problem: 'has no tls.crt (it has cert, tls.key)' },
    ],
  },
});
