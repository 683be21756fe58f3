import { ingressTlsInvalid } from '../../../../../../src/engines/diagnosis/rules/route/ingress-tls-invalid.ts';
import { anObject, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const complete = ['Secret'];
const ingress = (tls: readonly object[], metadata: object = {}) =>
  anObject('Ingress', 'gate', { metadata, spec: { tls } });
const tls = [{ hosts: ['shop.example', 'www.shop.example'], secretName: 'shop-tls' }];
const secret = (name: string, fields: object) => anObject('Secret', name, { ...fields });
const pair = { 'tls.crt': '[hidden]', 'tls.key': '[hidden]' };

const facts = {
  issuer: 'CN=Root',
  notBefore: minutesAgo(60 * 24 * 80),
  notAfter: minutesAgo(-60 * 24 * 10),
  names: ['*.example'],
};
const certificate = (more: object = {}) =>
  secret('shop-tls', { type: 'kubernetes.io/tls', data: pair, certificateFacts: { ...facts, ...more } });
const forOne = [{ hosts: ['shop.example'], secretName: 'shop-tls' }];

const gateway = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { name: 'edge', namespace: 'shop' },
  spec: { listeners: [{ name: 'https', hostname: '*.example', tls: { certificateRefs: [{ name: 'shop-tls' }] } }] },
};

testRule(ingressTlsInvalid, {
  silent: {
    'an Ingress whose certificate is still made': aSnapshot({
      complete,
      objects: [
        ingress(tls, {
          creationTimestamp: minutesAgo(0.5),
          annotations: { 'cert-manager.io/cluster-issuer': 'letsencrypt' },
        }),
      ],
    }),
    'a Gateway with a certificate that is valid for its listener': aSnapshot({
      complete,
      objects: [gateway, certificate()],
    }),
    'a Gateway whose Secret is missing, which its controller tells': aSnapshot({ complete, objects: [gateway] }),
    'a certificate that is valid for its host': aSnapshot({ complete, objects: [ingress(forOne), certificate()] }),
    'one of another Secret that has expired': aSnapshot({
      complete,
      objects: [ingress([]), certificate({ notAfter: minutesAgo(60) })],
    }),
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
      objects: [ingress(tls, { creationTimestamp: minutesAgo(0.2) })],
    }),
  },
  speaks: {
    'of a listener of a Gateway whose certificate has expired': [
      aSnapshot({ complete, objects: [gateway, certificate({ notAfter: minutesAgo(60 * 24 * 3) })] }),
      {
        object: 'Gateway/edge',
        problem: 'has no valid certificate for listener https: Secret/shop-tls expired 3 d ago',
        culprit: 'Secret/shop-tls',
      },
    ],
    'of a certificate that has expired': [
      aSnapshot({ complete, objects: [ingress(forOne), certificate({ notAfter: minutesAgo(60 * 24 * 3) })] }),
      {
        object: 'Ingress/gate',
        problem: 'has no valid certificate for shop.example: Secret/shop-tls, which spec.tls names, expired 3 d ago',
        culprit: 'Secret/shop-tls',
        evidence: ['issuer CN=Root, notBefore'],
        fix: 'replace its content: kubectl create secret tls shop-tls -n shop --cert=FILE --key=FILE --dry-run=client -o yaml | kubectl apply -f -',
      },
    ],
    'of a certificate for other hosts': [
      aSnapshot({ complete, objects: [ingress(tls), certificate()] }),
      { object: 'Ingress/gate', problem: 'is not for www.shop.example: it is for *.example' },
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
