import { svcBackendLoopback } from '../../../../../../src/engines/diagnosis/rules/service/svc-backend-loopback.ts';
import { aContainer, aDeployment, aLog, anObject, aSnapshot, crashed } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const service = anObject('Service', 'flask', {
  spec: { clusterIP: '10.96.0.7', selector: { app: 'flask' }, ports: [{ port: 80, targetPort: 5000 }] },
});
const slice = anObject('EndpointSlice', 'flask-1', {
  metadata: { labels: { 'kubernetes.io/service-name': 'flask' } },
  endpoints: [{ addresses: ['10.244.0.7'] }],
});
const backend = (...names: readonly string[]) =>
  aDeployment('flask', { pod: { containers: names.map((name) => aContainer(name)) } });
const client = aDeployment('web', {
  pod: { containers: [aContainer('app', crashed({ exitCode: 1, reason: 'Error' }))] },
});
const asked = { scope: { namespace: 'shop', object: { kind: 'Service', namespace: 'shop', name: 'flask' } } };
const says = (...lines: readonly string[]) => [aLog('flask-5d8f-0', lines)];
const loopback = ' * Running on http://127.0.0.1:5000';

testRule(svcBackendLoopback, {
  silent: {
    'a server on all addresses': aSnapshot({
      ...asked,
      objects: [service, slice, ...backend('app').all],
      logs: says(' * Running on http://0.0.0.0:5000'),
    }),
    'a server on both': aSnapshot({
      ...asked,
      objects: [service, slice, ...backend('app').all],
      logs: says('listening on 127.0.0.1:9000', 'listening on 0.0.0.0:5000'),
    }),
    'a proxy beside it': aSnapshot({
      ...asked,
      objects: [service, slice, ...backend('app', 'proxy').all],
      logs: says(loopback),
    }),
    'a Service that nobody complains about': aSnapshot({
      objects: [service, slice, ...backend('app').all],
      logs: says(loopback),
    }),
  },
  speaks: {
    'to whoever asks about the Service': [
      aSnapshot({ ...asked, objects: [service, slice, ...backend('app').all], logs: says(loopback) }),
      {
        object: 'Service/flask',
        problem: 'reaches nobody on container port 5000: Deployment/flask listens there on 127.0.0.1 only',
        evidence: ['Running on http://127.0.0.1:5000'],
        fix: 'listen on 0.0.0.0:5000',
      },
    ],
    'when a client is refused': [
      aSnapshot({
        complete: ['Service'],
        objects: [service, slice, ...backend('app').all, ...client.all],
        logs: [
          ...says(loopback),
          aLog('web-5d8f-0', ['dial tcp flask:80: connect: connection refused'], { previous: true }),
        ],
      }),
      { object: 'Service/flask' },
    ],
  },
});
