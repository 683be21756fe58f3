import { probeTimeout } from '../../../../../../src/engines/diagnosis/rules/pod/probe-timeout.ts';
import { aContainer, anEvent, aPod, aSnapshot, crashed, minutesAgo } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const probe = { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 2 };
const unready = (spec: object = { readinessProbe: probe }, minutes = 5) =>
  aPod('web', {
    containers: [
      aContainer('app', {
        ...spec,
        status: { ready: false, started: true, state: { running: { startedAt: minutesAgo(minutes) } } },
      }),
    ],
    status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(minutes) }] },
  });
const about = { involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web', fieldPath: 'spec.containers{app}' } };
const text =
  'Get "http://10.244.0.25:8080/ready": context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
const late = anEvent(aPod('web'), 'Unhealthy', `Readiness probe failed: ${text}`, about);
const killed = aPod('web', {
  containers: [
    aContainer('app', {
      readinessProbe: probe,
      livenessProbe: probe,
      ...crashed({ exitCode: 0, reason: 'Completed' }),
    }),
  ],
});

testRule(probeTimeout, {
  silent: {
    'a ready pod that was late once': aSnapshot({
      objects: [aPod('web', { containers: [aContainer('app', { readinessProbe: probe })] }), late],
    }),
    'a few seconds without an answer': aSnapshot({ objects: [unready({ readinessProbe: probe }, 0.3), late] }),
    'a liveness probe that kills for it': aSnapshot({
      objects: [
        killed,
        late,
        anEvent(killed, 'Unhealthy', `Liveness probe failed: ${text}`, about),
        anEvent(killed, 'Killing', 'Container app failed liveness probe, will be restarted', {
          type: 'Normal',
          ...about,
        }),
      ],
    }),
    'a gRPC client that cannot connect': aSnapshot({
      objects: [
        unready({ readinessProbe: { grpc: { port: 8080 } } }),
        anEvent(
          aPod('web'),
          'Unhealthy',
          'Readiness probe failed: timeout: failed to connect service "10.244.0.32:8080" within 1s: context deadline exceeded',
          about,
        ),
      ],
    }),
  },
  speaks: {
    'with timeout and settings': [
      aSnapshot({ objects: [unready(), late] }),
      {
        object: 'Pod/web',
        problem: 'is not ready: its readiness probe GET /ready on port 8080 gets no answer within 1 s',
        certainty: 'message',
        evidence: ['Client.Timeout exceeded', 'timeoutSeconds 1', 'no CPU limit'],
        fix: 'raise timeoutSeconds',
      },
    ],
    'with a CPU limit that is small': [
      aSnapshot({ objects: [unready({ readinessProbe: probe, resources: { limits: { cpu: '50m' } } }), late] }),
      {
        object: 'Pod/web',
        problem: 'within 1 s; its CPU limit is 50m',
        fix: 'raise the CPU limit of container app above 50m',
      },
    ],
    'of a command that does not end': [
      aSnapshot({
        objects: [
          unready({ readinessProbe: { exec: { command: ['sleep', '5'] } } }),
          anEvent(
            aPod('web'),
            'Unhealthy',
            'Readiness probe failed: command timed out: "sleep 5" timed out after 1s',
            about,
          ),
        ],
      }),
      {
        object: 'Pod/web',
        problem: 'command "sleep 5" gets no answer within 1 s',
        fix: 'the command starts and does not end in time',
      },
    ],
  },
});
