import { probeReadiness5xx } from '../../../../../../src/engines/diagnosis/rules/pod/probe-readiness-5xx.ts';
import {
  aContainer,
  aLog,
  anEvent,
  anObject,
  aPod,
  aSnapshot,
  minutesAgo,
  ownedBy,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const http = { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 2 };
const unready = (readinessProbe: object, startedMinutesAgo = 5, unreadyMinutesAgo = startedMinutesAgo) =>
  aPod('web', {
    containers: [
      aContainer('app', {
        readinessProbe,
        status: { ready: false, started: true, state: { running: { startedAt: minutesAgo(startedMinutesAgo) } } },
      }),
    ],
    status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(unreadyMinutesAgo) }] },
  });
const unhealthy = (message: string, more = {}) =>
  anEvent(aPod('web'), 'Unhealthy', message, {
    involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web', fieldPath: 'spec.containers{app}' },
    ...more,
  });
const status = (code: number) => unhealthy(`Readiness probe failed: HTTP probe failed with statuscode: ${code}`);

const member = (podManagementPolicy?: string, made = 1) => {
  const set = anObject('StatefulSet', 'web', {
    spec: { replicas: 3, serviceName: 'web-peers', podManagementPolicy },
    status: { replicas: made },
  });
  const pod = unready({ exec: { command: ['check'] }, periodSeconds: 2 });
  const first = { ...pod, metadata: { ...pod.metadata, ...ownedBy(set), name: 'web-0' } };
  const involvedObject = { kind: 'Pod', namespace: 'shop', name: 'web-0', fieldPath: 'spec.containers{app}' };
  return aSnapshot({
    objects: [set, first, anEvent(first, 'Unhealthy', 'Readiness probe failed: no quorum yet', { involvedObject })],
  });
};

testRule(probeReadiness5xx, {
  silent: {
    'a ready pod with a failure in its events': aSnapshot({
      objects: [aPod('web', { containers: [aContainer('app', { readinessProbe: http })] }), status(503)],
    }),
    'twenty seconds of 503': aSnapshot({ objects: [unready(http, 0.3), status(503)] }),
    'a status 404 of an app that once could not reach something': aSnapshot({
      complete: ['Service', 'EndpointSlice'],
      objects: [
        unready(http),
        status(404),
        anObject('Service', 'db', { spec: {} }),
        anObject('EndpointSlice', 'db-1', {
          metadata: { labels: { 'kubernetes.io/service-name': 'db' } },
          endpoints: [{ addresses: ['10.0.0.1'] }],
        }),
      ],
      logs: [aLog('web', ['WARN dial tcp db:5432: connect: connection refused'])],
    }),
    'a status 404 since its start': aSnapshot({ objects: [unready(http), status(404)] }),
    'a liveness probe that failed without a kill': aSnapshot({
      objects: [unready(http), unhealthy('Liveness probe failed: HTTP probe failed with statuscode: 500')],
    }),
    'a command that does not exist': aSnapshot({
      objects: [
        unready({ exec: { command: ['x'] } }),
        unhealthy(
          'Readiness probe errored and resulted in unknown state: rpc error: OCI runtime exec failed: exec failed: no such file',
        ),
      ],
    }),
  },
  speaks: {
    'of a member that waits for others, which are made only when it is ready': [
      member(),
      {
        object: 'Pod/web-0',
        problem: 'podManagementPolicy OrderedReady of StatefulSet/web makes the 2 others only when it is ready',
        fix: 'create StatefulSet/web anew with podManagementPolicy: Parallel',
      },
    ],
    'of a member that waits for others, as it says, where all are made at once': [
      member('Parallel'),
      { object: 'Pod/web-0', problem: 'says: no quorum yet', fix: 'find in the log' },
    ],
    'of a member that waits for others that are there': [
      member(undefined, 3),
      { object: 'Pod/web-0', problem: 'says: no quorum yet', fix: 'find in the log' },
    ],
    'of a table with what stands in its rows': [
      aSnapshot({
        objects: [
          unready({ exec: { command: ['vault', 'status'] }, periodSeconds: 2 }),
          unhealthy('Readiness probe failed: Key         Value\n---         -----\nInitialized true\nSealed      true'),
        ],
      }),
      { object: 'Pod/web', problem: 'says: Initialized true, Sealed true' },
    ],
    'of a file that a command looks for and that is not there': [
      aSnapshot({
        objects: [
          unready({ exec: { command: ['sh', '-c', 'test -f /tmp/ready'] }, periodSeconds: 2 }),
          unhealthy('Readiness probe failed: '),
        ],
      }),
      { object: 'Pod/web', problem: 'finds no file /tmp/ready', fix: 'let container app write /tmp/ready' },
    ],
    'of a word that a file does not have': [
      aSnapshot({
        objects: [
          unready({ exec: { command: ['grep', '-q', 'ready', '/tmp/health'] }, periodSeconds: 2 }),
          unhealthy('Readiness probe failed: '),
        ],
      }),
      {
        object: 'Pod/web',
        problem: 'does not find ready in /tmp/health',
        fix: 'compare with what is there (kubectl exec web -n shop -c app -- cat /tmp/health)',
      },
    ],
    'of no file when the command does more than look at it': [
      aSnapshot({
        objects: [
          unready({ exec: { command: ['sh', '-c', 'pg_isready && test -f /tmp/ready'] }, periodSeconds: 2 }),
          unhealthy('Readiness probe failed: '),
        ],
      }),
      { object: 'Pod/web', problem: 'exits with an error', fix: 'find in the log of container app' },
    ],
    'when a failing liveness probe has just killed the instance before': [
      aSnapshot({
        objects: [
          aPod('web', {
            containers: [
              aContainer('app', {
                readinessProbe: http,
                livenessProbe: http,
                status: {
                  ready: false,
                  started: true,
                  restartCount: 1,
                  state: { running: { startedAt: minutesAgo(0.3) } },
                  lastState: { terminated: { exitCode: 137, startedAt: minutesAgo(2), finishedAt: minutesAgo(0.3) } },
                },
              }),
            ],
            status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(2) }] },
          }),
          status(503),
          anEvent(aPod('web'), 'Killing', 'Container app failed liveness probe, will be restarted', {
            involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web', fieldPath: 'spec.containers{app}' },
            lastTimestamp: minutesAgo(0.8),
          }),
        ],
      }),
      { object: 'Pod/web', problem: 'answers 503' },
    ],
    'with path, port and status': [
      aSnapshot({
        objects: [
          unready(http),
          {
            ...unhealthy(
              'Readiness probe failed: Get "http://10.244.0.17:8080/ready": dial tcp 10.244.0.17:8080: connect: connection refused',
            ),
            lastTimestamp: minutesAgo(5),
          },
          status(503),
        ],
        logs: [aLog('web', ['ERROR cache is not warm'])],
      }),
      {
        object: 'Pod/web',
        problem:
          'is not ready: its readiness probe GET /ready on port 8080 answers 503; the app says: cache is not warm',
        certainty: 'message',
        evidence: ['statuscode: 503 (1 times)', 'ERROR cache is not warm'],
      },
    ],
    'as a symptom of the Service that the app cannot reach': [
      aSnapshot({
        complete: ['Service', 'EndpointSlice'],
        objects: [unready(http), status(500), anObject('Service', 'db', { spec: {} })],
        logs: [aLog('web', ['WARN health: dial tcp: lookup db: no such host', 'ERROR health check failed'])],
      }),
      {
        object: 'Pod/web',
        problem: 'answers 500; the app cannot reach Service/db (no such host)',
        fix: 'make Service/db answer first',
      },
    ],
    'with what a command says': [
      aSnapshot({
        objects: [
          unready({ exec: { command: ['cat', '/tmp/ready'] } }),
          unhealthy("Readiness probe failed: cat: can't open '/tmp/ready': No such file or directory\n"),
        ],
      }),
      {
        object: 'Pod/web',
        problem:
          "its readiness probe command \"cat /tmp/ready\" says: cat: can't open '/tmp/ready': No such file or directory",
      },
    ],
    'of a gRPC service that does not serve': [
      aSnapshot({
        objects: [
          unready({ grpc: { port: 9000 } }),
          unhealthy('Readiness probe failed: service unhealthy (responded with "NOT_SERVING")'),
        ],
      }),
      { object: 'Pod/web', problem: 'answers NOT_SERVING' },
    ],
    'of a status 404 while the app keeps telling of a Service that nobody serves': [
      aSnapshot({
        complete: ['Service', 'EndpointSlice'],
        objects: [unready(http), status(404), anObject('Service', 'db', { spec: { selector: { app: 'db' } } })],
        logs: [aLog('web', ['WARN dial tcp db:5432: connect: connection refused'])],
      }),
      { object: 'Pod/web', problem: 'answers 404; the app cannot reach Service/db port 5432 (connection refused)' },
    ],
    'of the Service that a command asks instead of its own container': [
      aSnapshot({
        complete: ['Service', 'EndpointSlice'],
        objects: [
          unready({ exec: { command: ['wget', '-qO-', 'http://api:8080/health'] } }),
          unhealthy("Readiness probe failed: wget: can't connect to remote host (10.96.0.7): Connection refused"),
          anObject('Service', 'api', { spec: { clusterIP: '10.96.0.7', selector: { app: 'api' } } }),
        ],
      }),
      { object: 'Pod/web', problem: 'the app cannot reach Service/api (connection refused)' },
    ],
    'of a status 404 of an instance that was ready before': [
      aSnapshot({ objects: [unready(http, 60, 5), status(404)] }),
      { object: 'Pod/web', problem: 'answers 404' },
    ],
  },
});
