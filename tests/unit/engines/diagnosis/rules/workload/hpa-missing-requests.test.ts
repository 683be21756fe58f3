import { hpaMissingRequests } from '../../../../../../src/engines/diagnosis/rules/workload/hpa-missing-requests.ts';
import { anAutoscaler } from '../../../../../support/autoscalers.ts';
import { aContainer, aDeployment, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const said = 'failed to get cpu utilization: missing request for cpu in container app of Pod web-5d8f-0';
const failing = anAutoscaler('web', { ScalingActive: ['FailedGetResourceMetric', said] });
const early = 'no metrics returned from resource metrics API';
const asking = { resources: { requests: { cpu: '10m' } } };
const mixed = aDeployment('web', { pod: { containers: [aContainer('app', asking), aContainer('proxy')] } });

const exporter = aDeployment('web-metrics', { pod: { containers: [aContainer('exporter')] } });
const ofExporter = anAutoscaler('web', {
  ScalingActive: [
    'FailedGetResourceMetric',
    'failed to get cpu utilization: missing request for cpu in container exporter of Pod web-metrics-5d8f-0',
  ],
});
const own = aDeployment('web');
const asks = aDeployment('web', { pod: { containers: [aContainer('app', asking)] } });

testRule(hpaMissingRequests, {
  silent: {
    'an autoscaler that scales': aSnapshot({ objects: [anAutoscaler('web'), ...aDeployment('web').all] }),
    'metrics that have not come yet': aSnapshot({
      objects: [anAutoscaler('web', { ScalingActive: ['FailedGetResourceMetric', early] }), ...aDeployment('web').all],
    }),
    'an autoscaler without a target': aSnapshot({
      objects: [
        anAutoscaler('web', { ScalingActive: ['FailedGetResourceMetric', said] }, { spec: { scaleTargetRef: {} } }),
      ],
    }),
  },
  speaks: {
    'of the container that admission put beside it': [
      aSnapshot({ objects: [failing, ...mixed.all] }),
      {
        object: 'HorizontalPodAutoscaler/web',
        problem: 'cannot scale: container proxy of Deployment/web has no cpu request',
        certainty: 'declared',
        evidence: ['resources.requests.cpu is not set in proxy'],
        fix: 'kubectl set resources deployment/web -n shop -c proxy --requests=cpu=AMOUNT',
      },
    ],
    'of its own pods, also when their ReplicaSet was not read': [
      aSnapshot({ objects: [failing, own.deployment, ...own.pods] }),
      {
        object: 'HorizontalPodAutoscaler/web',
        problem: 'cannot scale: container app of Deployment/web has no cpu request',
      },
    ],
    'of the pods of another workload that the selector matches too': [
      aSnapshot({ objects: [ofExporter, ...asks.all, ...exporter.all] }),
      {
        object: 'HorizontalPodAutoscaler/web',
        problem:
          'cannot scale: the selector of Deployment/web (app=web) also matches the pods of Deployment/web-metrics, whose container exporter has no cpu request',
        certainty: 'recomputed',
        fix: 'kubectl set resources deployment/web-metrics -n shop -c exporter --requests=cpu=AMOUNT',
      },
    ],
    'of the one that the controller names, when the pods were not read': [
      aSnapshot({ objects: [failing] }),
      { object: 'HorizontalPodAutoscaler/web', problem: 'container app of Deployment/web has no cpu request' },
    ],
  },
});
