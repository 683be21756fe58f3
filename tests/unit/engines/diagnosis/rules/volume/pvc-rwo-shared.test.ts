import { pvcRwoShared } from '../../../../../../src/engines/diagnosis/rules/volume/pvc-rwo-shared.ts';
import {
  aContainer,
  aDeployment,
  anEvent,
  anObject,
  aPod,
  aSnapshot,
  ownedBy,
  waiting,
  withFields,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const claim = (mode = 'ReadWriteOnce') =>
  anObject('PersistentVolumeClaim', 'books', {
    spec: { accessModes: [mode], volumeName: 'pvc-1' },
    status: { phase: 'Bound' },
  });
const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'books' } }];
const { deployment, replicaSet } = aDeployment('books', { replicas: 2 });
const replica = (hash: string) => ({ ...ownedBy(replicaSet), labels: { 'pod-template-hash': hash } });
const running = aPod('books-a', { metadata: replica('5d8f'), spec: { volumes } });
const creating = { containers: [aContainer('app', waiting('ContainerCreating'))], status: { phase: 'Pending' } };
const stuck = (hash = '5d8f') =>
  aPod('books-b', { metadata: replica(hash), spec: { volumes, nodeName: 'node-2' }, ...creating });
const multiAttach = (pod: ReturnType<typeof stuck>) =>
  anEvent(pod, 'FailedAttachVolume', 'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) books-a');
const inUse = aPod('books-c', {
  metadata: replica('5d8f'),
  spec: { volumes, nodeName: undefined },
  status: {
    phase: 'Pending',
    containerStatuses: [],
    conditions: [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message:
          '0/1 nodes are available: 1 node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod.',
        lastTransitionTime: '2026-11-23T11:50:00Z',
      },
    ],
  },
});
const owners = [deployment, replicaSet];

testRule(pvcRwoShared, {
  silent: {
    'replicas that run on one node': aSnapshot({ objects: [...owners, claim(), running] }),
    'the pod before in a rollout': aSnapshot({
      objects: [...owners, claim(), running, stuck('7c9b'), multiAttach(stuck('7c9b'))],
    }),
    'a holder of another workload': aSnapshot({
      objects: [...owners, claim(), aPod('reports', { spec: { volumes } }), stuck(), multiAttach(stuck())],
    }),
    'an error of the last seconds': aSnapshot({
      objects: [
        ...owners,
        claim(),
        running,
        stuck(),
        withFields(multiAttach(stuck()), { firstTimestamp: '2026-11-23T11:59:40Z' }),
      ],
    }),
  },
  speaks: {
    'of a replica on another node': [
      aSnapshot({ objects: [...owners, claim(), running, stuck(), multiAttach(stuck())] }),
      {
        object: 'Pod/books-b',
        problem: 'all replicas mount PersistentVolumeClaim/books, whose accessModes [ReadWriteOnce] allow one node',
        certainty: 'declared',
        evidence: ['Multi-Attach error', 'mounts books on node-1', '2 replicas mount books'],
        fix: 'scale Deployment/books to 1 replica',
      },
    ],
    'of a claim for one pod': [
      aSnapshot({ objects: [...owners, claim('ReadWriteOncePod'), running, inUse] }),
      { object: 'Pod/books-c', problem: 'accessModes [ReadWriteOncePod] allow one pod', fix: 'ReadWriteOnce or' },
    ],
  },
});
