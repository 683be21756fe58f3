import { httprouteNotAccepted } from '../../../../../../src/engines/diagnosis/rules/route/httproute-not-accepted.ts';
import type { KubernetesObject } from '../../../../../../src/engines/objects.ts';
import { anObject, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const apiVersion = 'gateway.networking.k8s.io/v1';
const complete = ['Gateway', 'Service', 'ReferenceGrant'];
const object = (kind: string, name: string, fields: object, metadata: object = {}): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop', generation: 2, ...metadata },
  ...fields,
});

const gateway = object('Gateway', 'gw', {
  spec: { listeners: [{ name: 'web', hostname: '*.shop.example' }, { name: 'any' }] },
});
const condition = (type: string, reason: string, more: object = {}) => ({
  type,
  status: 'False',
  reason,
  message: 'says why',
  ...more,
});
const route = (conditions: readonly object[], { spec = {}, status = {} } = {}) =>
  object('HTTPRoute', 'shop', {
    spec: { parentRefs: [{ name: 'gw' }], hostnames: ['shop.test'], ...spec },
    status: { parents: [{ parentRef: { name: 'gw' }, conditions }], ...status },
  });
const backends = {
  rules: [
    {
      backendRefs: [
        { name: 'web', port: 80 },
        { name: 'db', namespace: 'data', port: 80 },
      ],
    },
  ],
};
const snapshot = (...objects: readonly KubernetesObject[]) => aSnapshot({ complete, objects });

testRule(httprouteNotAccepted, {
  silent: {
    'a route that is accepted': snapshot(
      gateway,
      route([
        { type: 'Accepted', status: 'True' },
        { type: 'ResolvedRefs', status: 'True' },
      ]),
    ),
    'a route of which no controller has spoken': snapshot(gateway, route([], { status: { parents: [] } })),
    'a condition about the generation before': snapshot(
      gateway,
      route([condition('Accepted', 'NoMatchingParent', { observedGeneration: 1 })]),
    ),
    'a controller that is at work': snapshot(gateway, route([condition('Accepted', 'Pending')])),
    'Gateways that were not read': aSnapshot({ objects: [route([])] }),
    'a parent of another kind': snapshot(
      route([condition('Accepted', 'x')], { spec: { parentRefs: [{ kind: 'Service', name: 'gw' }] } }),
    ),
    'a route without a spec': snapshot(object('HTTPRoute', 'bare', {})),
    'a kind of that name of another group': aSnapshot({
      complete,
      objects: [{ ...route([]), apiVersion: 'example.com/v1' }],
    }),
  },
  speaks: {
    'of a GRPCRoute alike': [
      snapshot(gateway, {
        ...route([condition('ResolvedRefs', 'RefNotPermitted')], { spec: backends }),
        kind: 'GRPCRoute',
      }),
      {
        object: 'GRPCRoute/shop',
        problem: 'no ReferenceGrant in namespace data lets GRPCRoutes of shop refer to Service/db',
        fix: 'create a ReferenceGrant where the Service is, from GRPCRoutes of namespace shop',
      },
    ],
    'of a Gateway that does not exist': [
      snapshot(route([])),
      {
        object: 'HTTPRoute/shop',
        problem: 'is served by nobody: Gateway/gw, which spec.parentRefs names, does not exist',
        culprit: 'Gateway/gw',
        fix: 'create Gateway/gw',
      },
    ],
    'of host names that no listener takes': [
      snapshot(gateway, route([condition('Accepted', 'NoMatchingListenerHostname')])),
      {
        object: 'HTTPRoute/shop',
        problem: 'is not accepted by Gateway/gw: no listener takes shop.test (they take *.shop.example, *)',
        certainty: 'declared',
        evidence: ['Accepted of Gateway/gw is False: NoMatchingListenerHostname: says why'],
      },
    ],
    'of a namespace that no listener lets in, whatever else stands first': [
      snapshot(
        gateway,
        route([
          { type: 'ResolvedRefs', status: 'True' },
          condition('Accepted', 'NotAllowedByListeners', { observedGeneration: 2 }),
        ]),
      ),
      {
        object: 'HTTPRoute/shop',
        problem: 'is not accepted by Gateway/gw: NotAllowedByListeners: says why',
        fix: 'let a listener allow namespace shop',
      },
    ],
    'of a backend that does not exist': [
      snapshot(
        gateway,
        route([condition('ResolvedRefs', 'BackendNotFound')], { spec: backends }),
        anObject('Service', 'db', { metadata: { namespace: 'data' } }),
      ),
      {
        object: 'HTTPRoute/shop',
        problem: 'has backends that cannot be resolved: Service/web does not exist in namespace shop',
      },
    ],
    'of a grant that is missing': [
      snapshot(gateway, route([condition('ResolvedRefs', 'RefNotPermitted')], { spec: backends })),
      {
        object: 'HTTPRoute/shop',
        problem: 'no ReferenceGrant in namespace data lets HTTPRoutes of shop refer to Service/db',
        fix: 'create a ReferenceGrant',
      },
    ],
  },
});
