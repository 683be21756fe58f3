import { initContainerHanging } from '../../../../../../src/engines/diagnosis/rules/pod/init-container-hanging.ts';
import { aContainer, aLog, anObject, aPod, aSnapshot, minutesAgo, waiting } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const running = (minutes: number, spec = {}, status = {}) =>
  aPod('api', {
    status: { phase: 'Pending' },
    containers: [
      aContainer('wait', {
        init: true,
        status: { ready: false, started: true, state: { running: { startedAt: minutesAgo(minutes) } }, ...status },
        ...spec,
      }),
      aContainer('app', waiting('PodInitializing')),
    ],
  });
const log = (...lines: string[]) => [aLog('api', lines, { container: 'wait' })];
const timed = (...lines: { at: string; text: string }[]) => [{ ...aLog('api', [], { container: 'wait' }), lines }];
const sidecar = {
  restartPolicy: 'Always',
  startupProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1, failureThreshold: 60 },
};
const complete = ['Service', 'EndpointSlice'];
const aJob = (conditions: readonly object[]) => anObject('Job', 'shop-migrate', { status: { conditions } });
const refused = [
  '2021-01-12T11:42:17.301Z [ERROR] auth.handler: error authenticating:',
  '  | URL: PUT http://vault.shop.svc:8200/v1/auth/kubernetes/login',
  '  | Code: 403. Errors:',
  '  | * permission denied',
];

testRule(initContainerHanging, {
  silent: {
    'twenty seconds of waiting for a Service that is not there': aSnapshot({
      objects: [running(1 / 3)],
      logs: log('waiting for queue:5672'),
      complete,
    }),
    'half a minute of waiting': aSnapshot({ objects: [running(0.5)], logs: log('waiting for queue:5672') }),
    'a minute of work without a word': aSnapshot({ objects: [running(1)] }),
    'a minute of a loop with short sleeps': aSnapshot({
      objects: [running(1, { command: ['sh', '-c', 'until test -f /data/x; do sleep 5; done'] })],
    }),
    'ten minutes of work that goes on': aSnapshot({
      objects: [running(10)],
      logs: timed({ at: minutesAgo(1), text: 'applied step 1' }, { at: minutesAgo(0), text: 'copied users' }),
    }),
    'a sidecar that started': aSnapshot({ objects: [running(30, sidecar)] }),
    'a wait for a Job that is done, half a minute ago': aSnapshot({
      objects: [running(0.5), aJob([{ type: 'Complete', status: 'True' }])],
      logs: log('Waiting for job shop-migrate'),
    }),
    'a ready pod': aSnapshot({
      objects: [
        aPod('api', { containers: [aContainer('proxy', { init: true, restartPolicy: 'Always' }), aContainer()] }),
      ],
    }),
  },
  speaks: {
    'of half a minute of looking up a Service that is not there in all domains': [
      aSnapshot({
        objects: [running(0.5)],
        logs: log(
          "** server can't find queue.shop.svc.cluster.local: NXDOMAIN",
          "** server can't find queue.svc.cluster.local: NXDOMAIN",
          "** server can't find queue.cluster.local: NXDOMAIN",
          "** server can't find queue.cluster.local: NXDOMAIN",
          'not yet',
        ),
        complete,
      }),
      { object: 'Pod/api', problem: 'Service/queue' },
    ],
    'of half a minute of waiting for a Service that is not there': [
      aSnapshot({ objects: [running(0.5)], logs: log('waiting for queue:5672'), complete }),
      { object: 'Pod/api', problem: 'Service/queue' },
    ],
    'of the Job that it says it waits for, and that has failed': [
      aSnapshot({
        objects: [running(1), aJob([{ type: 'Failed', status: 'True' }])],
        logs: log('Waiting for migration job shop-migrate to complete...'),
      }),
      {
        object: 'Pod/api',
        problem: 'init container wait (1 of 1) waits for Job/shop-migrate, which has failed',
        fix: 'make Job/shop-migrate succeed',
      },
    ],
    'of its wait alone where that Job is done': [
      aSnapshot({
        objects: [running(1), aJob([{ type: 'Complete', status: 'True' }])],
        logs: log('Waiting for migration job shop-migrate to complete...'),
      }),
      { object: 'Pod/api', problem: 'init container wait (1 of 1) runs and does not end' },
    ],
    'of a Job that is not there': [
      aSnapshot({
        objects: [running(1)],
        logs: log(
          ...[1, 2, 3].flatMap(() => [
            'Waiting for job shop-migrate...',
            'Error from server (NotFound): jobs.batch "shop-migrate" not found',
          ]),
        ),
        complete: [...complete, 'Job'],
      }),
      { object: 'Pod/api', problem: 'waits for Job/shop-migrate, and there is none of that name' },
    ],
    'of a server that refuses it': [
      aSnapshot({
        objects: [running(1, { args: ['login', 'http://vault:8200'] }), anObject('Service', 'vault')],
        logs: log(...refused, ...refused, ...refused),
        complete,
      }),
      {
        object: 'Pod/api',
        problem: 'runs and does not end: auth.handler: error authenticating: Code: 403. Errors: permission denied',
      },
    ],
    'of a command that sleeps for ever': [
      aSnapshot({ objects: [running(1, { command: ['/bin/sh', '-c', 'prepare && sleep infinity'] })] }),
      {
        object: 'Pod/api',
        problem: 'init container wait (1 of 1) runs sleep infinity, and so does not end',
        fix: 'let the command of init container wait end without sleep infinity',
      },
    ],
    'of a sidecar that is listed after it': [
      aSnapshot({
        objects: [
          aPod('api', {
            status: { phase: 'Pending' },
            containers: [
              aContainer('wait', {
                init: true,
                status: { ready: false, started: true, state: { running: { startedAt: minutesAgo(2) } } },
              }),
              aContainer('proxy', { init: true, restartPolicy: 'Always', ports: [{ containerPort: 6432 }] }),
              aContainer('app', waiting('PodInitializing')),
            ],
          }),
        ],
        logs: log('waiting for proxy at localhost:6432', 'waiting for proxy at localhost:6432'),
      }),
      {
        object: 'Pod/api',
        problem:
          '(port 6432 belongs to container proxy of the same pod, which starts only after init container wait has ended)',
        fix: 'list init container proxy before wait',
      },
    ],
    'of the Service that it says it waits for': [
      aSnapshot({
        complete,
        objects: [running(2), anObject('Service', 'queue', { spec: {} })],
        logs: log('waiting for queue:5672', 'waiting for queue:5672'),
      }),
      {
        object: 'Pod/api',
        problem: 'cannot start: init container wait (1 of 1) waits for Service/queue port 5672',
        certainty: 'message',
        evidence: ['runs for 2 min', 'waiting for queue:5672', 'has 0 ready endpoints'],
        fix: 'make Service/queue answer first',
      },
    ],
    'of a Service that is not there': [
      aSnapshot({ complete, objects: [running(2)], logs: log('waiting for queue:5672') }),
      { object: 'Pod/api', problem: 'waits for Service/queue port 5672 (there is no Service/queue in namespace shop)' },
    ],
    'of the Service that its command asks, when it says nothing': [
      aSnapshot({
        complete,
        objects: [
          running(2, { command: ['sh', '-c', 'until nc -z db 5432; do sleep 1; done'] }),
          anObject('Service', 'db', { spec: {} }),
        ],
      }),
      { object: 'Pod/api', problem: 'waits for Service/db port 5432', certainty: 'inferred' },
    ],
    'of a step that says the same again and again': [
      aSnapshot({
        objects: [running(2)],
        logs: log('lock is held (try 1)', 'lock is held (try 2)', 'lock is held (try 3)'),
      }),
      { object: 'Pod/api', problem: 'runs and does not end: lock is held (try <n>)' },
    ],
    'of a step that says nothing for long': [
      aSnapshot({ objects: [running(6)] }),
      { object: 'Pod/api', problem: 'runs and does not end', certainty: 'inferred' },
    ],
    'of a sidecar whose startup probe never succeeds': [
      aSnapshot({ objects: [running(3, sidecar, { started: false })] }),
      { object: 'Pod/api', problem: 'runs, but its startup probe never succeeds' },
    ],
  },
});
