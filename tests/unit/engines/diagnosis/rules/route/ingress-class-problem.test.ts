import { ingressClassProblem } from '../../../../../../src/engines/diagnosis/rules/route/ingress-class-problem.ts';
import { anObject, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const backend = { service: { name: 'web', port: { number: 80 } } };
const ingress = (spec: object, fields: object = {}) =>
  anObject('Ingress', 'shop', {
    spec: { rules: [{ host: 'shop.example', http: { paths: [{ path: '/', backend }] } }], ...spec },
    ...fields,
  });
const nginx = anObject('IngressClass', 'nginx', { metadata: { namespace: undefined } });
const internal = anObject('IngressClass', 'internal', { metadata: { namespace: undefined } });
const complete = ['IngressClass'];

testRule(ingressClassProblem, {
  silent: {
    'a class that exists': aSnapshot({ complete, objects: [ingress({ ingressClassName: 'nginx' }), nginx] }),
    'classes that were not read': aSnapshot({ objects: [ingress({ ingressClassName: 'ngnix' })] }),
    'no class': aSnapshot({ complete, objects: [ingress({}), nginx] }),
    'the annotation of old': aSnapshot({
      complete,
      objects: [ingress({}, { metadata: { annotations: { 'kubernetes.io/ingress.class': 'gce' } } })],
    }),
    'a controller that serves it all the same': aSnapshot({
      complete,
      objects: [
        ingress({ ingressClassName: 'ngnix' }, { status: { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } } }),
      ],
    }),
  },
  speaks: {
    'of no class at all, to whoever asks': [
      aSnapshot({
        complete,
        scope: { object: { kind: 'Ingress', namespace: 'shop', name: 'shop' } },
        objects: [ingress({}), nginx],
      }),
      {
        object: 'Ingress/shop',
        problem: 'names no class (spec.ingressClassName) and has no address',
        fix: 'set spec.ingressClassName of Ingress/shop to nginx',
      },
    ],
    'with the class that is spelt alike': [
      aSnapshot({ complete, objects: [ingress({ ingressClassName: 'ngnix' }), internal, nginx] }),
      {
        object: 'Ingress/shop',
        problem: 'is served by nobody: IngressClass/ngnix does not exist (there is internal, nginx)',
        culprit: 'IngressClass/ngnix',
        certainty: 'declared',
        evidence: ['spec.ingressClassName is ngnix', 'no address for shop.example/'],
        fix: 'set spec.ingressClassName of Ingress/shop to nginx',
      },
    ],
    'without a class to take instead': [
      aSnapshot({ complete, objects: [ingress({ ingressClassName: 'traefik' })] }),
      {
        object: 'Ingress/shop',
        problem: 'IngressClass/traefik does not exist (the cluster has none)',
        fix: 'install the ingress controller',
      },
    ],
  },
});
