import { expect, it } from 'vitest';
import { svcNoReadyEndpoints } from '../../../../../../src/engines/diagnosis/rules/service/svc-no-ready-endpoints.ts';
import {
  aContainer,
  aDeployment,
  anObject,
  aPod,
  aSnapshot,
  minutesAgo,
  waiting,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const service = anObject('Service', 'web', { spec: { selector: { app: 'web' } } });
const slice = (ready: boolean) =>
  anObject('EndpointSlice', 'web-1', {
    metadata: { labels: { 'kubernetes.io/service-name': 'web' } },
    endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready } }],
  });
const broken = aDeployment('web', {
  replicas: 2,
  pod: { containers: [aContainer('app', waiting('ImagePullBackOff'))] },
});
const fresh = {
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(0.5) }],
};
const complete = ['EndpointSlice', 'Pod', 'Deployment'];
const ingress = anObject('Ingress', 'shop', {
  spec: {
    rules: [
      {
        host: 'shop.test',
        http: { paths: [{ path: '/', backend: { service: { name: 'web', port: { number: 80 } } } }] },
      },
    ],
  },
});
const routed = aSnapshot({ complete, objects: [service, slice(false), ingress, ...broken.all] });

testRule(svcNoReadyEndpoints, {
  silent: {
    'a ready endpoint': aSnapshot({ complete, objects: [service, slice(true), ...broken.all] }),
    'pods that have just started': aSnapshot({
      complete,
      objects: [service, slice(false), aPod('web', { metadata: { labels: { app: 'web' } }, status: fresh })],
    }),
    'a workload scaled to zero': aSnapshot({
      complete,
      objects: [service, aDeployment('web', { replicas: 0 }).deployment],
    }),
    'a workload that is still making its pods': aSnapshot({
      complete,
      objects: [service, aDeployment('web', { metadata: { creationTimestamp: minutesAgo(0.5) } }).deployment],
    }),
    'a namespace that is being deleted': aSnapshot({
      complete,
      objects: [
        service,
        broken.deployment,
        anObject('Namespace', 'shop', { metadata: { deletionTimestamp: minutesAgo(1) } }),
      ],
    }),
    'a selector that matches nothing': aSnapshot({ complete, objects: [service] }),
    'a ready pod that is no endpoint yet': aSnapshot({ complete, objects: [service, ...aDeployment('web').all] }),
    'pods that have ended': aSnapshot({
      complete,
      objects: [
        service,
        aPod('web', { metadata: { labels: { app: 'web' } }, status: { phase: 'Succeeded', conditions: [] } }),
      ],
    }),
    'slices that could not be read': aSnapshot({ objects: [service, ...broken.all] }),
    'no selector': aSnapshot({ complete, objects: [anObject('Service', 'web', { spec: {} }), ...broken.all] }),
  },
  speaks: {
    'with the pods and their state': [
      aSnapshot({ complete, objects: [service, slice(false), ...broken.all] }),
      {
        object: 'Service/web',
        problem: 'has no ready endpoint: all 2 pods are not ready',
        certainty: 'declared',
        evidence: ['0 of 1 endpoints are ready', 'ImagePullBackOff for 30 min'],
      },
    ],
    'of a workload without pods': [
      aSnapshot({ complete, objects: [service, broken.deployment] }),
      { object: 'Service/web', problem: 'has no ready endpoint: Deployment/web has no pods' },
    ],
    'of an only pod': [
      aSnapshot({ complete, objects: [service, ...broken.all.slice(0, 3)] }),
      { object: 'Service/web', problem: 'its only pod is not ready' },
    ],
    'with the routes that lead to it': [routed, { object: 'Service/web', evidence: ['shop.test/ leads to it'] }],
  },
});

it('weighs more when a route leads to the Service', () => {
  expect(svcNoReadyEndpoints.check(routed, [])[0]?.severity).toBe('critical');
});
