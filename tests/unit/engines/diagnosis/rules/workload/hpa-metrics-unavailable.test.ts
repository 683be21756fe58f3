import { hpaMetricsUnavailable } from '../../../../../../src/engines/diagnosis/rules/workload/hpa-metrics-unavailable.ts';
import { anAutoscaler } from '../../../../../support/autoscalers.ts';
import { anObject, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const none =
  'failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API';
const failing = (minutes: number, reason = 'FailedGetResourceMetric', message = none) =>
  anAutoscaler('web', { ScalingActive: [reason, message, minutes] });
const api = anObject('APIService', 'v1beta1.metrics.k8s.io');
const complete = ['APIService'];

testRule(hpaMetricsUnavailable, {
  silent: {
    'metrics that are late by a minute': aSnapshot({ complete, objects: [failing(1), api] }),
    'an API that may still be installed': aSnapshot({ complete, objects: [failing(0.5)] }),
    'a request that is missing, which another rule tells': aSnapshot({
      complete,
      objects: [failing(10, 'FailedGetResourceMetric', 'missing request for cpu in container app'), api],
    }),
    'a target scaled to zero': aSnapshot({ objects: [failing(10, 'ScalingDisabled', 'scaling is disabled')] }),
    'an autoscaler that scales': aSnapshot({ objects: [anAutoscaler('web'), api] }),
  },
  speaks: {
    'of metrics that never come': [
      aSnapshot({ complete, objects: [failing(10), api] }),
      {
        object: 'HorizontalPodAutoscaler/web',
        problem: 'gets no metrics for Deployment/web: no metrics returned from resource metrics API',
        certainty: 'declared',
        fix: 'kubectl get apiservice v1beta1.metrics.k8s.io',
      },
    ],
    'of an API that nobody serves': [
      aSnapshot({
        complete,
        objects: [failing(2, 'FailedGetExternalMetric', 'the server could not find the requested resource')],
      }),
      {
        object: 'HorizontalPodAutoscaler/web',
        problem: 'APIService/v1beta1.external.metrics.k8s.io does not exist, so nobody serves such metrics',
        culprit: 'APIService/v1beta1.external.metrics.k8s.io',
        fix: 'install an adapter for external metrics',
      },
    ],
  },
});
