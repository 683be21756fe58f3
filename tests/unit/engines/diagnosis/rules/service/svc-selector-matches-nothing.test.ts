import { svcSelectorMatchesNothing } from '../../../../../../src/engines/diagnosis/rules/service/svc-selector-matches-nothing.ts';
import { aDeployment, anObject, aSnapshot } from '../../../../../support/builders.ts';
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
    'with the label that differs': [
      aSnapshot({ complete, objects: [selecting({ app: 'apii' }), ...aDeployment('api').all] }),
      {
        object: 'Service/web',
        problem: 'selects no pod: nothing has app=apii; Deployment/api has app=api',
        certainty: 'recomputed',
        fix: 'set spec.selector[\\"app\\"] to \\"api\\"',
      },
    ],
    'without a guess when nothing comes near': [
      aSnapshot({ complete, objects: [selecting({ tier: 'front' }), ...aDeployment('api').all] }),
      { object: 'Service/web', problem: 'selects no pod: nothing has tier=front', fix: 'deploy a workload' },
    ],
  },
});
