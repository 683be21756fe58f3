import { describe, expect, it } from 'vitest';
import { ingressRouteConflict } from '../../../../../../src/engines/diagnosis/rules/route/ingress-route-conflict.ts';
import { anObject, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

interface Fields {
  readonly host?: string;
  readonly path?: string;
  readonly pathType?: string;
  readonly age?: number;
  readonly spec?: object;
  readonly metadata?: object;
}

const ingress = (
  name: string,
  service: string,
  { host = 'shop.example', path = '/', pathType = 'Prefix', age = 60, spec = {}, metadata = {} }: Fields = {},
) =>
  anObject('Ingress', name, {
    metadata: { creationTimestamp: minutesAgo(age), ...metadata },
    spec: {
      ingressClassName: 'nginx',
      rules: [
        { host, http: { paths: [{ path, pathType, backend: { service: { name: service, port: { number: 80 } } } }] } },
      ],
      ...spec,
    },
  });
const old = ingress('old', 'web');
const pair = [old, ingress('new', 'web-2', { age: 5 })];

testRule(ingressRouteConflict, {
  silent: {
    'one Ingress': aSnapshot({ objects: [old] }),
    'other paths': aSnapshot({ objects: [old, ingress('new', 'web-2', { path: '/cart' })] }),
    'other hosts': aSnapshot({ objects: [old, ingress('new', 'web-2', { host: 'www.shop.example' })] }),
    'another path type': aSnapshot({ objects: [old, ingress('new', 'web-2', { pathType: 'Exact' })] }),
    'another class': aSnapshot({ objects: [old, ingress('new', 'web-2', { spec: { ingressClassName: 'internal' } })] }),
    'the same Service': aSnapshot({ objects: [old, ingress('new', 'web')] }),
    'a canary': aSnapshot({
      objects: [
        old,
        ingress('new', 'web-2', { metadata: { annotations: { 'nginx.ingress.kubernetes.io/canary': 'true' } } }),
      ],
    }),
  },
  speaks: {
    'of the newer one, with the older': [
      aSnapshot({ objects: pair.toReversed() }),
      {
        object: 'Ingress/new',
        problem:
          'claims shop.example/ for Service/web-2 in namespace shop, port 80, which the older Ingress/old sends to Service/web in namespace shop, port 80',
        certainty: 'declared',
        evidence: [`sends shop.example/ to Service/web in namespace shop, port 80, created ${minutesAgo(60)}`],
        fix: 'remove shop.example/ from Ingress/new',
      },
    ],
    'across namespaces': [
      aSnapshot({ objects: [old, ingress('new', 'web', { age: 5, metadata: { namespace: 'other' } })] }),
      {
        object: 'Ingress/new',
        problem: 'which the older Ingress/old of namespace shop sends to Service/web in namespace shop',
      },
    ],
  },
});

describe('the class of a conflict', () => {
  const classes = (object?: { readonly kind: string; readonly namespace: string; readonly name: string }) =>
    ingressRouteConflict
      .check(aSnapshot({ objects: pair, scope: object === undefined ? {} : { namespace: 'shop', object } }), [])
      .map((finding) => finding.class ?? ingressRouteConflict.class);

  it('is a risk, and the cause for who asks about one of the two', () => {
    expect(classes()).toEqual(['risk']);
    expect(classes({ kind: 'Ingress', namespace: 'shop', name: 'new' })).toEqual(['cause']);
  });
});
