import { initContainerCrash } from '../../../../../../src/engines/diagnosis/rules/pod/init-container-crash.ts';
import { aContainer, aLog, anObject, aPod, aSnapshot, crashed, waiting } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const done = aContainer('prepare', {
  init: true,
  status: { state: { terminated: { exitCode: 0, reason: 'Completed' } } },
});
const pod = (terminated: object, more = {}) =>
  aPod('api', {
    status: { phase: 'Pending' },
    containers: [
      done,
      aContainer('migrate', { init: true, ...crashed({ exitCode: 3, reason: 'Error', ...terminated }), ...more }),
      aContainer('app', waiting('PodInitializing')),
    ],
  });
const mounting = (name: string, mountPath: string) =>
  aPod('api', {
    spec: { volumes: [{ name, configMap: { name } }] },
    status: { phase: 'Pending' },
    containers: [
      aContainer('migrate', {
        init: true,
        ...crashed({ exitCode: 3, reason: 'Error' }),
        volumeMounts: [{ name, mountPath }],
      }),
      aContainer('app', waiting('PodInitializing')),
    ],
  });
const log = (line: string) => [aLog('api', [line], { container: 'migrate', previous: true })];

const migration = (name: string, type?: string) =>
  anObject('Job', name, {
    spec: { template: { spec: { containers: [{ name: 'run' }] } } },
    status: { failed: 2, conditions: type === undefined ? [] : [{ type, status: 'True' }] },
  });
const awaiting = (...jobs: readonly ReturnType<typeof migration>[]) =>
  aSnapshot({
    objects: [pod({}), ...jobs],
    logs: log('TimeoutError: There are still unapplied migrations after 60 seconds.'),
  });

testRule(initContainerCrash, {
  silent: {
    'an init container that succeeded after a failure': aSnapshot({
      objects: [
        aPod('api', {
          containers: [
            aContainer('migrate', {
              init: true,
              status: {
                restartCount: 3,
                state: { terminated: { exitCode: 0 } },
                lastState: { terminated: { exitCode: 1 } },
              },
            }),
            aContainer(),
          ],
        }),
      ],
    }),
    'an init container that runs': aSnapshot({
      objects: [aPod('api', { containers: [aContainer('migrate', { init: true })] })],
    }),
    'a memory kill': aSnapshot({
      objects: [pod({ reason: 'OOMKilled', exitCode: 137 }, { resources: { limits: { memory: '8Mi' } } })],
    }),
    'a command that does not exist': aSnapshot({ objects: [pod({ reason: 'StartError', exitCode: 128 })] }),
    'a sidecar that crashes': aSnapshot({ objects: [pod({}, { restartPolicy: 'Always' })] }),
  },
  speaks: {
    'of the Job that was to migrate the database': [
      awaiting(migration('shop-migrations', 'Failed'), migration('cleanup', 'Failed')),
      {
        object: 'Pod/api',
        problem: 'Job/shop-migrations, which migrates the database for container migrate, has failed',
        fix: 'make Job/shop-migrations succeed',
      },
    ],
    'of the words alone when such a Job is done': [
      awaiting(migration('shop-migrations', 'Complete')),
      {
        object: 'Pod/api',
        problem: 'unapplied migrations after',
        fix: 'fix what init container migrate complains about',
      },
    ],
    'of the words alone when it is not clear which Job is meant': [
      awaiting(migration('shop-migrate', 'Failed'), migration('blog-migrate')),
      {
        object: 'Pod/api',
        problem: 'unapplied migrations after',
        fix: 'fix what init container migrate complains about',
      },
    ],
    'of the setting that a line beside the error calls wrong': [
      aSnapshot({
        objects: [
          pod(
            {},
            {
              env: [
                { name: 'REDIRECT_PORT', valueFrom: { configMapKeyRef: { name: 'proxy', key: 'REDIRECT_PORT' } } },
                { name: 'CAPTURE_PORT', valueFrom: { configMapKeyRef: { name: 'proxy', key: 'CAPTURE_PORT' } } },
              ],
            },
          ),
        ],
        logs: [
          aLog('api', ['Capture port: 1', 'Error: failed to set up rules', 'Redirect port: 0 (invalid, must be > 0)'], {
            container: 'migrate',
            previous: true,
          }),
        ],
      }),
      {
        object: 'Pod/api',
        problem: '(env[REDIRECT_PORT] takes it from ConfigMap/proxy key REDIRECT_PORT)',
        evidence: ['Redirect port: 0 (invalid, must be > 0)'],
        fix: 'correct the value of REDIRECT_PORT in ConfigMap/proxy',
      },
    ],
    'of a file of a ConfigMap that is cut off': [
      aSnapshot({
        objects: [
          mounting('rates', '/etc/rates'),
          anObject('ConfigMap', 'rates', { data: { 'rates.json': '{ "vat": [', 'notes.txt': '{' } }),
        ],
        logs: log('FATAL cannot parse the configuration: Unterminated string starting at line 8'),
      }),
      {
        object: 'Pod/api',
        problem: '(key rates.json of ConfigMap/rates is no valid JSON)',
        fix: 'correct key rates.json of ConfigMap/rates at its source',
      },
    ],
    'of no file that is well-formed, or was only redacted': [
      aSnapshot({
        objects: [
          mounting('rates', '/etc/rates'),
          anObject('ConfigMap', 'rates', { data: { 'rates.json': '{}', 'other.json': '{ [REDACTED:password#1] }' } }),
        ],
        logs: log('FATAL cannot parse the configuration: Unterminated string'),
      }),
      { object: 'Pod/api', fix: 'fix what init container migrate complains about' },
    ],
    'of the setting that its words name': [
      aSnapshot({
        objects: [pod({}, { env: [{ name: 'SCHEMA_READY', value: '0' }] })],
        logs: log('ERROR SCHEMA_READY is 0, not true'),
      }),
      { object: 'Pod/api', fix: 'correct the value of SCHEMA_READY in env[SCHEMA_READY]' },
    ],
    'of a value that it does not take, and calls not set': [
      aSnapshot({
        objects: [pod({}, { env: [{ name: 'SCHEMA_READY', value: '0' }] })],
        logs: log('ERROR SCHEMA_READY not set'),
      }),
      { object: 'Pod/api', problem: '(env[SCHEMA_READY] gives SCHEMA_READY a value, which the program does not take)' },
    ],
    'of a variable that it does not have': [
      aSnapshot({ objects: [pod({})], logs: log('ERROR SCHEMA_URL is not set') }),
      { object: 'Pod/api', fix: 'add SCHEMA_URL to env of container migrate' },
    ],
    'of a container of its pod that starts later': [
      aSnapshot({
        objects: [
          aPod('api', {
            status: { phase: 'Pending' },
            containers: [
              aContainer('migrate', { init: true, ...crashed({ exitCode: 1, reason: 'Error' }) }),
              aContainer('proxy', { ...waiting('PodInitializing'), ports: [{ containerPort: 5432 }] }),
            ],
          }),
        ],
        logs: log('ERROR connection to server at "127.0.0.1", port 5432 failed: Connection refused'),
      }),
      {
        object: 'Pod/api',
        problem: '(port 5432 belongs to container proxy of the same pod',
        fix: 'make proxy a sidecar: move it to initContainers before migrate',
      },
    ],
    'with its place, exit code and words': [
      aSnapshot({ objects: [pod({})], logs: log('ERROR: migration 0042 failed: column total does not exist') }),
      {
        object: 'Pod/api',
        problem:
          'cannot start: init container migrate (2 of 2) fails 60 s after start with exit code 3: migration 0042 failed: column total does not exist',
        certainty: 'message',
        evidence: ['exit code 3', 'migration 0042 failed'],
      },
    ],
    'with what forbids the path that it may not use': [
      aSnapshot({
        objects: [mounting('settings', '/srv/cfg')],
        logs: log('chown: /srv/cfg/..2026_11_27_23_04_40.2150204598: Read-only file system'),
      }),
      {
        object: 'Pod/api',
        problem: '(volume settings at /srv/cfg is read-only by its kind)',
        fix: 'copy /srv/cfg to an emptyDir',
      },
    ],
    'between two tries': [
      aSnapshot({
        objects: [
          pod(
            {},
            { status: { ready: false, restartCount: 0, state: { terminated: { exitCode: 1, reason: 'Error' } } } },
          ),
        ],
      }),
      { object: 'Pod/api', problem: 'with exit code 1', certainty: 'declared' },
    ],
    'with the Service that it cannot reach': [
      aSnapshot({
        complete: ['Service', 'EndpointSlice'],
        objects: [pod({}), anObject('Service', 'db', { spec: {} })],
        logs: log('could not translate host name "db" to address: Name or service not known'),
      }),
      { object: 'Pod/api', problem: 'cannot reach Service/db (no such host)', fix: 'make Service/db answer first' },
    ],
  },
});
