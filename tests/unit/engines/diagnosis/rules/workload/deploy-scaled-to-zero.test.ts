import { expect, it } from 'vitest';
import { deployScaledToZero } from '../../../../../../src/engines/diagnosis/rules/workload/deploy-scaled-to-zero.ts';
import { aDeployment, anEvent, anObject, aSnapshot, minutesAgo, ownedBy } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const asleep = aDeployment('asleep', {
  replicas: 0,
  metadata: {
    managedFields: [
      { manager: 'kubectl', subresource: 'scale', time: minutesAgo(9), fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
    ],
  },
}).deployment;
const service = anObject('Service', 'asleep', { spec: { selector: { app: 'asleep' } } });
const scaledDown = anEvent(asleep, 'ScalingReplicaSet', 'Scaled down replica set asleep-7d876db474 from 3 to 0', {
  type: 'Normal',
});
const slice = anObject('EndpointSlice', 'asleep-1', {
  metadata: { labels: { 'kubernetes.io/service-name': 'asleep' } },
  endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }],
});
const scaler = (metadata = {}) =>
  anObject('HorizontalPodAutoscaler', 'asleep', {
    metadata,
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'asleep' } },
    status: { conditions: [{ type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled' }] },
  });
const ingress = anObject('Ingress', 'shop', {
  spec: { defaultBackend: { service: { name: 'asleep', port: { number: 80 } } } },
});
const complete = ['EndpointSlice'];

testRule(deployScaledToZero, {
  silent: {
    'nothing that needs it': aSnapshot({ complete, objects: [asleep, scaledDown] }),
    'a Service that others answer': aSnapshot({ complete, objects: [asleep, service, slice] }),
    'slices that could not be read': aSnapshot({ objects: [asleep, service] }),
    'KEDA, which puts it to sleep on purpose': aSnapshot({
      complete,
      objects: [
        asleep,
        service,
        scaler(ownedBy({ apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata: { name: 'asleep' } })),
      ],
    }),
    'a workload with pods': aSnapshot({ complete, objects: aDeployment('web').all }),
  },
  speaks: {
    'of the other colour that runs': [
      aSnapshot({
        complete,
        objects: [
          aDeployment('blue', {
            replicas: 0,
            spec: { template: { metadata: { labels: { app: 'pay', colour: 'blue' } } } },
          }).deployment,
          aDeployment('green', {
            spec: { template: { metadata: { labels: { app: 'pay', colour: 'green' } } } },
            status: { readyReplicas: 1 },
          }).deployment,
          anObject('Service', 'pay', { spec: { selector: { app: 'pay', colour: 'blue' } } }),
        ],
      }),
      {
        object: 'Deployment/blue',
        problem: 'Service/pay still leads to it; Deployment/green runs, with colour=green instead of blue',
        fix: 'set spec.selector[\\"colour\\"] of Service/pay to \\"green\\"',
      },
    ],
    'with how many there were and who scaled it': [
      aSnapshot({ complete, objects: [asleep, service, scaledDown] }),
      {
        object: 'Deployment/asleep',
        problem: 'was scaled from 3 to 0 replicas, and Service/asleep still leads to it',
        certainty: 'declared',
        evidence: ['spec.replicas is 0, written by kubectl', 'from 3 to 0'],
        fix: '"object":"deployment/asleep","namespace":"shop","replicas":3',
      },
    ],
    'to who asks about it, although nothing leads to it': [
      aSnapshot({
        complete,
        objects: [asleep, scaledDown],
        scope: { namespace: 'shop', object: { kind: 'Deployment', namespace: 'shop', name: 'asleep' } },
      }),
      { object: 'Deployment/asleep', problem: 'was scaled from 3 to 0 replicas', certainty: 'declared' },
    ],
    'without a count when the event has expired': [
      aSnapshot({ complete, objects: [asleep, service] }),
      {
        object: 'Deployment/asleep',
        problem: 'wants 0 replicas, and Service/asleep still leads to it',
        fix: '"replicas":1',
      },
    ],
    'of an autoscaler that can do nothing': [
      aSnapshot({ complete, objects: [asleep, scaler()] }),
      {
        object: 'Deployment/asleep',
        problem: 'HorizontalPodAutoscaler/asleep still scales it',
        evidence: ['ScalingDisabled'],
      },
    ],
  },
});

it('weighs more when a route leads to it', () => {
  const [finding] = deployScaledToZero.check(aSnapshot({ complete, objects: [asleep, service, ingress] }), []);

  expect(finding?.severity).toBe('critical');
});
