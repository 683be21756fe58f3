import { crashRegressionAfterRollout } from '../../../../../../src/engines/diagnosis/rules/workload/crash-regression-after-rollout.ts';
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
  withFields,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const failing = aContainer('app', { image: 'registry.example/api:2', ...crashed({ exitCode: 2, reason: 'Error' }) });
const unavailable = (minutes: number) => ({
  status: { conditions: [{ type: 'Available', status: 'False', lastTransitionTime: minutesAgo(minutes) }] },
});
const rolledOut = (fields = {}, containers = [failing]) => {
  const made = aDeployment('api', { pod: { metadata: { creationTimestamp: minutesAgo(10) }, containers }, ...fields });
  const replicaSet = {
    ...made.replicaSet,
    metadata: {
      ...made.replicaSet.metadata,
      creationTimestamp: minutesAgo(10),
      annotations: { 'deployment.kubernetes.io/revision': '2' },
    },
  };
  return { ...made, objects: [made.deployment, replicaSet, ...made.pods] };
};
const { deployment } = rolledOut();
const older = (
  readyReplicas: number,
  { image = 'registry.example/api:1', annotations = {}, ageInMinutes = 600 } = {},
) =>
  anObject('ReplicaSet', 'api-64f7', {
    metadata: {
      ...ownedBy(deployment),
      creationTimestamp: minutesAgo(ageInMinutes),
      annotations: { 'deployment.kubernetes.io/revision': '1' },
    },
    spec: {
      template: {
        metadata: { labels: { app: 'api' }, annotations },
        spec: { nodeName: 'node-1', initContainers: [], containers: [{ name: 'app', image }] },
      },
    },
    status: { readyReplicas },
  });
const oldPod = aPod('api-64f7-x2xkq');
const stopped = anEvent(oldPod, 'Killing', 'Stopping container app', { type: 'Normal', lastTimestamp: minutesAgo(10) });
const crashes = [aLog('api-5d8f-0', ['ERROR: unknown flag --new-cache'])];

const onClaim = <Kept extends object>(pod: Kept): Kept =>
  withFields(pod, {
    spec: {
      ...('spec' in pod && typeof pod.spec === 'object' ? pod.spec : {}),
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'books' } }],
    },
  });

testRule(crashRegressionAfterRollout, {
  silent: {
    'new pods that only miss the lock that the old ones hold': aSnapshot({
      objects: [
        ...rolledOut({}, [
          aContainer('app', {
            image: 'registry.example/api:2',
            volumeMounts: [{ name: 'data', mountPath: '/data' }],
            ...crashed({ exitCode: 1, reason: 'Error' }),
          }),
        ]).objects.map((object) => (object.kind === 'Pod' ? onClaim(object) : object)),
        older(1),
        onClaim(aPod('api-64f7-x2xkq', { metadata: ownedBy(older(1)) })),
      ],
      logs: [
        aLog('api-5d8f-0', ['ERROR: opening storage failed: lock DB directory: resource temporarily unavailable']),
      ],
    }),
    'a first revision that fails': aSnapshot({ objects: rolledOut().objects }),
    'an older revision that was never seen to work': aSnapshot({ objects: [...rolledOut().objects, older(0)] }),
    'a Deployment that was never available': aSnapshot({
      objects: [...rolledOut(unavailable(600)).objects, older(0)],
    }),
    'a rollout that was available for hours before it failed': aSnapshot({
      objects: [...rolledOut(unavailable(1)).objects, older(0)],
    }),
    'an older revision that failed too': aSnapshot({
      objects: [
        ...rolledOut().objects,
        older(0),
        stopped,
        anEvent(oldPod, 'BackOff', 'Back-off restarting failed container app in pod api-64f7-x2xkq'),
      ],
    }),
    'a restart without a change': aSnapshot({
      objects: [
        ...rolledOut().objects,
        older(1, {
          image: 'registry.example/api:2',
          annotations: { 'kubectl.kubernetes.io/restartedAt': minutesAgo(10) },
        }),
      ],
    }),
    'a healthy newest revision': aSnapshot({ objects: [...rolledOut({}, [aContainer()]).objects, older(1)] }),
    'a crash of the older revision': aSnapshot({
      objects: [
        deployment,
        { ...older(1), metadata: { ...older(1).metadata, annotations: { 'deployment.kubernetes.io/revision': '3' } } },
        ...rolledOut().objects.slice(1),
      ],
    }),
  },
  speaks: {
    'when the older revision is ready, with what changed and where to go back to': [
      aSnapshot({ objects: [...rolledOut().objects, older(3)], logs: crashes }),
      {
        object: 'Deployment/api',
        problem:
          'fails since revision 2, where revision 1 is ready: it crashes 60 s after start with exit code 2: unknown flag --new-cache; changed: containers[app].image registry.example/api:1 → registry.example/api:2',
        certainty: 'recomputed',
        evidence: ['revision 2: 1 of 1 pods fail', 'revision 1: 3 pods ready'],
        fix: '"object":"deployment/api","namespace":"shop","revision":1',
      },
    ],
    'when the rollout stopped the pods that worked': [
      aSnapshot({ objects: [...rolledOut().objects, older(0), stopped], logs: crashes }),
      {
        object: 'Deployment/api',
        problem: 'where revision 1 worked',
        certainty: 'message',
        evidence: ['a pod of revision 1 ran until the rollout stopped it: Stopping container app'],
      },
    ],
    'when the Deployment lost its availability with the rollout': [
      aSnapshot({ objects: [...rolledOut(unavailable(10)).objects, older(0)] }),
      { object: 'Deployment/api', evidence: ['the Deployment was available until the rollout'] },
    ],
    'of a probe that fails in the newest revision': [
      aSnapshot({
        objects: [
          ...rolledOut({}, [
            aContainer('app', {
              image: 'registry.example/api:2',
              readinessProbe: { httpGet: { path: '/healthz', port: 8080 } },
              status: { ready: false, started: true, state: { running: { startedAt: minutesAgo(9) } } },
            }),
          ]).objects,
          older(1),
          anEvent(
            rolledOut().pods[0] ?? aPod('api-5d8f-0'),
            'Unhealthy',
            'Readiness probe failed: HTTP probe failed with statuscode: 404',
            {
              involvedObject: { kind: 'Pod', namespace: 'shop', name: 'api-5d8f-0', fieldPath: 'spec.containers{app}' },
            },
          ),
        ],
      }),
      {
        object: 'Deployment/api',
        problem: 'it is not ready: its readiness probe GET /healthz on port 8080 answers 404',
      },
    ],
  },
});
