import { crashExitsZero } from '../../../../../../src/engines/diagnosis/rules/pod/crash-exits-zero.ts';
import {
  aContainer,
  aLog,
  anEvent,
  anObject,
  aPod,
  aSnapshot,
  crashed,
  minutesAgo,
  ownedBy,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const completed = { exitCode: 0, reason: 'Completed' };
const finishing = (spec = {}, terminated = {}) =>
  aPod('web', { containers: [aContainer('app', { ...crashed({ ...completed, ...terminated }), ...spec })] });
const killed = anEvent(finishing(), 'Killing', 'Container app failed liveness probe, will be restarted', {
  type: 'Normal',
  involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web', fieldPath: 'spec.containers{app}' },
});

testRule(crashExitsZero, {
  silent: {
    'a container that fails': aSnapshot({ objects: [finishing({}, { exitCode: 1, reason: 'Error' })] }),
    'a server that stops cleanly when its liveness probe kills it': aSnapshot({
      objects: [finishing({ livenessProbe: { httpGet: { path: '/', port: 80 } } }), killed],
    }),
    'a server that lived just as long as its liveness probe allows, without events': aSnapshot({
      objects: [finishing({ livenessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 20 } })],
    }),
    'an OOM kill of a child that the parent survived': aSnapshot({ objects: [finishing({}, { reason: 'OOMKilled' })] }),
    'a program that says as its last word what it lacks': aSnapshot({
      objects: [finishing()],
      logs: [aLog('web', ['Environment variable DEPLOY_ENV is undefined'])],
    }),
    'a program that says what it lacks before it takes its leave': aSnapshot({
      objects: [finishing()],
      logs: [
        aLog('web', ['WARN Process exited with exit value [es]: 137', 'INFO [es] is stopped', 'INFO web is stopped']),
      ],
    }),
    'a first exit that was not repeated': aSnapshot({
      objects: [aPod('web', { containers: [aContainer('app', { status: { state: { terminated: completed } } })] })],
    }),
    'a Job': aSnapshot({
      objects: [
        aPod('once', {
          metadata: ownedBy(anObject('Job', 'once')),
          spec: { restartPolicy: 'OnFailure' },
          containers: [aContainer('app', { status: { restartCount: 2, state: { terminated: completed } } })],
        }),
      ],
    }),
  },
  speaks: {
    'of what a program complains of before it ends in peace': [
      aSnapshot({
        objects: [finishing()],
        logs: [aLog('web', ['Unsupported Java detected (60.0).', '2021-05-27T05:49:31.073Z INFO runner Done'])],
      }),
      {
        object: 'Pod/web',
        problem: 'it ends after it said: Unsupported Java detected (60.0).',
        fix: 'fix what it complains about, if it is a server',
      },
    ],
    'whatever was said before it went on': [
      aSnapshot({
        objects: [finishing()],
        logs: [aLog('web', ['ERROR dial tcp 10.96.0.7:80: connect: connection refused', 'done'])],
      }),
      { object: 'Pod/web', problem: 'is no server' },
    ],
    'whatever it says of a process that ended well': [
      aSnapshot({
        objects: [finishing()],
        logs: [aLog('web', ['WARN cannot reload: worker exited with code 0', 'INFO web is stopped'])],
      }),
      { object: 'Pod/web', problem: 'is no server' },
    ],
    'with the command that is no server': [
      aSnapshot({
        objects: [finishing({ command: ['sh', '-c', 'echo "migration done"'] })],
        logs: [aLog('web', ['migration done'])],
      }),
      {
        object: 'Pod/web',
        problem:
          'finishes 60 s after start with exit code 0 and is started again and again: its command (sh -c echo "migration done") ends, so it is no server',
        certainty: 'declared',
        evidence: ['exit code 0 (Completed)', 'migration done'],
        fix: 'Job',
      },
    ],
    'with the image when it sets the command': [
      aSnapshot({ objects: [finishing()] }),
      { object: 'Pod/web', problem: 'the command of image registry.example/app:1.0 ends' },
    ],
    'whatever its liveness probe when it lives far longer than that allows': [
      aSnapshot({
        objects: [
          finishing(
            { livenessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 5 } },
            { startedAt: minutesAgo(50), finishedAt: minutesAgo(2) },
          ),
        ],
      }),
      { object: 'Pod/web', problem: 'finishes 48 min after start' },
    ],
  },
});
