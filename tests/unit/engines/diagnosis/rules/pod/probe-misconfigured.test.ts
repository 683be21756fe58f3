import { probeMisconfigured } from '../../../../../../src/engines/diagnosis/rules/pod/probe-misconfigured.ts';
import { aContainer, aLog, anEvent, aPod, aSnapshot, crashed, minutesAgo } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const get = (path: string, more = {}) => ({ httpGet: { path, port: 8080 }, periodSeconds: 2, ...more });
const unready = (spec: object, startedMinutesAgo = 5, unreadyMinutesAgo = startedMinutesAgo) =>
  aPod('web', {
    containers: [
      aContainer('app', {
        ...spec,
        status: { ready: false, started: true, state: { running: { startedAt: minutesAgo(startedMinutesAgo) } } },
      }),
    ],
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(unreadyMinutesAgo) }],
    },
  });
const about = { involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web', fieldPath: 'spec.containers{app}' } };
const unhealthy = (message: string, more = {}) => anEvent(aPod('web'), 'Unhealthy', message, { ...about, ...more });
const probed = (readinessProbe: object, message: string, ...times: number[]) =>
  aSnapshot({ objects: [unready({ readinessProbe }, ...times), unhealthy(message)] });
const notFound = 'Readiness probe failed: HTTP probe failed with statuscode: 404';
const noProgram = (id: string) =>
  `Readiness probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to exec in container: failed to start exec "${id}": OCI runtime exec failed: exec failed: unable to start container process: exec: "/bin/grpc_health_probe": stat /bin/grpc_health_probe: no such file or directory: unknown`;
const killed = aPod('web', {
  containers: [aContainer('app', { livenessProbe: get('/nope'), ...crashed({ exitCode: 137, reason: 'Error' }) })],
});

testRule(probeMisconfigured, {
  silent: {
    'a ready container whose probe failed once': aSnapshot({
      objects: [aPod('web', { containers: [aContainer('app', { readinessProbe: get('/') })] }), unhealthy(notFound)],
    }),
    'a container that started a moment ago': probed(get('/nope'), notFound, 0.3),
    'a probe that is still within its budget': probed(get('/nope', { initialDelaySeconds: 600 }), notFound, 5),
    'a status 503': probed(get('/'), 'Readiness probe failed: HTTP probe failed with statuscode: 503'),
    'a status 429, which is not about the path': probed(
      get('/'),
      'Readiness probe failed: HTTP probe failed with statuscode: 429',
    ),
    'a status 404 of an instance that was ready before': probed(get('/'), notFound, 60, 5),
    'a command whose output speaks of options, without a complaint about them': probed(
      { exec: { command: ['check'] }, periodSeconds: 2 },
      'Readiness probe failed: option ssl is on, not ready',
    ),
    'a refused connection': probed(
      get('/'),
      'Readiness probe failed: dial tcp 10.244.0.14:8080: connect: connection refused',
    ),
    'no event that tells': aSnapshot({ objects: [unready({ readinessProbe: get('/') })] }),
    'an event about another container': aSnapshot({
      objects: [
        unready({ readinessProbe: get('/') }),
        unhealthy(notFound, { involvedObject: { ...about.involvedObject, fieldPath: 'spec.containers{proxy}' } }),
      ],
    }),
  },
  speaks: {
    'of a command whose program does not know its option, whatever the log says': [
      aSnapshot({
        objects: [
          unready({ readinessProbe: { exec: { command: ['nc', '-z', 'localhost', '3306'] }, periodSeconds: 2 } }),
          unhealthy("Readiness probe failed: nc: invalid option -- 'z'"),
        ],
        logs: [aLog('web', ["12 [Note] Access denied for user 'root'@'localhost' (using password: NO)"])],
      }),
      { object: 'Pod/web', problem: 'does not understand: nc: invalid option', fix: 'the program in this image has' },
    ],
    'of a server that wants TLS, as it answers or logs': [
      aSnapshot({
        objects: [
          unready({ readinessProbe: get('/') }),
          unhealthy('Readiness probe failed: HTTP probe failed with statuscode: 400'),
        ],
        logs: [aLog('web', ['http: TLS handshake error: client sent an HTTP request to an HTTPS server', 'up'])],
      }),
      { object: 'Pod/web', problem: 'for it speaks HTTPS there', fix: 'scheme' },
    ],
    'of a Host that the app does not accept, as its log says': [
      aSnapshot({
        objects: [
          unready({ readinessProbe: get('/') }),
          unhealthy('Readiness probe failed: HTTP probe failed with statuscode: 400'),
        ],
        logs: [
          aLog('web', ["ERROR Invalid HTTP_HOST header: '10.0.0.1:8080'. You may need to add it to ALLOWED_HOSTS."]),
        ],
      }),
      {
        object: 'Pod/web',
        problem: 'is answered with status 400; its log says Invalid HTTP_HOST header',
        fix: 'set httpGet.httpHeaders of the readinessProbe of container app to a Host',
      },
    ],
    'of the path alone when the log is about something else': [
      aSnapshot({
        objects: [unready({ readinessProbe: get('/') }), unhealthy(notFound)],
        logs: [aLog('web', ['ERROR cache is cold'])],
      }),
      { object: 'Pod/web', fix: '[{"advice":"set the path' },
    ],
    'of a host that is not the pod': [
      probed(
        { httpGet: { path: '/', port: 8080, host: '127.0.0.1' }, periodSeconds: 2 },
        'Readiness probe failed: Get "http://127.0.0.1:8080/": dial tcp 127.0.0.1:8080: connect: connection refused',
      ),
      {
        object: 'Pod/web',
        problem: 'is sent to 127.0.0.1 (its host), not to the pod',
        fix: 'remove host from the readinessProbe of container app',
      },
    ],
    'of a path that the app does not have': [
      probed(get('/healthz'), notFound),
      {
        object: 'Pod/web',
        problem: 'is not ready: its readiness probe GET /healthz on port 8080 is answered with status 404',
        certainty: 'message',
        evidence: ['statuscode: 404', 'readinessProbe of container app: GET /healthz on port 8080'],
        fix: 'set the path of the readinessProbe of container app',
      },
    ],
    'with another probe that succeeds': [
      aSnapshot({
        objects: [unready({ readinessProbe: get('/healthz'), livenessProbe: get('/health') }), unhealthy(notFound)],
      }),
      { object: 'Pod/web', problem: '(its liveness probe GET /health on port 8080 succeeds)' },
    ],
    'of a kill by a liveness probe that asks the wrong path': [
      aSnapshot({
        objects: [
          killed,
          unhealthy('Liveness probe failed: HTTP probe failed with statuscode: 404'),
          anEvent(killed, 'Killing', 'Container app failed liveness probe, will be restarted', {
            type: 'Normal',
            ...about,
          }),
        ],
      }),
      {
        object: 'Pod/web',
        problem: 'is killed again and again: its liveness probe GET /nope on port 8080 is answered with status 404',
        evidence: ['failed liveness probe', 'exit code 137'],
      },
    ],
    'of TLS that the server does not speak': [
      probed(
        { httpGet: { port: 8080, scheme: 'HTTPS' } },
        'Readiness probe failed: Get "https://10.244.0.36:8080/": http: server gave HTTP response to HTTPS client',
      ),
      { object: 'Pod/web', problem: 'HTTPS GET / on port 8080 is answered in plain HTTP, not HTTPS', fix: 'to HTTP' },
    ],
    'of a gRPC server without a health service': [
      probed(
        { grpc: { port: 9000 } },
        'Readiness probe failed: error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unknown service',
      ),
      { object: 'Pod/web', problem: 'gRPC port 9000 finds a gRPC server without the health service' },
    ],
    'of a command that is not in the image, each event with its own id': [
      aSnapshot({
        objects: [
          unready({ readinessProbe: { exec: { command: ['/bin/grpc_health_probe', '-x'] } } }),
          unhealthy(noProgram('44da'), { metadata: { name: 'a', namespace: 'shop' } }),
          unhealthy(`(combined from similar events): ${noProgram('6cb7')}`, {
            metadata: { name: 'b', namespace: 'shop' },
          }),
        ],
      }),
      {
        object: 'Pod/web',
        problem: 'command "/bin/grpc_health_probe -x" cannot be run: the container has no such program',
      },
    ],
    'of a command line that stands where the name of a program belongs': [
      probed(
        { exec: { command: ['wget -q localhost | grep UP'] } },
        'Readiness probe errored and resulted in unknown state: OCI runtime exec failed: exec failed: unable to start container process: exec: "wget -q localhost | grep UP": no such file or directory: unknown',
      ),
      {
        object: 'Pod/web',
        problem: 'cannot be run: all of it is the name of one program, for no shell takes it apart',
        fix: 'write the command of the readinessProbe of container app as [',
      },
    ],
    'of a port name that the container does not declare, without any event': [
      aSnapshot({
        objects: [
          unready({
            readinessProbe: { httpGet: { path: '/', port: 'http' } },
            ports: [{ name: 'web', containerPort: 8080 }],
          }),
        ],
      }),
      {
        object: 'Pod/web',
        problem: 'on port http names a port that the container does not declare (it declares web=8080)',
        certainty: 'recomputed',
      },
    ],
    'of a startup probe that can never succeed, before its budget is used up': [
      aSnapshot({
        objects: [
          aPod('web', {
            containers: [
              aContainer('app', {
                startupProbe: get('/nope', { failureThreshold: 300 }),
                status: { ready: false, started: false, state: { running: { startedAt: minutesAgo(2) } } },
              }),
            ],
          }),
          unhealthy('Startup probe failed: HTTP probe failed with statuscode: 404'),
        ],
      }),
      {
        object: 'Pod/web',
        problem: 'does not start: its startup probe GET /nope on port 8080 is answered with status 404',
      },
    ],
  },
});
