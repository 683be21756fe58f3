import { crashAppError } from '../../../../../../src/engines/diagnosis/rules/pod/crash-app-error.ts';
import {
  aContainer,
  aDeployment,
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

const failed = { exitCode: 1, reason: 'Error' };
const dying = aPod('api', { containers: [aContainer('app', crashed(failed))] });
const log = (...lines: string[]) => [aLog('api', lines)];
const dies = (terminated: object, more = {}) =>
  aPod('api', { containers: [aContainer('app', { ...crashed({ ...failed, ...terminated }), ...more })] });
const withPassword = dies(
  {},
  { env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }] },
);
const restarted = (restartCount: number, startedMinutesAgo: number) =>
  aContainer('app', {
    status: {
      restartCount,
      state: { running: { startedAt: minutesAgo(startedMinutesAgo) } },
      lastState: {
        terminated: {
          ...failed,
          startedAt: minutesAgo(startedMinutesAgo + 2),
          finishedAt: minutesAgo(startedMinutesAgo + 1),
        },
      },
    },
  });
const job = (status: object) => anObject('Job', 'nightly', { status });
const jobPod = (owner: ReturnType<typeof job>) =>
  aPod('nightly-x', {
    metadata: ownedBy(owner),
    spec: { restartPolicy: 'Never' },
    status: { phase: 'Failed' },
    containers: [
      aContainer('app', { status: { ready: false, state: { terminated: { ...failed, finishedAt: minutesAgo(1) } } } }),
    ],
  });
const replicas = aDeployment('api', { replicas: 2, pod: { containers: [aContainer('app', crashed(failed))] } });

/** Its log is gone; the next instance has just said why it will end. */
const diesFast = (restartCount: number) =>
  aSnapshot({
    objects: [
      aPod('api', {
        containers: [
          aContainer('app', {
            status: {
              restartCount,
              state: { running: { startedAt: minutesAgo(0) } },
              lastState: { terminated: { ...failed, startedAt: minutesAgo(0.2), finishedAt: minutesAgo(0.19) } },
            },
          }),
        ],
      }),
    ],
    logs: [
      aLog('api', [], { previous: true }),
      { ...aLog('api', []), lines: [{ text: 'ERROR: order 42 has no tenant', at: minutesAgo(0) }] },
    ],
  });

testRule(crashAppError, {
  silent: {
    'a healthy pod': aSnapshot({ objects: [aPod('api')] }),
    'one restart long ago': aSnapshot({ objects: [aPod('api', { containers: [restarted(1, 300)] })] }),
    'restarts that stopped half an hour ago': aSnapshot({ objects: [aPod('api', { containers: [restarted(9, 30)] })] }),
    'two restarts of a pod that is ready': aSnapshot({ objects: [aPod('api', { containers: [restarted(2, 1.1)] })] }),
    'a container that was OOMKilled with exit code 1': aSnapshot({ objects: [dies({ reason: 'OOMKilled' })] }),
    'a command that does not exist': aSnapshot({ objects: [dies({ exitCode: 128, reason: 'StartError' })] }),
    'a shell that found no command': aSnapshot({ objects: [dies({ exitCode: 127 })] }),
    'a missing module': aSnapshot({ objects: [dying], logs: log("Error: Cannot find module '/app/server.js'") }),
    'an abort that native code gives no reason for': aSnapshot({
      objects: [dies({ exitCode: 134 })],
      logs: log('free(): invalid pointer', 'Aborted (core dumped)'),
    }),
    'a container that exits with 0': aSnapshot({ objects: [dies({ exitCode: 0, reason: 'Completed' })] }),
    'a kill by the liveness probe that ends with 1': aSnapshot({
      objects: [
        dying,
        anEvent(dying, 'Killing', 'Container app failed liveness probe, will be restarted', {
          type: 'Normal',
          involvedObject: { kind: 'Pod', namespace: 'shop', name: 'api', fieldPath: 'spec.containers{app}' },
          lastTimestamp: minutesAgo(2),
        }),
      ],
    }),
    'a refused connection': aSnapshot({ objects: [dying], logs: log('dial tcp: lookup db: no such host') }),
    'what rules about logs know': aSnapshot({
      objects: [dying],
      logs: log('ERROR: missing environment variable API_TOKEN'),
    }),
    'a port in use': aSnapshot({ objects: [dying], logs: log('nc: bind: Address already in use') }),
    'a path that may not be written': aSnapshot({
      objects: [dying],
      logs: log("mkdir: can't create directory '/var/cache/': Read-only file system"),
    }),
    'an init container that fails': aSnapshot({
      objects: [aPod('api', { containers: [aContainer('migrate', { init: true, ...crashed(failed) })] })],
    }),
    'a terminating pod': aSnapshot({
      objects: [{ ...dying, metadata: { ...dying.metadata, deletionTimestamp: minutesAgo(1) } }],
    }),
    'an evicted pod': aSnapshot({
      objects: [
        aPod('api', {
          status: { phase: 'Failed', reason: 'Evicted' },
          containers: [aContainer('app', { status: { ready: false, state: { terminated: failed } } })],
        }),
      ],
    }),
    'the first failure of a Job that tries again': aSnapshot({
      objects: [job({ failed: 1 }), jobPod(job({ failed: 1 }))],
    }),
    'a failed try of a Job that succeeded': aSnapshot({
      objects: [job({ failed: 2, conditions: [{ type: 'Complete', status: 'True' }] }), jobPod(job({}))],
    }),
  },
  speaks: {
    'of a process inside that was killed, with the limit of the memory': [
      aSnapshot({
        objects: [dies({ exitCode: 0, reason: 'Completed' }, { resources: { limits: { memory: '256Mi' } } })],
        logs: log('WARN Process exited with exit value [es]: 137', 'INFO search is stopped'),
      }),
      { object: 'Pod/api', problem: 'the memory limit of container app is 256Mi', fix: 'raise the memory limit' },
    ],
    'of settings that a program refuses, not of credentials that another refuses': [
      aSnapshot({
        objects: [dying],
        logs: log('ERROR Unable to validate credentials inherited from the shell environment: Invalid credentials'),
      }),
      { object: 'Pod/api', problem: 'Unable to validate credentials' },
    ],
    'of the part of a Job that was given up': [
      aSnapshot({
        objects: [
          jobPod(job({ failedIndexes: '3', conditions: [{ type: 'Failed', status: 'True' }] })),
          anObject('Job', 'nightly', {
            spec: { completions: 5 },
            status: { failedIndexes: '3', conditions: [{ type: 'Failed', status: 'True' }] },
          }),
        ],
      }),
      { object: 'Pod/nightly-x', problem: 'failed in index 3 of 5' },
    ],
    'of a file that a ConfigMap does not bring, and the key that comes near': [
      aSnapshot({
        objects: [
          aPod('api', {
            spec: { volumes: [{ name: 'c', configMap: { name: 'conf' } }] },
            containers: [
              aContainer('app', { ...crashed(failed), volumeMounts: [{ name: 'c', mountPath: '/etc/app' }] }),
            ],
          }),
          anObject('ConfigMap', 'conf', { data: { 'app.yaml': 'a: 1' } }),
        ],
        logs: log('ERROR open /etc/app/app.yml: no such file or directory'),
      }),
      {
        object: 'Pod/api',
        problem: '(ConfigMap/conf in volumes[c] has no key app.yml; it has app.yaml)',
        evidence: ['volumes[c] holds app.yaml'],
        fix: 'let the program read /etc/app/app.yaml, or bring key app.yaml as app.yml',
      },
    ],
    'of the variable that the log names, and where it is set': [
      aSnapshot({
        objects: [dies({}, { env: [{ name: 'SMTP_PORT', value: 'five' }] })],
        logs: log('ERROR SMTP_PORT: strconv.Atoi: parsing "five": invalid syntax'),
      }),
      {
        object: 'Pod/api',
        problem: '(SMTP_PORT is set in env[SMTP_PORT])',
        fix: 'correct the value of SMTP_PORT in env[SMTP_PORT]',
      },
    ],
    'with the details of gRPC for Python': [
      aSnapshot({
        objects: [dying],
        logs: log(
          'Traceback (most recent call last):',
          '  File "/app/server.py", line 88, in get',
          'grpc._channel._InactiveRpcError: <_InactiveRpcError of RPC that terminated with:',
          '\tstatus = StatusCode.UNIMPLEMENTED',
          '\tdetails = "unknown method ListOrders"',
          '>',
        ),
      }),
      { object: 'Pod/api', problem: 'terminated with: unknown method ListOrders (server.py:88)' },
    ],
    'of no variable where a constant only stands beside other words': [
      aSnapshot({ objects: [dying], logs: log('ERROR (530) "NOT_ALLOWED - vhost /orders not found"') }),
      { object: 'Pod/api', fix: '[{"advice":"fix what the log complains about' },
    ],
    'with what a message announces': [
      aSnapshot({
        objects: [dying],
        logs: log('Error: failed to start due to the following error(s):', '', 'exporters has unknown type jaegar'),
      }),
      { object: 'Pod/api', problem: 'the following error(s): exporters has unknown type jaegar' },
    ],
    'of the reason before a line that only points to a log': [
      aSnapshot({
        objects: [dying],
        logs: log(
          'ERROR vm.max_map_count [65530] is too low',
          'ERROR: App did not exit normally - check the logs at /x.log',
        ),
      }),
      { object: 'Pod/api', problem: 'vm.max_map_count [65530] is too low' },
    ],
    'with the detail that the database adds': [
      aSnapshot({
        objects: [dying],
        logs: log('FATAL:  files are incompatible', 'DETAIL:  The directory was initialized by version 13.'),
      }),
      {
        object: 'Pod/api',
        problem: 'files are incompatible: The directory was initialized by version 13.',
        evidence: ['files are incompatible ⏎ DETAIL'],
      },
    ],
    'of a capability that is not given': [
      aSnapshot({ objects: [dying], logs: log('RTNETLINK answers: Operation not permitted') }),
      {
        object: 'Pod/api',
        problem:
          'that needs the capability NET_ADMIN, which containers[app].securityContext.capabilities.add does not give',
        fix: 'add NET_ADMIN',
      },
    ],
    'of a capability that was taken away': [
      aSnapshot({
        objects: [dies({}, { securityContext: { capabilities: { drop: ['ALL'] } } })],
        logs: log('nginx: [emerg] setgid(101) failed (1: Operation not permitted)'),
      }),
      { object: 'Pod/api', problem: 'securityContext.capabilities.drop takes SETGID from it' },
    ],
    'of nothing that a given capability does not mend': [
      aSnapshot({
        objects: [dies({}, { securityContext: { capabilities: { add: ['NET_ADMIN'] } } })],
        logs: log('RTNETLINK answers: Operation not permitted'),
      }),
      {
        object: 'Pod/api',
        problem: 'exit code 1: RTNETLINK answers: Operation not permitted',
        fix: 'fix what the log complains about',
      },
    ],
    'of localhost, which is the pod itself': [
      aSnapshot({
        objects: [
          dies({}, { env: [{ name: 'DB_HOST', value: 'localhost' }] }),
          anObject('Service', 'postgres', { spec: { ports: [{ port: 5432 }] } }),
        ],
        logs: log('Error: connect ECONNREFUSED 127.0.0.1:5432'),
      }),
      {
        object: 'Pod/api',
        problem: 'localhost is the pod itself, and no container of it has port 5432; Service/postgres has port 5432',
        fix: 'write postgres instead of localhost in env[DB_HOST]',
      },
    ],
    'of localhost as an old psql says it': [
      aSnapshot({
        objects: [dying],
        logs: log(
          'could not connect to server: Connection refused Is the server running on host "localhost" (127.0.0.1) and accepting TCP/IP connections on port 5432?',
        ),
      }),
      { object: 'Pod/api', problem: 'no container of it has port 5432' },
    ],
    'of nothing more when a container of the pod has the port': [
      aSnapshot({
        objects: [dies({}, { ports: [{ containerPort: 5432 }] })],
        logs: log('Error: connect ECONNREFUSED 127.0.0.1:5432'),
      }),
      { object: 'Pod/api', fix: 'fix what the log complains about' },
    ],
    'of a variable that a Service brings': [
      aSnapshot({
        objects: [dying, anObject('Service', 'redis', { spec: { clusterIP: '10.96.0.7', ports: [{ port: 6379 }] } })],
        logs: log("ValueError: invalid literal for int() with base 10: 'tcp://10.96.0.7:6379'"),
      }),
      {
        object: 'Pod/api',
        problem:
          'Kubernetes sets REDIS_PORT to tcp://10.96.0.7:6379, because there is Service/redis (enableServiceLinks)',
        fix: 'set enableServiceLinks to false',
      },
    ],
    'of a variable that a Service brings, also where the command names it': [
      aSnapshot({
        objects: [
          dies({}, { command: ['sh', '-c', 'exec api --listen "$API_PORT"'] }),
          anObject('Service', 'api', { spec: { clusterIP: '10.96.0.7', ports: [{ port: 80 }] } }),
        ],
        logs: log('listen tcp: address tcp://10.96.0.7:80: too many colons in address'),
      }),
      { object: 'Pod/api', problem: 'Kubernetes sets API_PORT to tcp://10.96.0.7:80' },
    ],
    'of a token that is not mounted': [
      aSnapshot({
        objects: [
          aPod('api', {
            spec: { automountServiceAccountToken: false },
            containers: [aContainer('app', crashed(failed))],
          }),
        ],
        logs: log('panic: open /var/run/secrets/kubernetes.io/serviceaccount/token: no such file or directory'),
      }),
      {
        object: 'Pod/api',
        problem: 'automountServiceAccountToken is false, so it has no token',
        fix: 'set automountServiceAccountToken to true',
      },
    ],
    'of a file that is mounted elsewhere': [
      aSnapshot({
        objects: [
          aPod('api', {
            spec: { volumes: [{ name: 'config', configMap: { name: 'api' } }] },
            containers: [
              aContainer('app', { ...crashed(failed), volumeMounts: [{ name: 'config', mountPath: '/etc/apis' }] }),
            ],
          }),
          anObject('ConfigMap', 'api', { data: { 'config.yaml': 'a: b' } }),
        ],
        logs: log('FATAL cannot open /etc/api/config.yaml: no such file or directory'),
      }),
      {
        object: 'Pod/api',
        problem: 'ConfigMap/api has config.yaml, and volume config puts it at /etc/apis, not at /etc/api',
        fix: 'set mountPath of volume config in container app to /etc/api',
      },
    ],
    'of a file that an optional ConfigMap would have brought': [
      aSnapshot({
        complete: ['ConfigMap'],
        objects: [
          aPod('api', {
            spec: { volumes: [{ name: 'conf', configMap: { name: 'api-conf', optional: true } }] },
            containers: [
              aContainer('app', { ...crashed(failed), volumeMounts: [{ name: 'conf', mountPath: '/etc/app' }] }),
            ],
          }),
          anObject('ConfigMap', 'api-config'),
        ],
        logs: log('Error: open /etc/app/conf.yaml: no such file or directory'),
      }),
      {
        object: 'Pod/api',
        problem:
          'no such file or directory (ConfigMap/api-conf, which volumes[conf] calls optional, does not exist; api-config does)',
        certainty: 'message',
        fix: 'set volumes[conf] to ConfigMap api-config',
      },
    ],
    'of an abort after an exception that nothing handled': [
      aSnapshot({
        objects: [dies({ exitCode: 134 })],
        logs: log(
          'Unhandled exception. System.InvalidOperationException: The ConnectionString property is not set.',
          '   at Billing.Startup.Configure(IApplicationBuilder app) in /src/Billing/Startup.cs:line 31',
        ),
      }),
      {
        object: 'Pod/api',
        problem: 'with exit code 134: InvalidOperationException: The ConnectionString property is not set.',
        certainty: 'message',
      },
    ],
    'with the line that names the failure': [
      aSnapshot({ objects: [dying], logs: log('starting', 'ERROR: order 42 has no tenant') }),
      {
        object: 'Pod/api',
        problem: 'crashes 60 s after start with exit code 1: order 42 has no tenant',
        certainty: 'message',
        evidence: ['exit code 1 (Error)', 'ERROR: order 42 has no tenant'],
        fix: 'fix what the log complains about',
      },
    ],
    'of a setting that only a warning misses, and how to set it': [
      aSnapshot({ objects: [dying], logs: log('WARN API_TOKEN is not set') }),
      {
        object: 'Pod/api',
        problem: 'API_TOKEN is not set',
        fix: 'add API_TOKEN to env of container app in Pod/api',
      },
    ],
    'with less certainty when no log was read': [
      aSnapshot({ objects: [dying] }),
      {
        object: 'Pod/api',
        problem: 'crashes 60 s after start with exit code 1',
        certainty: 'inferred',
        fix: 'kubectl logs api -n shop -c app --previous',
      },
    ],
    'of one that dies before it has logged anything': [
      aSnapshot({ objects: [dying], logs: [aLog('api', [], { previous: true })] }),
      {
        object: 'Pod/api',
        problem: 'with exit code 1, before it has logged anything',
        certainty: 'inferred',
        fix: 'look at what containers[app].command',
      },
    ],
    'of one whose empty log may be that of the next instance': [
      aSnapshot({
        objects: [aPod('api', { containers: [restarted(3, 1)] })],
        logs: [aLog('api', [], { previous: true })],
      }),
      { object: 'Pod/api', problem: 'with exit code 1', fix: 'kubectl logs api -n shop -c app' },
    ],
    'of one that died too seldom to believe the next instance': [
      diesFast(2),
      { object: 'Pod/api', problem: 'with exit code 1', fix: 'kubectl logs api -n shop -c app' },
    ],
    'of a directory that is one file of a ConfigMap': [
      aSnapshot({
        objects: [
          aPod('api', {
            spec: { volumes: [{ name: 'config', configMap: { name: 'settings' } }] },
            containers: [
              aContainer('app', {
                ...crashed(failed),
                volumeMounts: [{ name: 'config', mountPath: '/etc/app/app.yaml', subPath: 'app.yaml' }],
              }),
            ],
          }),
        ],
        logs: log('Error: readdirent /etc/app/app.yaml: not a directory'),
      }),
      {
        object: 'Pod/api',
        problem: '(/etc/app/app.yaml is one file, key app.yaml of ConfigMap/settings, and no directory)',
        fix: 'give the program a directory',
      },
    ],
    'of a value from a Secret that ends with a line break': [
      aSnapshot({
        objects: [withPassword, anObject('Secret', 'db', { keysWithLineBreak: ['password'] })],
        logs: log(`mysql: [ERROR] unknown option '--"'`),
      }),
      {
        object: 'Pod/api',
        problem: '(env[PASSWORD] brings key password of Secret/db, whose value ends with a line break)',
        fix: 'store key password of Secret/db without a line break at its end',
      },
    ],
    'of no line break where another key of the Secret has one': [
      aSnapshot({
        objects: [withPassword, anObject('Secret', 'db', { keysWithLineBreak: ['note'] })],
        logs: log(`mysql: [ERROR] unknown option '--"'`),
      }),
      { object: 'Pod/api', fix: 'fix what the log complains about' },
    ],
    'of no line break where the words are not about a value': [
      aSnapshot({
        objects: [withPassword, anObject('Secret', 'db', { keysWithLineBreak: ['password'] })],
        logs: log('ERROR: order 42 has no tenant'),
      }),
      { object: 'Pod/api', fix: 'fix what the log complains about' },
    ],
    'of what the next instance said, where the log of the one that died is gone and all die at once': [
      diesFast(12),
      { object: 'Pod/api', problem: 'order 42 has no tenant' },
    ],
    'with the error right before words that only say that it is over': [
      aSnapshot({ objects: [dying], logs: log('ERROR tenant 7 has no plan', 'FATAL cannot start shop') }),
      { object: 'Pod/api', problem: 'tenant 7 has no plan' },
    ],
    'from the termination message': [
      aSnapshot({ objects: [dies({ message: 'FATAL no licence' })] }),
      { object: 'Pod/api', problem: 'no licence' },
    ],
    'of a container that has just died again': [
      aSnapshot({
        objects: [
          aPod('api', {
            containers: [
              aContainer('app', {
                status: { ready: false, restartCount: 2, state: { terminated: { ...failed, exitCode: 2 } } },
              }),
            ],
          }),
        ],
      }),
      { object: 'Pod/api', problem: 'with exit code 2' },
    ],
    'of a ready pod that has died twice and not lived longer since': [
      aSnapshot({ objects: [aPod('api', { containers: [restarted(2, 0.5)] })] }),
      { object: 'Pod/api', problem: 'crashes' },
    ],
    'of a third instance that lived no longer yet than the second, within whole seconds': [
      aSnapshot({ objects: [aPod('api', { containers: [restarted(2, 1.01)] })] }),
      { object: 'Pod/api', problem: 'crashes' },
    ],
    'of a container that runs between two crashes': [
      aSnapshot({ objects: [aPod('api', { containers: [restarted(3, 1)] })] }),
      { object: 'Pod/api', problem: 'crashes 60 s after start' },
    ],
    'in the same words of replicas whose log was not read, or says another id': [
      aSnapshot({
        objects: [...replicas.all],
        logs: [aLog('api-5d8f-0', ['ERROR request 6ae2d541-2c04-46a3-98c7-906f95741729 has no tenant'])],
      }),
      { object: 'Pod/api-5d8f-0', problem: 'exit code 1: request <id> has no tenant' },
      { object: 'Pod/api-5d8f-1', problem: 'exit code 1: request <id> has no tenant' },
    ],
    'with the container when the pod has two': [
      aSnapshot({ objects: [aPod('api', { containers: [aContainer('app', crashed(failed)), aContainer('proxy')] })] }),
      { object: 'Pod/api', problem: 'crashes in container app 60 s after start' },
    ],
    'of the pod of a Job that failed': [
      aSnapshot({ objects: [job({ conditions: [{ type: 'Failed', status: 'True' }] }), jobPod(job({}))] }),
      { object: 'Pod/nightly-x', problem: 'failed again and again with exit code 1' },
    ],
  },
});
