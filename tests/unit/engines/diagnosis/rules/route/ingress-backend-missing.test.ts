import { ingressBackendMissing } from '../../../../../../src/engines/diagnosis/rules/route/ingress-backend-missing.ts';
import { anObject, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const to = (service: string, port: object = { number: 80 }, path = '/') => ({
  path,
  backend: { service: { name: service, port } },
});
const ingress = (paths: readonly object[], spec = {}) =>
  anObject('Ingress', 'front', { spec: { rules: [{ host: 'shop.test', http: { paths } }], ...spec } });
const shop = anObject('Service', 'shop', { spec: { ports: [{ name: 'http', port: 80 }] } });
const complete = ['Service'];

testRule(ingressBackendMissing, {
  silent: {
    'a Service and port number that exist': aSnapshot({ complete, objects: [ingress([to('shop')]), shop] }),
    'a port name that exists': aSnapshot({ complete, objects: [ingress([to('shop', { name: 'http' })]), shop] }),
    'Services that could not be listed': aSnapshot({ objects: [ingress([to('shpo')])] }),
    'an action of the AWS controller': aSnapshot({
      complete,
      objects: [ingress([to('redirect', { name: 'use-annotation' })])],
    }),
    'an external name': aSnapshot({
      complete,
      objects: [
        ingress([to('away', { number: 443 })]),
        anObject('Service', 'away', { spec: { type: 'ExternalName', ports: [{ port: 80 }] } }),
      ],
    }),
    'a backend that is no Service': aSnapshot({
      complete,
      objects: [ingress([{ path: '/', backend: { resource: { kind: 'StorageBucket', name: 'static' } } }])],
    }),
  },
  speaks: {
    'of a Service of another namespace': [
      aSnapshot({
        complete,
        objects: [ingress([to('payroll')])],
        heads: [anObject('Service', 'payroll', { metadata: { namespace: 'finance' } })],
      }),
      {
        object: 'Ingress/front',
        problem: 'there is one in namespace finance, and an Ingress leads to Services of its own namespace only',
        fix: 'move Ingress/front to namespace finance',
      },
    ],
    'of a Service that does not exist, once for all its paths': [
      aSnapshot({ complete, objects: [ingress([to('shpo'), to('shpo', { number: 80 }, '/cart')]), shop] }),
      {
        object: 'Ingress/front',
        problem: 'sends shop.test/, shop.test/cart to Service/shpo, which does not exist (shop does)',
        culprit: 'Service/shpo',
        certainty: 'declared',
        fix: 'in Ingress/front to shop',
      },
    ],
    'of a port number that the Service lacks': [
      aSnapshot({ complete, objects: [ingress([to('shop', { number: 8080 })]), shop] }),
      {
        object: 'Ingress/front',
        problem: 'to port 8080 of Service/shop, which has only http (80)',
        evidence: ['spec.ports: http (80)'],
      },
    ],
    'of a port name that the Service lacks': [
      aSnapshot({ complete, objects: [ingress([to('shop', { name: 'web' })]), shop] }),
      { object: 'Ingress/front', problem: 'to a port named "web" of Service/shop' },
    ],
    'of the default backend': [
      aSnapshot({
        complete,
        objects: [
          ingress([to('shop')], { defaultBackend: { service: { name: 'fallback', port: { number: 80 } } } }),
          shop,
        ],
      }),
      { object: 'Ingress/front', problem: 'sends everything else to Service/fallback, which does not exist' },
    ],
  },
});
