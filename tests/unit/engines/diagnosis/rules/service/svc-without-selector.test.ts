import { svcWithoutSelector } from '../../../../../../src/engines/diagnosis/rules/service/svc-without-selector.ts';
import { aContainer, aDeployment, aLog, anObject, aPod, aSnapshot, crashed } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const complete = ['Service', 'EndpointSlice'];
const service = (spec: object = {}) =>
  anObject('Service', 'erp', { spec: { clusterIP: '10.96.0.9', ports: [{ port: 80 }], ...spec } });
const endpoint = anObject('EndpointSlice', 'erp-1', {
  metadata: { labels: { 'kubernetes.io/service-name': 'erp' } },
  endpoints: [{ addresses: ['192.168.7.7'] }],
});
const client = aPod('client', { containers: [aContainer('app', crashed({ exitCode: 1, reason: 'Error' }))] });
const logs = [aLog('client', ['FATAL connect ECONNREFUSED erp:80'])];
const called = (...objects: object[]) => aSnapshot({ complete, objects: [client, ...objects] as never, logs });

testRule(svcWithoutSelector, {
  silent: {
    'a Service that nobody calls': aSnapshot({ complete, objects: [service()] }),
    'a Service with a selector': called(service({ selector: { app: 'erp' } })),
    'a Service whose endpoints somebody made': called(service(), endpoint),
    'a headless Service': called(service({ clusterIP: 'None' })),
    'an external name': called(service({ type: 'ExternalName', externalName: 'erp.example.com' })),
    'endpoints that could not be read': aSnapshot({ complete: ['Service'], objects: [client, service()], logs }),
  },
  speaks: {
    'when a caller is refused': [
      called(service()),
      {
        object: 'Service/erp',
        problem: 'leads nowhere: spec.selector is not set, and no EndpointSlice holds addresses for it',
        certainty: 'recomputed',
        evidence: ['ECONNREFUSED erp:80'],
        fix: 'kubernetes.io/service-name=erp',
      },
    ],
    'with the selector of a workload of its name': [
      called(service(), ...aDeployment('erp').all),
      { object: 'Service/erp', fix: 'kubectl patch service erp -n shop -p' },
    ],
    'when it is asked about': [
      aSnapshot({
        complete,
        objects: [service()],
        scope: { namespace: 'shop', object: { kind: 'Service', namespace: 'shop', name: 'erp' } },
      }),
      { object: 'Service/erp', problem: 'leads nowhere' },
    ],
  },
});
