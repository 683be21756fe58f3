import { startupProbeTooShort } from '../../../../../../src/engines/diagnosis/rules/pod/startup-probe-too-short.ts';
import { aContainer, aLog, anEvent, aPod, aSnapshot, crashed, minutesAgo } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const startupProbe = { tcpSocket: { port: 8080 }, periodSeconds: 3, failureThreshold: 5 };
const ports = [{ containerPort: 8080 }];
const pod = (spec: object = { startupProbe, ports }) =>
  aPod('web', { containers: [aContainer('app', { ...spec, ...crashed({ exitCode: 137, reason: 'Error' }) })] });
const about = { involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web', fieldPath: 'spec.containers{app}' } };
const killing = anEvent(aPod('web'), 'Killing', 'Container app failed startup probe, will be restarted', {
  type: 'Normal',
  ...about,
});
const refused = anEvent(
  aPod('web'),
  'Unhealthy',
  'Startup probe failed: dial tcp 10.244.0.20:8080: connect: connection refused',
  about,
);
const starting = (restartCount: number) =>
  aPod('web', {
    containers: [
      aContainer('app', {
        startupProbe,
        status: {
          ready: false,
          started: false,
          restartCount,
          state: { running: { startedAt: minutesAgo(0.1) } },
          ...(restartCount > 0 ? { lastState: { terminated: { exitCode: 137, finishedAt: minutesAgo(0.2) } } } : {}),
        },
      }),
    ],
  });

testRule(startupProbeTooShort, {
  silent: {
    'a start that still has time': aSnapshot({ objects: [starting(0), refused] }),
    'a probe that asks another port than the container declares': aSnapshot({
      objects: [pod({ startupProbe, ports: [{ containerPort: 3000 }] }), killing, refused],
    }),
    'a status 404': aSnapshot({
      objects: [
        pod(),
        killing,
        anEvent(aPod('web'), 'Unhealthy', 'Startup probe failed: HTTP probe failed with statuscode: 404', about),
      ],
    }),
    'a crash during the start': aSnapshot({
      objects: [
        aPod('web', {
          containers: [aContainer('app', { startupProbe, ...crashed({ exitCode: 1, reason: 'Error' }) })],
        }),
        refused,
      ],
    }),
    'a container that started after one kill': aSnapshot({
      objects: [
        aPod('web', {
          containers: [
            aContainer('app', {
              startupProbe,
              status: {
                started: true,
                restartCount: 1,
                lastState: { terminated: { exitCode: 137, finishedAt: minutesAgo(50) } },
              },
            }),
          ],
        }),
        killing,
      ],
    }),
  },
  speaks: {
    'with the budget': [
      aSnapshot({ objects: [pod(), killing, refused], logs: [aLog('web', ['loading model'])] }),
      {
        object: 'Pod/web',
        problem:
          'is killed again and again: its startup probe TCP port 8080 allows 15 s (5 × 3 s), and it has not started by then',
        certainty: 'message',
        evidence: ['failed startup probe', 'budget: 0 s + 5 × 3 s = 15 s'],
        fix: 'raise failureThreshold of the startupProbe of container app from 5 to 10',
      },
    ],
    'with the time that a start takes': [
      aSnapshot({
        objects: [pod(), killing, refused],
        logs: [
          aLog('web', [
            '2026-11-23T12:00:00Z INFO 1 --- [main] App : Started App in 42.5 seconds (process running for 44)',
          ]),
        ],
      }),
      { object: 'Pod/web', problem: 'and a start takes 43 s', fix: 'from 5 to 22' },
    ],
    'after the first kill, while it starts again': [
      aSnapshot({ objects: [starting(1), killing, refused] }),
      { object: 'Pod/web', problem: 'allows 15 s' },
    ],
    'of a sidecar, whose event has other words': [
      aSnapshot({
        objects: [
          aPod('web', {
            status: { phase: 'Pending' },
            containers: [
              aContainer('proxy', {
                init: true,
                restartPolicy: 'Always',
                startupProbe,
                ...crashed({ exitCode: 137, reason: 'Error' }),
              }),
              aContainer(),
            ],
          }),
          anEvent(aPod('web'), 'Killing', 'Init container proxy failed startup probe', {
            type: 'Normal',
            involvedObject: { ...about.involvedObject, fieldPath: 'spec.initContainers{proxy}' },
          }),
        ],
      }),
      { object: 'Pod/web', problem: "container proxy's startup probe TCP port 8080" },
    ],
  },
});
