import { logUpstreamFailing } from '../../../../../../src/engines/diagnosis/rules/pod/log-upstream-failing.ts';
import { aContainer, anObject, aPod, aSnapshot, crashed } from '../../../../../support/builders.ts';
import { again, aSteadyLog, complains } from '../../../../../support/complaining-pod.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const line = 'ERROR GET http://stock/items: 503 Service Unavailable';
const stock = anObject('Service', 'stock', { spec: { selector: { app: 'stock' }, clusterIP: '10.96.0.7' } });
const withService = (lines: readonly string[]) =>
  aSnapshot({
    objects: [aPod('api'), stock],
    logs: [aSteadyLog(lines)],
    complete: ['Service', 'EndpointSlice'],
  });

testRule(logUpstreamFailing, {
  silent: {
    'one failure': complains([line, ...again(['INFO served'])]),
    'failures that ended': complains([...again([line]), 'INFO GET http://stock/items: 200']),
    'failures a while ago': complains(again([line]), {}, { ago: 300 }),
    'few failures among other work': complains(again([line, ...again(['INFO served'], 9)])),
    'a container that has just started': complains(again([line]), {
      status: { state: { running: { startedAt: '2026-11-23T11:59:40Z' } } },
    }),
    'a pod that crashes': aSnapshot({
      objects: [aPod('api', { containers: [aContainer('app', crashed({ exitCode: 1 }))] })],
      logs: [aSteadyLog(again([line]))],
    }),
    'a pod whose log was not read': aSnapshot({ objects: [aPod('api')] }),
    'a connection to itself': complains(again(['ERROR dial tcp 127.0.0.1:9090: connect: connection refused'])),
    'faults of its own': complains(again(['ERROR pq: relation "items" does not exist'])),
    'the last words before a silence, of a Service that serves by now': aSnapshot({
      scope: { namespace: 'shop', object: { kind: 'Pod', namespace: 'shop', name: 'api' } },
      objects: [
        aPod('api'),
        stock,
        anObject('EndpointSlice', 'stock-1', {
          metadata: { labels: { 'kubernetes.io/service-name': 'stock' } },
          endpoints: [{ addresses: ['10.0.0.9'], conditions: { ready: true } }],
        }),
      ],
      logs: [aSteadyLog(again(['ERROR dial tcp 10.96.0.7:80: connect: connection refused']), { ago: 600 })],
      complete: ['Service', 'EndpointSlice'],
    }),
    'claims about other things': complains(again(['ERROR root cause: node-1 is down, connection refused'])),
  },
  speaks: {
    'of a name that stayed as it stands in the pod': [
      complains(again(["wget: bad address '$(API_HOST)'"]), {
        env: [
          { name: 'API_URL', value: 'http://$(API_HOST)/' },
          { name: 'API_HOST', value: 'api' },
        ],
      }),
      {
        object: 'Pod/api',
        problem: '($(API_HOST) in env[API_URL] stays as it is: env names API_HOST only after it)',
        certainty: 'recomputed',
        fix: 'move API_HOST before env[API_URL]',
      },
    ],
    'of a Service without endpoints': [
      withService(again(['INFO GET /', line])),
      {
        object: 'Pod/api',
        problem: 'is ready, but its log keeps saying: it gets errors from Service/stock (502, 503 or 504)',
        certainty: 'inferred',
        evidence: ['503 Service Unavailable', 'said so 20 times', 'has 0 ready endpoints'],
        fix: 'make Service/stock answer first',
      },
    ],
    'of the Service that nginx names by its address': [
      withService(
        again([
          '2026/11/23 12:00:00 [error] 29#29: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 10.244.0.1, server: , request: "GET / HTTP/1.1", upstream: "http://10.96.0.7:80/", host: "shop.example"',
        ]),
      ),
      { object: 'Pod/api', problem: 'it cannot reach Service/stock port 80 (connection refused)' },
    ],
    'of a Service that there is not': [
      aSnapshot({
        objects: [aPod('api'), stock],
        logs: [aSteadyLog(again(['ERROR getaddrinfo ENOTFOUND stocks']))],
        complete: ['Service', 'EndpointSlice'],
      }),
      { object: 'Pod/api', problem: 'there is no Service/stocks in namespace shop, but there is stock' },
    ],
    'of a host outside, with less certainty when the lines state no level': [
      complains(again(['proxy error: dial tcp: lookup api.example.com: no such host'])),
      { object: 'Pod/api', problem: 'it cannot reach api.example.com (no such host)', certainty: 'correlated' },
    ],
    'of a host outside with the setting that names it': [
      complains(again(['ERROR dial tcp: lookup api.example.com: no such host']), {
        env: [{ name: 'API_URL', value: 'https://api.example.com' }],
      }),
      {
        object: 'Pod/api',
        problem: 'it cannot reach api.example.com (no such host), which env[API_URL] names',
        fix: 'or correct the host in env[API_URL]',
      },
    ],
  },
});
