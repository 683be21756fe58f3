import { livenessKillsHealthyApp } from '../../../../../../src/engines/diagnosis/rules/pod/liveness-kills-healthy-app.ts';
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

const livenessProbe = { httpGet: { path: '/live', port: 8080 }, periodSeconds: 20, failureThreshold: 3 };
const pod = (terminated: object = {}, spec: object = { livenessProbe }) =>
  aPod('web', {
    containers: [aContainer('app', { ...spec, ...crashed({ exitCode: 0, reason: 'Completed', ...terminated }) })],
  });
const about = { involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web', fieldPath: 'spec.containers{app}' } };
const killing = (minutes: number, message = 'Container app failed liveness probe, will be restarted') =>
  anEvent(aPod('web'), 'Killing', message, { type: 'Normal', ...about, lastTimestamp: minutesAgo(minutes) });
const unhealthy = (message: string) =>
  anEvent(aPod('web'), 'Unhealthy', message, { ...about, lastTimestamp: minutesAgo(2) });
const late = unhealthy(
  'Liveness probe failed: Get "http://10.244.0.19:8080/live": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
);
const hooked = { lifecycle: { postStart: { exec: { command: ['sh', '-c', 'exit 4'] } } } };
const hookMessage =
  'Exec lifecycle hook ([sh -c exit 4]) for Container "app" in Pod "web_shop(d7a3)" failed - error: command \'sh -c exit 4\' exited with 4: , message: "no config\\n"';

testRule(livenessKillsHealthyApp, {
  silent: {
    'one kill that was not repeated': aSnapshot({
      objects: [
        aPod('web', {
          containers: [
            aContainer('app', {
              livenessProbe,
              status: { restartCount: 1, lastState: { terminated: { exitCode: 0, finishedAt: minutesAgo(3) } } },
            }),
          ],
        }),
        killing(3),
        late,
      ],
    }),
    'a probe that failed without a kill': aSnapshot({
      objects: [aPod('web', { containers: [aContainer('app', { livenessProbe })] }), late],
    }),
    'a kill by the startup probe': aSnapshot({
      objects: [pod(), killing(2, 'Container app failed startup probe, will be restarted'), late],
    }),
    'a probe that asks for a path that is not there': aSnapshot({
      objects: [pod(), killing(2), unhealthy('Liveness probe failed: HTTP probe failed with statuscode: 404')],
    }),
    'an error of its own long after a kill': aSnapshot({
      objects: [pod({ exitCode: 1, reason: 'Error' }), killing(50), late],
    }),
    'an OOM kill': aSnapshot({ objects: [pod({ reason: 'OOMKilled', exitCode: 137 }, {})] }),
    'a task that ends at once without events': aSnapshot({
      objects: [pod({ startedAt: minutesAgo(2), finishedAt: minutesAgo(2) })],
    }),
  },
  speaks: {
    'of a command that tells of a refusal below its first line': [
      aSnapshot({
        objects: [
          pod({}, { livenessProbe: { exec: { command: ['healthcheck'] }, periodSeconds: 20, failureThreshold: 3 } }),
          killing(2),
          unhealthy('Liveness probe failed: INFO Checking health...\npsql: ERROR:  backend authentication failed'),
        ],
      }),
      {
        object: 'Pod/web',
        problem: 'fails 3 times in a row: psql: ERROR:  backend authentication failed',
        fix: 'heal what the livenessProbe of container app complains about',
      },
    ],
    'of a command that finds no connection free': [
      aSnapshot({
        objects: [
          pod({}, { livenessProbe: { exec: { command: ['healthcheck'] }, periodSeconds: 20, failureThreshold: 3 } }),
          killing(2),
          unhealthy('Liveness probe failed: FATAL: sorry, too many clients already'),
        ],
      }),
      { object: 'Pod/web', fix: 'heal what the livenessProbe of container app complains about' },
    ],
    'of a file that a command looks for': [
      aSnapshot({
        objects: [
          pod(
            { exitCode: 137, reason: 'Error' },
            { livenessProbe: { exec: { command: ['cat', '/tmp/healthy'] }, failureThreshold: 3 } },
          ),
          killing(2),
          unhealthy("Liveness probe failed: cat: can't open '/tmp/healthy': No such file or directory\n"),
        ],
      }),
      {
        object: 'Pod/web',
        problem: "fails 3 times in a row: cat: can't open '/tmp/healthy': No such file or directory",
        fix: 'let container app write /tmp/healthy, or correct the command of its livenessProbe',
      },
    ],
    'of a server that stops cleanly': [
      aSnapshot({
        objects: [pod(), killing(2), late],
        logs: [aLog('web', ['INFO handled an order', 'INFO handled an order'])],
      }),
      {
        object: 'Pod/web',
        problem:
          'is killed again and again: its liveness probe GET /live on port 8080 gets no answer within 1 s 3 times in a row',
        certainty: 'message',
        evidence: ['failed liveness probe, will be restarted', 'exit code 0 (Completed)', 'INFO handled an order'],
        fix: 'raise timeoutSeconds (1)',
      },
    ],
    'of a kill whose event is old, because the kubelet writes few of many, by the time that each instance lives': [
      aSnapshot({ objects: [pod(), killing(40), late] }),
      { object: 'Pod/web', certainty: 'message' },
    ],
    'with less certainty when the events have expired': [
      aSnapshot({ objects: [pod({ exitCode: 143, reason: 'Error' })] }),
      { object: 'Pod/web', problem: 'by the time that each instance lives', certainty: 'correlated' },
    ],
    'of a server that is too slow to start': [
      aSnapshot({
        objects: [
          pod({ exitCode: 137, reason: 'Error' }),
          killing(2),
          unhealthy(
            'Liveness probe failed: Get "http://10.244.0.19:8080/live": dial tcp 10.244.0.19:8080: connect: connection refused',
          ),
        ],
      }),
      {
        object: 'Pod/web',
        problem: 'is refused 3 times in a row: nothing listens there by then',
        fix: 'add a startupProbe',
      },
    ],
    'with the Service that the check depends on': [
      aSnapshot({
        complete: ['Service', 'EndpointSlice'],
        objects: [
          pod(),
          killing(2),
          unhealthy('Liveness probe failed: HTTP probe failed with statuscode: 500'),
          anObject('Service', 'db', { spec: {} }),
        ],
        logs: [aLog('web', ['ERROR health: connect ECONNREFUSED db:5432'])],
      }),
      {
        object: 'Pod/web',
        problem: 'answers 500 3 times in a row; the app cannot reach Service/db port 5432',
        fix: 'make Service/db answer first',
      },
    ],
    'of a postStart hook that fails': [
      aSnapshot({
        objects: [
          aPod('web', {
            containers: [
              aContainer('app', {
                ...hooked,
                status: {
                  ready: false,
                  restartCount: 2,
                  state: { waiting: { reason: 'PostStartHookError', message: hookMessage } },
                },
              }),
            ],
          }),
        ],
      }),
      {
        object: 'Pod/web',
        problem: 'its postStart hook (sh -c exit 4) fails with exit code 4: no config',
        certainty: 'declared',
      },
    ],
    'of a postStart hook by its event': [
      aSnapshot({
        objects: [
          pod({ exitCode: 137, reason: 'Error' }, hooked),
          anEvent(aPod('web'), 'FailedPostStartHook', 'PostStartHook failed', about),
        ],
      }),
      {
        object: 'Pod/web',
        problem: 'its postStart hook (sh -c exit 4) fails',
        evidence: ['PostStartHook failed'],
        avoid: 'removing the hook',
      },
    ],
  },
});
