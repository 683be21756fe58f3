import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../../src/engines/diagnosis/diagnose.ts';
import {
  aContainer,
  aDeployment,
  aLog,
  anEvent,
  anObject,
  aPod,
  crashed,
  minutesAgo,
  ownedBy,
  someData,
  waiting,
} from '../../../support/builders.ts';

const rootsOf = (data: ReturnType<typeof someData>): readonly string[] => diagnose(data).causes.map(({ rule }) => rule);
const scope = { namespace: 'shop' };

describe('a workload that still runs what was corrected', () => {
  const template = (image: string) => ({ spec: { containers: [aContainer('app', { image }).spec] } });
  const pulling = waiting('ImagePullBackOff', 'Back-off pulling image "db:broken": not found');

  it('is told as a trap, not as the image that it had before', () => {
    const set = anObject('StatefulSet', 'db', {
      spec: { replicas: 2, podManagementPolicy: 'OrderedReady', template: template('db:2') },
      status: { replicas: 1, currentRevision: 'bad', updateRevision: 'good' },
    });
    const pod = aPod('db-0', {
      metadata: { ...ownedBy(set), labels: { 'controller-revision-hash': 'bad' } },
      containers: [aContainer('app', { image: 'db:broken', ...pulling })],
    });

    expect(rootsOf(someData({ scope, objects: [set, pod] }))).toEqual(['sts-rollback-trap']);
  });

  it('is told as held back when it is paused', () => {
    const { deployment, replicaSet, pods } = aDeployment('web', {
      pod: { containers: [aContainer('app', { image: 'web:broken', ...pulling })] },
    });
    const paused = {
      ...deployment,
      spec: { ...deployment.spec, paused: true, template: template('web:2') },
      status: { replicas: 1 },
    };

    expect(
      rootsOf(someData({ scope, complete: ['ReplicaSet'], objects: [paused, replicaSet, ...pods] as never })),
    ).toEqual(['rollout-held']);
  });
});

it('tells the stale password, and the probe that fails for it as its effect', () => {
  const secret = anObject('Secret', 'db', {
    metadata: {
      managedFields: [{ manager: 'vault', time: minutesAgo(9), fieldsV1: { 'f:data': { 'f:password': {} } } }],
    },
  });
  const consumer = aContainer('app', {
    env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
    readinessProbe: { httpGet: { path: '/ready', port: 80 } },
    status: { ready: false, started: true, state: { running: { startedAt: minutesAgo(30) } } },
  });
  const { all, pods } = aDeployment('web', { pod: { containers: [consumer] } });
  const unhealthy = anEvent(
    pods[0] ?? aPod('web'),
    'Unhealthy',
    'Readiness probe failed: HTTP probe failed with statuscode: 500',
  );
  const logs = [aLog('web-5d8f-0', ['FATAL password authentication failed for user "app"'])];

  expect(rootsOf(someData({ scope, objects: [secret, ...all, unhealthy], logs }))).toEqual(['config-stale-in-pod']);
});

it('tells the pod that holds up a StatefulSet, not that the others wait', () => {
  const set = anObject('StatefulSet', 'db', { spec: { replicas: 3 }, status: { replicas: 1 } });
  const pod = aPod('db-0', {
    metadata: ownedBy(set),
    containers: [aContainer('app', crashed({ exitCode: 1, reason: 'Error' }))],
  });

  const { causes } = diagnose(
    someData({ scope, objects: [set, pod], logs: [aLog('db-0', ['ERROR no license'], { previous: true })] }),
  );

  expect(causes.map(({ rule }) => rule)).toEqual(['crash-app-error']);
  expect(causes[0]?.chain.map(({ rule }) => rule)).toContain('sts-ordinal-blocked');
});
