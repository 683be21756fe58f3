import { svcWithoutSelector } from '../../../../../../src/engines/diagnosis/rules/service/svc-without-selector.ts';
import { aContainer, aDeployment, aLog, anObject, aSnapshot, crashed } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const db = anObject('Service', 'db', { spec: { ports: [{ port: 5432 }] } });
const slice = (endpoints: readonly object[]) =>
  anObject('EndpointSlice', 'db-1', { metadata: { labels: { 'kubernetes.io/service-name': 'db' } }, endpoints });
const asked = { scope: { namespace: 'shop', object: { kind: 'Service', namespace: 'shop', name: 'db' } } };
const web = aDeployment('web', {
  pod: { containers: [aContainer('app', crashed({ exitCode: 1, reason: 'Error' }))] },
});

testRule(svcWithoutSelector, {
  silent: {
    'a Service that nobody needs': aSnapshot({ complete: ['EndpointSlice'], objects: [db] }),
    'endpoints that somebody wrote': aSnapshot({
      ...asked,
      complete: ['EndpointSlice'],
      objects: [db, slice([{ addresses: ['192.0.2.7'] }])],
    }),
    'endpoints that were not read': aSnapshot({ ...asked, objects: [db] }),
    'a selector': aSnapshot({
      ...asked,
      complete: ['EndpointSlice'],
      objects: [anObject('Service', 'db', { spec: { selector: { app: 'db' }, ports: [{ port: 5432 }] } })],
    }),
    'another name of something': aSnapshot({
      ...asked,
      complete: ['EndpointSlice'],
      objects: [anObject('Service', 'db', { spec: { type: 'ExternalName', externalName: 'x', ports: [{ port: 1 }] } })],
    }),
  },
  speaks: {
    'when it is asked about': [
      aSnapshot({ ...asked, complete: ['EndpointSlice'], objects: [db, slice([])] }),
      {
        object: 'Service/db',
        problem: 'leads nowhere: it has no spec.selector',
        fix: 'set spec.selector of Service/db',
      },
    ],
    'and of an EndpointSlice that lacks the label of its Service': [
      aSnapshot({
        ...asked,
        complete: ['EndpointSlice'],
        objects: [db, anObject('EndpointSlice', 'db-1', { endpoints: [{ addresses: ['192.0.2.7'] }] })],
      }),
      {
        object: 'Service/db',
        problem: 'EndpointSlice/db-1 lacks the label kubernetes.io/service-name=db',
        fix: 'kubectl label endpointslice db-1 -n shop kubernetes.io/service-name=db',
      },
    ],
    'when a container calls it': [
      aSnapshot({
        complete: ['EndpointSlice', 'Service'],
        objects: [db, ...web.all],
        logs: [aLog('web-5d8f-0', ['dial tcp db:5432: connect: connection refused'], { previous: true })],
      }),
      { object: 'Service/db', evidence: ['connection refused'] },
    ],
    'when a route leads to it': [
      aSnapshot({
        complete: ['EndpointSlice'],
        objects: [
          db,
          anObject('Ingress', 'front', {
            spec: { defaultBackend: { service: { name: 'db', port: { number: 5432 } } } },
          }),
        ],
      }),
      { object: 'Service/db', evidence: ['leads to it'] },
    ],
  },
});
