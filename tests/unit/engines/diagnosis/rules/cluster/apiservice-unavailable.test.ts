import { apiserviceUnavailable } from '../../../../../../src/engines/diagnosis/rules/cluster/apiservice-unavailable.ts';
import { anObject, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const anApi = (condition: object, service: object | undefined = { namespace: 'shop', name: 'metrics' }) =>
  anObject('APIService', 'v1beta1.metrics.k8s.io', {
    metadata: { namespace: undefined },
    spec: { service },
    status: { conditions: [{ type: 'Available', lastTransitionTime: minutesAgo(5), ...condition }] },
  });
const down = {
  status: 'False',
  reason: 'MissingEndpoints',
  message: 'endpoints for service/metrics have no addresses',
};
const service = anObject('Service', 'metrics');

testRule(apiserviceUnavailable, {
  silent: {
    'one that answers': aSnapshot({ objects: [anApi({ status: 'True', reason: 'Passed' })] }),
    'one that was just restarted': aSnapshot({ objects: [anApi({ ...down, lastTransitionTime: minutesAgo(0.5) })] }),
    'one of the API server itself': aSnapshot({ objects: [anApi({ status: 'True', reason: 'Local' }, undefined)] }),
  },
  speaks: {
    'of a Service without endpoints': [
      aSnapshot({ complete: ['Service'], objects: [anApi(down), service] }),
      {
        object: 'APIService/v1beta1.metrics.k8s.io',
        problem: 'does not answer: MissingEndpoints (Service/metrics in namespace shop)',
        evidence: ['endpoints for service/metrics have no addresses'],
      },
    ],
    'of a Service that is gone': [
      aSnapshot({ complete: ['Service'], objects: [anApi({ ...down, reason: 'ServiceNotFound' })] }),
      {
        object: 'APIService/v1beta1.metrics.k8s.io',
        problem: 'its Service/metrics in namespace shop does not exist',
        fix: 'kubectl delete apiservice v1beta1.metrics.k8s.io',
      },
    ],
  },
});
