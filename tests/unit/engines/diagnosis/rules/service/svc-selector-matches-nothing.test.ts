import { svcSelectorMatchesNothing } from '../../../../../../src/engines/diagnosis/rules/service/svc-selector-matches-nothing.ts';
import { aDeployment, anObject, aPod, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const selecting = (selector: Record<string, string>, spec = {}) =>
  anObject('Service', 'web', { spec: { selector, ...spec } });
const slice = anObject('EndpointSlice', 'web-1', {
  metadata: { labels: { 'kubernetes.io/service-name': 'web' } },
  endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: false } }],
});
const complete = ['EndpointSlice', 'Pod', 'Deployment'];

testRule(svcSelectorMatchesNothing, {
  silent: {
    'a selector that a pod template matches': aSnapshot({
      complete,
      objects: [selecting({ app: 'api' }), ...aDeployment('api').all],
    }),
    'a workload scaled to zero': aSnapshot({
      complete,
      objects: [selecting({ app: 'api' }), aDeployment('api', { replicas: 0 }).deployment],
    }),
    'an endpoint that is not ready': aSnapshot({ complete, objects: [selecting({ app: 'none' }), slice] }),
    'no selector': aSnapshot({ complete, objects: [selecting({})] }),
    'an external name': aSnapshot({ complete, objects: [selecting({ app: 'none' }, { type: 'ExternalName' })] }),
    'slices that could not be read': aSnapshot({ objects: [selecting({ app: 'none' })] }),
  },
  speaks: {
    'of pods that have ended': [
      aSnapshot({
        complete,
        objects: [
          selecting({ app: 'seed' }),
          aPod('seed-1', { metadata: { labels: { app: 'seed' } }, status: { phase: 'Succeeded' } }),
          anObject('EndpointSlice', 'web-1', {
            metadata: { labels: { 'kubernetes.io/service-name': 'web' } },
            endpoints: [
              { addresses: ['10.0.0.1'], conditions: { ready: false }, targetRef: { kind: 'Pod', name: 'seed-1' } },
            ],
          }),
        ],
      }),
      { object: 'Service/web', problem: 'selects only pods that have ended, those of Pod/seed-1 (app=seed)' },
    ],
    'of pods in other namespaces': [
      aSnapshot({
        complete,
        objects: [selecting({ app: 'api' })],
        heads: [aPod('api-1', { metadata: { namespace: 'back', labels: { app: 'api' } } })],
      }),
      {
        object: 'Service/web',
        problem: 'pods of namespace back have it, but a Service selects pods of its own namespace only',
        fix: 'web.NAMESPACE',
      },
    ],
    'with the label that differs': [
      aSnapshot({ complete, objects: [selecting({ app: 'apii' }), ...aDeployment('api').all] }),
      {
        object: 'Service/web',
        problem: 'selects no pod: nothing has app=apii; Deployment/api has app=api',
        certainty: 'recomputed',
        fix: 'set spec.selector[\\"app\\"] to \\"api\\"',
      },
    ],
    'with the key that is spelt otherwise': [
      aSnapshot({ complete, objects: [selecting({ App: 'api' }), ...aDeployment('api').all] }),
      {
        object: 'Service/web',
        problem: 'selects no pod: nothing has App=api; Deployment/api has app=api',
        fix: 'replace App=api by app=api in spec.selector in Service/web',
      },
    ],
    'with the label that is too much': [
      aSnapshot({ complete, objects: [selecting({ app: 'api', role: 'master' }), ...aDeployment('api').all] }),
      {
        object: 'Service/web',
        problem: 'nothing has app=api,role=master; Deployment/api has no role',
        fix: 'remove role=master from spec.selector in Service/web',
      },
    ],
    'of the workload of its own name before another': [
      aSnapshot({
        complete,
        objects: [selecting({ app: 'webb' }), ...aDeployment('api').all, ...aDeployment('web').all],
      }),
      { object: 'Service/web', problem: 'Deployment/web has app=web' },
    ],
    'with the value of its namesake, however different': [
      aSnapshot({ complete, objects: [selecting({ app: 'storefront' }), ...aDeployment('web').all] }),
      { object: 'Service/web', problem: 'nothing has app=storefront; Deployment/web has app=web' },
    ],
    'without a guess at a workload that is quite another': [
      aSnapshot({ complete, objects: [selecting({ app: 'guard' }), ...aDeployment('api').all] }),
      { object: 'Service/web', problem: 'selects no pod: nothing has app=guard', fix: 'deploy a workload' },
    ],
    'without a guess when nothing comes near': [
      aSnapshot({ complete, objects: [selecting({ tier: 'front' }), ...aDeployment('api').all] }),
      { object: 'Service/web', problem: 'selects no pod: nothing has tier=front', fix: 'deploy a workload' },
    ],
  },
});
