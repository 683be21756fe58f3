import { svcHandWrittenEndpoints } from '../../../../../../src/engines/diagnosis/rules/service/svc-hand-written-endpoints.ts';
import { aContainer, aDeployment, aLog, anObject, aPod, aSnapshot, crashed } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const service = (name?: string) =>
  anObject('Service', 'db', { spec: { clusterIP: '10.96.0.7', ports: [{ port: 5432, name }] } });
const slice = (name: string | undefined, address = '192.0.2.7') =>
  anObject('EndpointSlice', 'db-1', {
    metadata: { labels: { 'kubernetes.io/service-name': 'db' } },
    ports: [{ name, port: 5432 }],
    endpoints: [{ addresses: [address] }],
  });
const asked = { scope: { namespace: 'shop', object: { kind: 'Service', namespace: 'shop', name: 'db' } } };
const web = aDeployment('web', {
  pod: { containers: [aContainer('app', crashed({ exitCode: 1, reason: 'Error' }))] },
});
const log = (text: string) => ({ logs: [aLog('web-5d8f-0', [text], { previous: true })] });
const refused = log('dial tcp db:5432: connect: connection refused');
const complete = ['EndpointSlice', 'Service', 'NetworkPolicy'] as const;

testRule(svcHandWrittenEndpoints, {
  silent: {
    'names that match, and nobody who complains': aSnapshot({ ...asked, objects: [service('pg'), slice('pg')] }),
    'names that do not match, but nobody needs the Service': aSnapshot({ objects: [service('pg'), slice(undefined)] }),
    'no name on both sides, one of them empty': aSnapshot({ ...asked, objects: [service(), slice('')] }),
    'a Service with a selector': aSnapshot({
      ...asked,
      objects: [
        anObject('Service', 'db', { spec: { selector: { app: 'db' }, ports: [{ port: 5432, name: 'pg' }] } }),
        slice(''),
      ],
    }),
    'an address of a pod, whose program and policies are the question': aSnapshot({
      complete,
      objects: [
        service(),
        slice(undefined, '10.244.0.9'),
        ...web.all,
        aPod('db-0', { status: { podIPs: [{ ip: '10.244.0.9' }] } }),
      ],
      ...refused,
    }),
    'a Service that leads to endpoints of the same node only': aSnapshot({
      complete,
      objects: [
        anObject('Service', 'db', { spec: { internalTrafficPolicy: 'Local', ports: [{ port: 5432 }] } }),
        slice(undefined),
        ...web.all,
      ],
      ...refused,
    }),
    'a port that the Service does not have': aSnapshot({
      complete,
      objects: [service(), slice(undefined), ...web.all],
      ...log('dial tcp db:5433: connect: connection refused'),
    }),
    'no answer where a policy may be the reason': aSnapshot({
      complete,
      objects: [service(), slice(undefined), ...web.all, anObject('NetworkPolicy', 'out', { spec: {} })],
      ...log('dial tcp db:5432: i/o timeout'),
    }),
    'no answer with an error of what is behind': aSnapshot({
      complete,
      objects: [service(), slice(undefined), ...web.all],
      ...log('GET http://db:5432/ returned 503 Service Unavailable'),
    }),
    'half-filled objects': aSnapshot({
      ...asked,
      objects: [anObject('Service', 'db', {}), anObject('EndpointSlice', 'db-1', {})],
    }),
  },
  speaks: {
    'of a port without the name of the Service port': [
      aSnapshot({ ...asked, objects: [service('pg'), slice(undefined)] }),
      {
        object: 'Service/db',
        problem:
          'sends port 5432 nowhere: the port is named pg, and EndpointSlice/db-1, written by hand, has 5432 without a name',
        fix: 'set ports[0].name of EndpointSlice/db-1',
      },
    ],
    'of an address that refuses a caller': [
      aSnapshot({ complete, objects: [service(), slice(undefined), ...web.all], ...refused }),
      {
        object: 'Service/db',
        problem: 'leads to 192.0.2.7:5432, as EndpointSlice/db-1, written by hand, says; that refuses connections',
        fix: 'correct endpoints and ports of EndpointSlice/db-1',
      },
    ],
    'of an address that does not answer': [
      aSnapshot({
        complete,
        objects: [service(), slice(undefined), ...web.all],
        ...log('dial tcp db:5432: i/o timeout'),
      }),
      { object: 'Service/db', problem: 'that does not answer' },
    ],
  },
});
