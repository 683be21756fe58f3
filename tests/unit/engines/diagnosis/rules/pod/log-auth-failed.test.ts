import { logAuthFailed } from '../../../../../../src/engines/diagnosis/rules/pod/log-auth-failed.ts';
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
import { again, complains } from '../../../../../support/complaining-pod.ts';
import { dies, dying, failed } from '../../../../../support/dying-pod.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const env = [
  { name: 'CACHE', valueFrom: { secretKeyRef: { name: 'cache', key: 'size' } } },
  { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
];
const line = 'FATAL: password authentication failed for user "app"';
const probe = { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 5 };
const unready = (lines: readonly string[]) => {
  const pod = aPod('api', {
    containers: [
      aContainer('app', {
        env,
        readinessProbe: probe,
        status: { ready: false, started: true, state: { running: { startedAt: minutesAgo(30) } } },
      }),
    ],
  });
  const message = 'Readiness probe failed: HTTP probe failed with statuscode: 500';
  const involvedObject = { kind: 'Pod', namespace: 'shop', name: 'api', fieldPath: 'spec.containers{app}' };
  return aSnapshot({
    objects: [pod, anEvent(pod, 'Unhealthy', message, { involvedObject })],
    logs: [aLog('api', lines)],
  });
};

const secret = (minutes: number) =>
  anObject('Secret', 'db', {
    metadata: {
      managedFields: [{ manager: 'helm', time: minutesAgo(minutes), fieldsV1: { 'f:data': { 'f:password': {} } } }],
    },
  });
/** A client that is refused, and its database, whose claim was made an hour ago. */
const keeping = (secretWritten: number, variable = 'POSTGRES_PASSWORD') =>
  aSnapshot({
    objects: [
      aPod('api', { containers: [aContainer('app', { env, ...crashed(failed) })] }),
      aPod('db-0', {
        spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }] },
        containers: [
          aContainer('db', {
            env: [{ name: variable, valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
            volumeMounts: [{ name: 'data', mountPath: '/data' }],
          }),
        ],
      }),
      anObject('PersistentVolumeClaim', 'data-db-0'),
      secret(secretWritten),
    ],
    logs: [aLog('api', [line], { previous: true })],
  });

testRule(logAuthFailed, {
  silent: {
    'a healthy pod whose clients are refused': aSnapshot({ objects: [aPod('api')], logs: [aLog('api', [line])] }),
    'a ready pod that was refused and then served': complains([`ERROR ${line}`, ...again(['INFO served'])]),
    'a ready pod that refuses its users': complains(again(['ERROR login refused: invalid credentials'])),
    'a crash of another reason': dies(['ERROR order 42 has no tenant']),
    'a warning before another error': dies(['WARN password authentication failed for user "probe"', 'ERROR no tenant']),
    'a refused connection': dies(['ERROR dial tcp 10.0.0.1:5432: connect: connection refused']),
    'a container whose log was not read': aSnapshot({ objects: [dying()] }),
    'a container that was killed for memory': aSnapshot({
      objects: [aPod('api', { containers: [aContainer('app', crashed({ exitCode: 137, reason: 'OOMKilled' }))] })],
      logs: [aLog('api', [line])],
    }),
    'an init container': aSnapshot({
      objects: [
        aPod('api', { containers: [aContainer('app', { init: true, ...crashed(failed) }), aContainer('web')] }),
      ],
      logs: [aLog('api', [line])],
    }),
    'an app that is not ready for a host that it cannot reach': unready([
      'ERROR dial tcp 10.0.0.1:5432: connect: connection refused',
    ]),
  },
  speaks: {
    'of a password that ends with a line break': [
      aSnapshot({
        objects: [dying({ env }), anObject('Secret', 'db', { keysWithLineBreak: ['password'] })],
        logs: [aLog('api', [line])],
      }),
      {
        object: 'Pod/api',
        problem: '(env[DB_PASSWORD] brings key password of Secret/db, whose value ends with a line break)',
        fix: 'store key password of Secret/db without a line break at its end',
      },
    ],
    'of a password that the database was not started with': [
      keeping(5),
      {
        object: 'Pod/api',
        problem:
          'Pod/db-0 takes POSTGRES_PASSWORD from it only at its first start, and PersistentVolumeClaim/data-db-0 is older than its last change',
        evidence: ['was made before Secret/db was written'],
        fix: 'set the password of the user in Pod/db-0 itself to that of Secret/db',
      },
    ],
    'of the Secret alone when the claim is not older': [
      keeping(60),
      { object: 'Pod/api', problem: '(env[DB_PASSWORD] takes it from Secret/db key password)' },
    ],
    'of the Secret alone when a server reads the password at each start': [
      keeping(5, 'REDIS_PASSWORD'),
      { object: 'Pod/api', problem: '(env[DB_PASSWORD] takes it from Secret/db key password)' },
    ],
    'of the name of the user when that alone is refused': [
      aSnapshot({
        objects: [
          aPod('api', {
            containers: [
              aContainer('app', {
                env: [
                  { name: 'DB_PASS', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
                  { name: 'DB_USER', valueFrom: { secretKeyRef: { name: 'db', key: 'username' } } },
                ],
                ...crashed(failed),
              }),
            ],
          }),
        ],
        logs: [aLog('api', ['ERROR: Invalid username format'], { previous: true })],
      }),
      { object: 'Pod/api', problem: '(env[DB_USER] takes it from Secret/db key username)' },
    ],
    'in the words of a .NET logger': [
      dies(['fail: Shop.CartStore[0]', '      Unable to connect to redis: NOAUTH Authentication required.']),
      {
        object: 'Pod/api',
        problem: 'NOAUTH Authentication required',
        evidence: ['fail: Shop.CartStore[0] ⏎ Unable to connect'],
      },
    ],
    'of a user that the database does not know': [
      dies(['FATAL:  role "backup" does not exist']),
      { object: 'Pod/api', problem: 'role "backup" does not exist' },
    ],
    'with the Secret that the password comes from, and when it was written': [
      aSnapshot({
        objects: [dying({ env }), anObject('Secret', 'db', { metadata: { creationTimestamp: minutesAgo(4) } })],
        logs: [aLog('api', ['INFO starting', line])],
      }),
      {
        object: 'Pod/api',
        problem:
          'with exit code 1: password authentication failed for user "app" (env[DB_PASSWORD] takes it from Secret/db key password)',
        certainty: 'message',
        evidence: ['password authentication failed', 'last written at 2026-11-23T11:56:00.000Z'],
        fix: 'compare Secret/db with what the other side accepts',
      },
    ],
    'without any Secret': [
      dies([line]),
      { object: 'Pod/api', fix: 'correct the credentials that container app is given' },
    ],
    'of the innermost cause of a trace': [
      dies([
        'Exception in thread "main" java.lang.IllegalStateException: cannot start',
        'Caused by: org.postgresql.util.PSQLException: FATAL: password authentication failed for user "app"',
      ]),
      { object: 'Pod/api', problem: 'PSQLException: FATAL: password authentication failed for user "app"' },
    ],
    'of a ready pod that says so all the time': [
      complains(again(['INFO polling', 'ERROR password authentication failed for user "app"']), { env }),
      {
        object: 'Pod/api',
        problem:
          'is ready, but its log keeps saying: password authentication failed for user "app" (env[DB_PASSWORD] takes it',
        certainty: 'inferred',
        evidence: ['password authentication failed', 'said so 20 times in the last 40 lines'],
      },
    ],
    'of an app that is not ready for it': [
      unready(['INFO up', 'ERROR password authentication failed for user "app"']),
      {
        object: 'Pod/api',
        problem: 'is not ready: its log says password authentication failed for user "app" (env[DB_PASSWORD]',
        evidence: ['password authentication failed', 'statuscode: 500'],
      },
    ],
  },
});
