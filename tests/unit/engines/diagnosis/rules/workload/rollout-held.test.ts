import { expect, it } from 'vitest';
import { rolloutHeld } from '../../../../../../src/engines/diagnosis/rules/workload/rollout-held.ts';
import {
  aContainer,
  aDeployment,
  anObject,
  aPod,
  aSnapshot,
  crashed,
  ownedBy,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const complete = ['ReplicaSet'];
const crashing = { containers: [aContainer('app', crashed({ exitCode: 1 }))] };
const template = (image: string) => ({
  metadata: { labels: { app: 'web' } },
  spec: { nodeName: 'node-1', initContainers: [], containers: [{ name: 'app', image }] },
});
const paused = (image: string, { pod = {}, status = {} } = {}) => {
  const { deployment, replicaSet, pods } = aDeployment('web', { pod });
  return [
    {
      ...deployment,
      spec: { ...deployment.spec, paused: true, template: template(image) },
      status: { replicas: 1, updatedReplicas: 0, ...status },
    },
    replicaSet,
    ...pods,
  ];
};
const same = 'registry.example/app:1.0';

const aSet = (updateStrategy: object, status = {}) =>
  anObject('StatefulSet', 'db', {
    spec: { replicas: 2, template: template('db:2'), updateStrategy },
    status: { replicas: 2, updatedReplicas: 1, currentRevision: 'db-1', updateRevision: 'db-2', ...status },
  });
const aMember = (name: string, hash: string, container = aContainer('app', { image: 'db:1' })) =>
  aPod(name, {
    metadata: { ...ownedBy(aSet({})), labels: { 'controller-revision-hash': hash } },
    containers: [container],
  });
const partitioned = { type: 'RollingUpdate', rollingUpdate: { partition: 1 } };
const agents = (status: object) =>
  anObject('DaemonSet', 'agent', {
    spec: { template: template('agent:2'), updateStrategy: { type: 'OnDelete' } },
    status,
  });

testRule(rolloutHeld, {
  silent: {
    'a paused Deployment without a pending change': aSnapshot({
      complete,
      objects: paused(same, { status: { updatedReplicas: 1 } }),
    }),
    'ReplicaSets that could not be read': aSnapshot({ objects: paused('web:2').slice(0, 1) }),
    'a rollout that nobody holds': aSnapshot({ complete, objects: aDeployment('web').all }),
    'a partition after the update': aSnapshot({
      objects: [aSet(partitioned, { currentRevision: 'db-2', updatedReplicas: 2 }), aMember('db-0', 'db-2')],
    }),
    'a rolling update under way': aSnapshot({
      objects: [aSet({ type: 'RollingUpdate' }), aMember('db-0', 'db-1'), aMember('db-1', 'db-2')],
    }),
    'a DaemonSet whose pods are missing rather than old': aSnapshot({
      objects: [agents({ desiredNumberScheduled: 2, updatedNumberScheduled: 1 })],
    }),
  },
  speaks: {
    'of a change that a pause keeps back': [
      aSnapshot({ complete, objects: paused('web:2') }),
      {
        object: 'Deployment/web',
        problem:
          'does not roll out the change of its template, because spec.paused is true; held back: containers[app].image registry.example/app:1.0 → web:2',
        fix: 'kubectl rollout resume deployment/web -n shop',
      },
    ],
    'of a rollout that was paused half way': [
      aSnapshot({ complete, objects: paused(same, { status: { replicas: 3, updatedReplicas: 1 } }) }),
      { object: 'Deployment/web', problem: 'stopped its rollout with 1 of 3 pods updated' },
    ],
    'of a Deployment that was made paused': [
      aSnapshot({ complete, objects: paused('web:1').slice(0, 1) }),
      { object: 'Deployment/web', problem: 'makes no pods, because spec.paused is true' },
    ],
    'of a partition': [
      aSnapshot({ objects: [aSet(partitioned), aMember('db-0', 'db-1'), aMember('db-1', 'db-2')] }),
      {
        object: 'StatefulSet/db',
        problem: 'keeps 1 of 2 pods at the old template, because updateStrategy.rollingUpdate.partition is 1',
      },
    ],
    'of OnDelete': [
      aSnapshot({ objects: [aSet({ type: 'OnDelete' }), aMember('db-0', 'db-1'), aMember('db-1', 'db-1')] }),
      { object: 'StatefulSet/db', problem: 'keeps 2 of 2 pods', fix: 'kubectl delete pod db-0 -n shop' },
    ],
    'of daemons that are replaced only when deleted': [
      aSnapshot({
        objects: [
          agents({ desiredNumberScheduled: 1, updatedNumberScheduled: 0 }),
          aPod('agent-x', { metadata: ownedBy(agents({})), containers: [aContainer('app', { image: 'agent:1' })] }),
        ],
      }),
      {
        object: 'DaemonSet/agent',
        problem: 'updateStrategy.type is OnDelete; held back: containers[app].image agent:1 → agent:2',
      },
    ],
  },
});

it.each([
  ['healthy pods', {}, 'risk'],
  ['broken pods', crashing, 'cause'],
])('with %s it is a %3$s', (_, pod, expected) => {
  const [finding] = rolloutHeld.check(aSnapshot({ complete, objects: paused('web:2', { pod }) }), []);

  expect(finding?.class).toBe(expected);
});
