import { probeConnectionRefused } from '../../../../../../src/engines/diagnosis/rules/pod/probe-connection-refused.ts';
import {
  aContainer,
  aLog,
  anEvent,
  anObject,
  aPod,
  aSnapshot,
  crashed,
  minutesAgo,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const probe = (port: number, more = {}) => ({ httpGet: { path: '/', port }, periodSeconds: 2, ...more });
const unready = (spec: object, startedMinutesAgo = 5) =>
  aPod('web', {
    containers: [
      aContainer('app', {
        ...spec,
        status: { ready: false, started: true, state: { running: { startedAt: minutesAgo(startedMinutesAgo) } } },
      }),
    ],
    status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(startedMinutesAgo) }] },
  });
const about = { involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web', fieldPath: 'spec.containers{app}' } };
const refused = (kind: string, port: number) =>
  anEvent(
    aPod('web'),
    'Unhealthy',
    `${kind} probe failed: Get "http://10.244.0.14:${port}/": dial tcp 10.244.0.14:${port}: connect: connection refused`,
    about,
  );
const asking = (spec: object, port: number, ...lines: string[]) =>
  aSnapshot({ objects: [unready(spec), refused('Readiness', port)], logs: [aLog('web', lines)] });
const dead = (more: object) =>
  aPod('web', { containers: [aContainer('app', { ...more, ...crashed({ exitCode: 137, reason: 'Error' }) })] });
const kill = (kind: string) =>
  anEvent(aPod('web'), 'Killing', `Container app failed ${kind} probe, will be restarted`, {
    type: 'Normal',
    ...about,
  });

testRule(probeConnectionRefused, {
  silent: {
    'a container that started a moment ago': aSnapshot({
      objects: [unready({ readinessProbe: probe(9090) }, 0.3), refused('Readiness', 9090)],
    }),
    'a timeout': aSnapshot({
      objects: [
        unready({ readinessProbe: probe(8080) }),
        anEvent(
          aPod('web'),
          'Unhealthy',
          'Readiness probe failed: Get "http://10.244.0.14:8080/": context deadline exceeded',
          about,
        ),
      ],
    }),
    'an early refusal that a status 503 followed': aSnapshot({
      objects: [
        unready({ readinessProbe: probe(8080) }),
        { ...refused('Readiness', 8080), lastTimestamp: minutesAgo(5) },
        anEvent(aPod('web'), 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503', about),
      ],
    }),
    'a startup probe on the declared port': aSnapshot({
      objects: [
        dead({ startupProbe: probe(8080), ports: [{ containerPort: 8080 }] }),
        refused('Startup', 8080),
        kill('startup'),
      ],
    }),
    'a crash that leaves nobody to listen': aSnapshot({
      objects: [
        aPod('web', {
          containers: [
            aContainer('app', { readinessProbe: probe(8080), ...crashed({ exitCode: 1, reason: 'Error' }) }),
          ],
        }),
        refused('Readiness', 8080),
      ],
    }),
  },
  speaks: {
    'with the error that the app logs, when nothing says that it listens elsewhere': [
      asking(
        { readinessProbe: probe(9092), ports: [{ containerPort: 9092 }] },
        9092,
        'ERROR Unexpected error INCONSISTENT_CLUSTER_ID in FETCH response',
      ),
      {
        object: 'Pod/web',
        problem: 'nothing listens there; its log says Unexpected error INCONSISTENT_CLUSTER_ID',
        fix: 'fix what the log of container app complains about',
      },
    ],
    'of workers that the kernel kills': [
      asking(
        { readinessProbe: probe(8080), resources: { limits: { memory: '24Mi' } } },
        8080,
        '[ERROR] Worker (pid:9) was sent SIGKILL! Perhaps out of memory?',
      ),
      { object: 'Pod/web', problem: 'was sent SIGKILL! Perhaps out of memory?, and its memory limit is 24Mi' },
    ],
    'of a startup probe whose port the log contradicts, while it has time left': [
      aSnapshot({
        objects: [
          aPod('web', {
            containers: [
              aContainer('app', {
                startupProbe: probe(9090, { failureThreshold: 600 }),
                status: { ready: false, started: false, state: { running: { startedAt: minutesAgo(2) } } },
              }),
            ],
            status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(2) }] },
          }),
          refused('Startup', 9090),
        ],
        logs: [aLog('web', ['listening on 0.0.0.0:8080'])],
      }),
      { object: 'Pod/web', problem: 'the app says that it listens on 8080' },
    ],
    'with the port that the log names': [
      asking({ readinessProbe: probe(9090), ports: [{ containerPort: 8080 }] }, 9090, 'listening on :8080'),
      {
        object: 'Pod/web',
        problem:
          'is not ready: its readiness probe GET / on port 9090 is refused: nothing listens there; the app says that it listens on 8080',
        certainty: 'recomputed',
        evidence: ['connection refused', 'listening on :8080'],
        fix: 'set the port of the readinessProbe of container app to 8080',
      },
    ],
    'with the port that the container declares': [
      asking({ readinessProbe: probe(9090), ports: [{ containerPort: 8080 }] }, 9090),
      { object: 'Pod/web', problem: '; the container declares 8080', certainty: 'message' },
    ],
    'of a server that listens on the loopback interface only': [
      asking({ readinessProbe: probe(3000) }, 3000, 'Server listening at http://127.0.0.1:3000'),
      {
        object: 'Pod/web',
        problem: 'nothing listens there but on 127.0.0.1, which the kubelet cannot reach',
        fix: '0.0.0.0:3000',
      },
    ],
    'of a server that has not started': [
      asking({ readinessProbe: probe(8080), ports: [{ containerPort: 8080 }] }, 8080, 'loading'),
      {
        object: 'Pod/web',
        problem: 'is refused: nothing listens there',
        evidence: ['runs for 5 min'],
        fix: 'startupProbe',
      },
    ],
    'of a server that waits to be elected': [
      asking(
        { readinessProbe: probe(9443) },
        9443,
        'I0705 07:12:24.480202       1 leaderelection.go:248] attempting to acquire leader lease shop/kyvernopre...',
        'I0705 07:12:24.482208       1 leaderelection.go:112] "another instance has been elected as leader"',
      ),
      {
        object: 'Pod/web',
        problem: 'nothing listens there; it waits until it holds Lease/kyvernopre in namespace shop',
        evidence: ['attempting to acquire leader lease'],
        fix: 'see who holds Lease/kyvernopre',
      },
    ],
    'of a server that was elected': [
      asking(
        { readinessProbe: probe(9443) },
        9443,
        'I0705 07:12:24.480202       1 leaderelection.go:248] attempting to acquire leader lease shop/kyvernopre...',
        'I0705 07:12:24.492208       1 leaderelection.go:258] successfully acquired lease shop/kyvernopre',
      ),
      { object: 'Pod/web', problem: 'is refused: nothing listens there', fix: 'whether it has started' },
    ],
    'of a server that waits for its database': [
      aSnapshot({
        complete: ['Service', 'EndpointSlice'],
        objects: [
          unready({ readinessProbe: probe(8080) }),
          refused('Readiness', 8080),
          anObject('Service', 'db', { spec: {} }),
        ],
        logs: [aLog('web', ['WARN Connection refused: db:5432, retrying'])],
      }),
      {
        object: 'Pod/web',
        problem: 'while the app cannot reach Service/db port 5432',
        fix: 'make Service/db answer first',
      },
    ],
    'of a liveness probe that kills because it asks another port': [
      aSnapshot({
        objects: [
          dead({ livenessProbe: probe(9090), ports: [{ containerPort: 8080 }] }),
          refused('Liveness', 9090),
          kill('liveness'),
        ],
      }),
      { object: 'Pod/web', problem: 'is killed again and again: its liveness probe GET / on port 9090 is refused' },
    ],
    'of a gRPC probe, whose client cannot tell what is there': [
      aSnapshot({
        objects: [
          unready({ readinessProbe: { grpc: { port: 8080 }, periodSeconds: 2 } }),
          anEvent(
            aPod('web'),
            'Unhealthy',
            'Readiness probe failed: timeout: failed to connect service "10.244.0.32:8080" within 1s: context deadline exceeded',
            about,
          ),
        ],
      }),
      { object: 'Pod/web', problem: 'gRPC port 8080 cannot connect: no gRPC server answers there' },
    ],
  },
});
