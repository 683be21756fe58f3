import { svcTargetPortMismatch } from '../../../../../../src/engines/diagnosis/rules/service/svc-target-port-mismatch.ts';
import { aContainer, aDeployment, aLog, anObject, aPod, aSnapshot, crashed } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const service = (targetPort: string | number | undefined, spec = {}) =>
  anObject('Service', 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort }], ...spec } });
const serving = (container: object, more: object[] = []) =>
  aDeployment('web', {
    pod: {
      containers: [aContainer('app', container as never), ...more.map((each) => aContainer('side', each as never))],
    },
  }).all;
const http = { ports: [{ name: 'http', containerPort: 8080 }] };
const probed = { ...http, readinessProbe: { httpGet: { path: '/', port: 'http' } } };
const objects = (targetPort: string | number | undefined, container: object, spec = {}) => [
  service(targetPort, spec),
  ...serving(container),
];
const saying = (line: string) => [aLog('web-5d8f-0', [line])];

const endpoint = anObject('EndpointSlice', 'web-1', {
  metadata: { labels: { 'kubernetes.io/service-name': 'web' } },
  endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }],
});
const client = aPod('client', { containers: [aContainer('app', crashed({ exitCode: 1, reason: 'Error' }))] });
const refusing = (line: string, container: object, { policiesRead = true } = {}) =>
  aSnapshot({
    complete: ['Service', 'EndpointSlice', ...(policiesRead ? ['NetworkPolicy'] : [])],
    objects: [...objects(9090, container), endpoint, client],
    logs: [aLog('client', [line])],
  });

testRule(svcTargetPortMismatch, {
  silent: {
    'a name of another protocol, which is another finding': aSnapshot({
      objects: objects('http', { ports: [{ name: 'http', containerPort: 8080, protocol: 'UDP' }] }),
    }),
    'a name that a container has': aSnapshot({ objects: objects('http', http) }),
    'a name that a sidecar has': aSnapshot({
      objects: [
        service('proxy'),
        ...serving(http, [{ init: true, restartPolicy: 'Always', ports: [{ name: 'proxy', containerPort: 9000 }] }]),
      ],
    }),
    'a number that a container declares': aSnapshot({ objects: objects(8080, probed) }),
    'a number that nothing speaks against': aSnapshot({ objects: objects(9090, {}) }),
    'declared ports alone': aSnapshot({ objects: objects(9090, http) }),
    'a probe port without declared ports': aSnapshot({
      objects: objects(8080, { readinessProbe: { httpGet: { path: '/', port: 8081 } } }),
    }),
    'a number that the log announces': aSnapshot({
      objects: objects(9090, probed),
      logs: saying('listening on 0.0.0.0:9090'),
    }),
    'a client that got no answer in time': refusing('FATAL dial tcp: web:80: i/o timeout', http),
    'a client that may have met a policy': aSnapshot({
      complete: ['Service', 'EndpointSlice', 'NetworkPolicy'],
      objects: [
        ...objects(9090, http),
        endpoint,
        client,
        anObject('NetworkPolicy', 'closed', { spec: { podSelector: {} } }),
      ],
      logs: [aLog('client', ['FATAL health check to web:80 failed (status=000)'])],
    }),
    'a client that may have met a policy that nobody could read': refusing(
      'FATAL health check to web:80 failed (status=000)',
      http,
      { policiesRead: false },
    ),
    'a client that is refused by one of two ports': refusing('FATAL dial tcp web:80: connect: connection refused', {
      ports: [...http.ports, { name: 'admin', containerPort: 8081 }],
    }),
    'a headless Service': aSnapshot({ objects: objects(9090, probed, { clusterIP: 'None' }) }),
    'no pods and no workload': aSnapshot({ objects: [service('http')] }),
  },
  speaks: {
    'of the only port that is declared, when the Service is asked about': [
      aSnapshot({
        scope: { namespace: 'shop', object: { kind: 'Service', namespace: 'shop', name: 'web' } },
        objects: objects(9090, http),
      }),
      {
        object: 'Service/web',
        problem: 'sends port 80 to container port 9090, but Deployment/web declares only 8080',
        certainty: 'correlated',
      },
    ],
    'of a name that no container has': [
      aSnapshot({ objects: objects('htpp', http) }),
      {
        object: 'Service/web',
        problem:
          'sends port 80 to the container port named "htpp", which no container of Deployment/web has (it has http (8080))',
        certainty: 'declared',
        evidence: ['spec.ports[0].targetPort is "htpp"', 'container ports: http (8080)'],
        fix: 'kubectl patch service web -n shop --type=json',
      },
    ],
    'of one name of two, without leading it to the port of the other': [
      aSnapshot({
        objects: objects('http', http, {
          ports: [
            { name: 'web', port: 80, targetPort: 'http' },
            { name: 'metrics', port: 9090, targetPort: 'metrics' },
          ],
        }),
      }),
      {
        object: 'Service/web',
        problem: 'sends port 9090 to the container port named "metrics"',
        fix: '[{"advice":"name the container\'s port',
      },
    ],
    'of a workload that has no pods yet': [
      aSnapshot({
        objects: [
          service('htpp'),
          aDeployment('web', {
            replicas: 0,
            spec: { template: { metadata: { labels: { app: 'web' } }, spec: { containers: [http] } } },
          }).deployment,
        ],
      }),
      { object: 'Service/web', problem: 'Deployment/web' },
    ],
    'of a number, when a probe succeeds on the declared port': [
      aSnapshot({ objects: objects(9090, probed) }),
      {
        object: 'Service/web',
        problem: 'sends port 80 to container port 9090, but Deployment/web listens on 8080',
        certainty: 'inferred',
        evidence: ['its probe asks port 8080, and the pods are ready'],
      },
    ],
    'of a number, when a client is refused although there are endpoints': [
      refusing('FATAL dial tcp web:80: connect: connection refused', http),
      {
        object: 'Service/web',
        problem: 'sends port 80 to container port 9090, but Deployment/web listens on 8080',
        certainty: 'inferred',
        evidence: ['connection refused'],
      },
    ],
    'of a number, when a client does not say why it got no connection': [
      refusing('FATAL health check to web:80 failed (status=000)', http),
      {
        object: 'Service/web',
        problem: 'sends port 80 to container port 9090, but Deployment/web listens on 8080',
        certainty: 'inferred',
        evidence: ['status=000'],
      },
    ],
    'of a number that defaults to the port': [
      aSnapshot({ objects: objects(undefined, probed) }),
      { object: 'Service/web', problem: 'container port 80, but Deployment/web listens on 8080' },
    ],
    'of a number, when the log announces another port': [
      aSnapshot({ objects: objects(9090, {}), logs: saying('Server listening on 0.0.0.0:3000') }),
      {
        object: 'Service/web',
        problem: 'listens on 3000',
        certainty: 'message',
        evidence: ['Server listening on 0.0.0.0:3000'],
      },
    ],
  },
});
