import { expect, it } from 'vitest';
import { configStaleInPod } from '../../../../../../src/engines/diagnosis/rules/workload/config-stale-in-pod.ts';
import { aContainer, aLog, anObject, aPod, aSnapshot, crashed, minutesAgo } from '../../../../../support/builders.ts';
import { again, aSteadyLog } from '../../../../../support/complaining-pod.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const aSecret = (minutes: number, keys: object = { 'f:password': {} }) =>
  anObject('Secret', 'db', {
    metadata: {
      managedFields: [
        { manager: 'kubectl-edit', time: minutesAgo(minutes), fieldsV1: { 'f:data': keys } },
        { manager: 'labeler', time: minutesAgo(1) },
      ],
    },
  });
const fromEnv = {
  env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
};
const unready = { status: { ready: false, state: { running: { startedAt: minutesAgo(30) } } } };
const aConsumer = (container: Record<string, unknown> = { ...fromEnv, ...unready }, spec = {}) =>
  aPod('web', { containers: [aContainer('app', container)], spec });
const refused = aLog('web', ['2026-11-23T11:59:00Z FATAL password authentication failed for user "app"']);
const volume = { volumes: [{ name: 'db', secret: { secretName: 'db' } }] };
const mounted = (mount: object) => ({ ...unready, volumeMounts: [{ name: 'db', mountPath: '/db', ...mount }] });

testRule(configStaleInPod, {
  silent: {
    'a Secret from before the start': aSnapshot({ objects: [aSecret(40), aConsumer()], logs: [refused] }),
    'a write of other keys': aSnapshot({ objects: [aSecret(5, { 'f:user': {} }), aConsumer()], logs: [refused] }),
    'a pod that is ready': aSnapshot({
      objects: [aSecret(5), aConsumer({ ...fromEnv, status: { state: { running: { startedAt: minutesAgo(30) } } } })],
      logs: [refused],
    }),
    'a container that restarts, and reads it anew': aSnapshot({
      objects: [aSecret(5), aConsumer({ ...fromEnv, ...crashed({ exitCode: 1 }) })],
      logs: [refused],
    }),
    'a volume that follows by itself': aSnapshot({
      objects: [aSecret(5), aConsumer(mounted({}), volume)],
      logs: [refused],
    }),
    'a Secret that was not read': aSnapshot({ objects: [aConsumer()], logs: [refused] }),
    'a pull secret': aSnapshot({
      objects: [aSecret(5, { 'f:.dockerconfigjson': {} }), aConsumer(unready, { imagePullSecrets: [{ name: 'db' }] })],
      logs: [refused],
    }),
  },
  speaks: {
    'of a container that is ready and is refused all the time': [
      aSnapshot({
        objects: [aSecret(5), aConsumer({ ...fromEnv, status: { state: { running: { startedAt: minutesAgo(30) } } } })],
        logs: [aSteadyLog(again(['ERROR password authentication failed for user "app"']), { pod: 'web' })],
      }),
      { object: 'Pod/web', problem: 'still runs with the old Secret/db', certainty: 'message' },
    ],
    'of a rotated password': [
      aSnapshot({ objects: [aSecret(5), aConsumer()], logs: [refused] }),
      {
        object: 'Pod/web',
        problem:
          'still runs with the old Secret/db, which was changed after container app started (containers[app].env[DB_PASSWORD]); it says: password authentication failed',
        certainty: 'message',
        evidence: ['Secret/db was written by kubectl-edit, 25 min after the start of container app'],
      },
    ],
    'of a file mounted by subPath': [
      aSnapshot({ objects: [aSecret(5), aConsumer(mounted({ subPath: 'password' }), volume)], logs: [refused] }),
      { object: 'Pod/web', problem: '(volumes[db])' },
    ],
    'without a complaint as a mere risk': [
      aSnapshot({ objects: [aSecret(5), aConsumer()], logs: [aLog('web', ['ERROR upstream timed out'])] }),
      { object: 'Pod/web', problem: 'still runs with the old Secret/db', certainty: 'inferred' },
    ],
  },
});

it.each([
  ['a refused credential', refused, 'cause'],
  ['an error that names the variable', aLog('web', ['ERROR cannot use DB_PASSWORD']), 'cause'],
  ['another error', aLog('web', ['ERROR upstream timed out']), 'risk'],
])('weighs %s as a %3$s', (_, log, expected) => {
  const [finding] = configStaleInPod.check(aSnapshot({ objects: [aSecret(5), aConsumer()], logs: [log] }), []);

  expect(finding?.class).toBe(expected);
});
