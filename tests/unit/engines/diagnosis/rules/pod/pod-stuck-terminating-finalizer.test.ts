import { podStuckTerminatingFinalizer } from '../../../../../../src/engines/diagnosis/rules/pod/pod-stuck-terminating-finalizer.ts';
import {
  aContainer,
  aLog,
  anEvent,
  anObject,
  aPendingPod,
  aPod,
  aSnapshot,
  minutesAgo,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const deleted = (minutes: number, ...finalizers: readonly string[]) => ({
  deletionTimestamp: minutesAgo(minutes),
  finalizers,
});
const ended = { status: { state: { terminated: { exitCode: 0 } } } };
const stopped = (metadata: object) =>
  aPod('books', { metadata, containers: [aContainer('app', ended)], status: { phase: 'Failed' } });
const claim = anObject('PersistentVolumeClaim', 'books', {
  metadata: deleted(9, 'kubernetes.io/pvc-protection'),
  status: { phase: 'Bound' },
});
const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'books' } }];
const user = aPod('reader', { spec: { volumes } });

const set = anObject('StatefulSet', 'db', { spec: { replicas: 1 }, status: { replicas: 0 } });

testRule(podStuckTerminatingFinalizer, {
  silent: {
    'a claim of this very moment, while its StatefulSet lacks another one': aSnapshot({
      objects: [
        anObject('PersistentVolumeClaim', 'data-db-1', { metadata: deleted(0.5, 'example.com/plugin') }),
        set,
        anEvent(set, 'FailedCreate', 'Create Pod db-0 in StatefulSet db failed error: pvc data-db-0 is being deleted'),
      ],
    }),
    'a deletion of this very moment': aSnapshot({ objects: [stopped(deleted(0.5, 'example.com/cleanup'))] }),
    'no finalizer': aSnapshot({ objects: [stopped(deleted(9))] }),
    'a pod that still runs': aSnapshot({ objects: [aPod('books', { metadata: deleted(9, 'example.com/cleanup') })] }),
    'an object that is not deleted': aSnapshot({ objects: [stopped({ finalizers: ['example.com/cleanup'] })] }),
    'a deletion that waits for its dependents': aSnapshot({
      objects: [anObject('Deployment', 'books', { metadata: deleted(9, 'foregroundDeletion') })],
    }),
    'a load balancer that is being taken down': aSnapshot({
      objects: [anObject('Service', 'web', { metadata: deleted(3, 'service.kubernetes.io/load-balancer-cleanup') })],
    }),
    'a node that is drained first': aSnapshot({
      objects: [anObject('Node', 'node-1', { metadata: deleted(20, 'karpenter.sh/termination') })],
    }),
    'a volume that its claim still has': aSnapshot({
      objects: [anObject('PersistentVolume', 'disk-1', { metadata: deleted(20, 'kubernetes.io/pv-protection') })],
    }),
    'a namespace, which has a rule of its own': aSnapshot({
      objects: [anObject('Namespace', 'shop', { metadata: deleted(9, 'example.com/cleanup') })],
    }),
    'a deleted claim that nobody uses, for a moment': aSnapshot({ objects: [claim] }),
  },
  speaks: {
    'at once of a claim that its StatefulSet wants again': [
      aSnapshot({
        objects: [
          anObject('PersistentVolumeClaim', 'data-db-0', { metadata: deleted(0.5, 'example.com/plugin') }),
          set,
          anEvent(
            set,
            'FailedCreate',
            'Create Pod db-0 in StatefulSet db failed error: pvc data-db-0 is being deleted',
          ),
        ],
      }),
      {
        object: 'PersistentVolumeClaim/data-db-0',
        problem: 'cannot be deleted: metadata.finalizers still has example.com/plugin',
      },
    ],
    'of a ConfigMap, and of the program whose log names the finalizer': [
      aSnapshot({
        objects: [anObject('ConfigMap', 'lease', { metadata: deleted(2, 'example.com/cleanup') }), aPod('cleaner')],
        logs: [aLog('cleaner', ['lease has finalizer example.com/cleanup', 'ERROR cleanup failed: Forbidden'])],
      }),
      {
        object: 'ConfigMap/lease',
        evidence: ['ERROR cleanup failed: Forbidden'],
        fix: 'see in the log of Pod/cleaner, which names the finalizer',
      },
    ],
    'sooner of an object that is asked about': [
      aSnapshot({
        scope: { namespace: 'shop', object: { kind: 'Service', namespace: 'shop', name: 'web' } },
        objects: [anObject('Service', 'web', { metadata: deleted(0.4, 'example.com/cleanup') })],
      }),
      { object: 'Service/web', problem: 'metadata.finalizers still has example.com/cleanup' },
    ],
    'of a pod': [
      aSnapshot({ objects: [stopped(deleted(9, 'example.com/cleanup'))] }),
      {
        object: 'Pod/books',
        problem: 'cannot be deleted: metadata.finalizers still has example.com/cleanup',
        certainty: 'declared',
        evidence: ['deleted 9 min ago, and nothing of it runs any more'],
        fix: 'find the controller that owns the finalizer example.com/cleanup',
      },
    ],
    'of the pod, where it is told of its controller': [
      aSnapshot({
        objects: [
          stopped({
            ...deleted(9, 'example.com/cleanup'),
            ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'u', controller: true }],
          }),
        ],
      }),
      { object: 'Pod/books', problem: 'has a deleted pod that cannot go: metadata.finalizers of the pod still has' },
    ],
    'of any other object': [
      aSnapshot({
        objects: [anObject('Service', 'web', { metadata: deleted(9, 'service.kubernetes.io/load-balancer-cleanup') })],
      }),
      { object: 'Service/web', problem: 'service.kubernetes.io/load-balancer-cleanup' },
    ],
    'of a claim that is still used, as a risk': [
      aSnapshot({ objects: [claim, user] }),
      { object: 'PersistentVolumeClaim/books', problem: 'is deleted, and stays until Pod/reader stops using it' },
    ],
    'of a claim that was deleted just now and that a new pod wants': [
      aSnapshot({
        objects: [
          anObject('PersistentVolumeClaim', 'books', {
            metadata: deleted(0.2, 'kubernetes.io/pvc-protection'),
            status: { phase: 'Bound' },
          }),
          user,
          aPendingPod('writer', '0/1 nodes are available: persistentvolumeclaim "books" is being deleted.', {
            spec: { volumes },
          }),
        ],
      }),
      { object: 'PersistentVolumeClaim/books', problem: 'so Pod/writer cannot be scheduled with it' },
    ],
    'of a claim that a new pod wants': [
      aSnapshot({
        objects: [
          claim,
          user,
          aPendingPod('writer', '0/1 nodes are available: persistentvolumeclaim "books" is being deleted.', {
            spec: { volumes },
          }),
        ],
      }),
      { object: 'PersistentVolumeClaim/books', problem: 'so Pod/writer cannot be scheduled with it' },
    ],
  },
});
