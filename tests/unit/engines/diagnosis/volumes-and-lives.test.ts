import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../../src/engines/diagnosis/diagnose.ts';
import type { KubernetesObject } from '../../../../src/engines/objects.ts';
import {
  aContainer,
  aDeployment,
  aLog,
  anEvent,
  anObject,
  aPendingPod,
  aPod,
  crashed,
  minutesAgo,
  ownedBy,
  someData,
  waiting,
} from '../../../support/builders.ts';
import { aNode, asking, unreachable, unschedulable } from '../../../support/nodes.ts';

/** Roots and risks, with what each root explains. */
function told(objects: readonly KubernetesObject[], more: Parameters<typeof someData>[0] = {}): readonly string[] {
  const { causes, risks } = diagnose(someData({ objects, complete: ['Node', 'Pod', 'StorageClass'], ...more }));
  return [
    ...causes.map(({ rule, object, chain }) =>
      [`${rule} ${object.kind}/${object.name}`, ...chain.flatMap((link) => link.rule ?? [])].join(' > '),
    ),
    ...risks.map(({ rule }) => `risk ${rule}`),
  ];
}

const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'books' } }];
const claim = (spec: object, status: object) => anObject('PersistentVolumeClaim', 'books', { spec, status });
const standard = anObject('StorageClass', 'standard', {
  provisioner: 'disk.csi.example',
  volumeBindingMode: 'WaitForFirstConsumer',
});
const silent = aNode('node-1', {
  taints: [unreachable],
  conditions: [{ type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown' }],
});

describe('what a diagnosis says of volumes', () => {
  it('is that a full one is why a program crashes', () => {
    const mounts = { volumeMounts: [{ name: 'data', mountPath: '/data' }] };
    const pod = aPod('books', {
      containers: [aContainer('app', { ...mounts, ...crashed({ exitCode: 1 }) })],
      spec: { volumes },
    });

    const causes = told([pod, aNode('node-1'), claim({}, { phase: 'Bound', capacity: { storage: '1Gi' } })], {
      logs: [aLog('books', ["cannot write '/data/a': No space left on device"], { previous: true })],
    });

    expect(causes).toEqual(['volume-full PersistentVolumeClaim/books > log-resource-exhausted']);
  });

  it('is that a claim waits because its pod has no node, and not the other way round', () => {
    const pod = aPendingPod('books', unschedulable('1 Insufficient cpu'), {
      spec: { ...asking({ cpu: '9' }), volumes },
    });

    const causes = told([
      pod,
      aNode('node-1'),
      standard,
      claim({ storageClassName: 'standard' }, { phase: 'Pending' }),
    ]);

    expect(causes).toEqual([
      'pod-request-exceeds-any-node Pod/books > pod-request-exceeds-any-node > pvc-wait-first-consumer',
    ]);
  });

  it('is that a pod waits because its claim has lost its volume', () => {
    const pod = aPendingPod(
      'books',
      unschedulable('1 node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'),
      {
        spec: { volumes },
      },
    );

    const causes = told([pod, aNode('node-1'), claim({ volumeName: 'disk-1' }, { phase: 'Lost' })]);

    expect(causes).toEqual(['pvc-lost PersistentVolumeClaim/books > pod-not-ready-unexplained']);
  });

  it('is that a claim without a class waits for a volume that another one had', () => {
    const waits = claim({ storageClassName: '', resources: { requests: { storage: '1Gi' } } }, { phase: 'Pending' });
    const volume = anObject('PersistentVolume', 'disk-1', {
      spec: { capacity: { storage: '1Gi' }, claimRef: { namespace: 'shop', name: 'books', uid: 'before' } },
      status: { phase: 'Released' },
    });
    const said = anEvent(
      waits,
      'FailedBinding',
      'no persistent volumes available for this claim and no storage class is set',
    );

    expect(told([waits, volume, said])).toEqual([
      'pv-released-retained PersistentVolumeClaim/books > pvc-no-default-class',
    ]);
  });

  it('is that the node that died holds them', () => {
    const holder = aPod('books-0', { spec: { volumes } });
    const stuck = aPod('reader', {
      containers: [aContainer('app', waiting('ContainerCreating'))],
      spec: { volumes, nodeName: 'node-2' },
      status: { phase: 'Pending' },
    });
    const said = anEvent(stuck, 'FailedAttachVolume', 'Multi-Attach error for volume "disk-1" Volume is already …');

    const causes = told([
      holder,
      stuck,
      said,
      silent,
      aNode('node-2'),
      claim({ volumeName: 'disk-1' }, { phase: 'Bound' }),
    ]);

    expect(causes).toEqual([expect.stringMatching(/^node-not-ready-silent Node\/node-1 .*> volume-held-elsewhere/)]);
  });
});

describe("what a diagnosis says of pods' lives", () => {
  it('is that one waits because a more important one took its room', () => {
    const { deployment, replicaSet } = aDeployment('batch');
    const waits = aPendingPod('batch-5d8f-b', unschedulable('1 Insufficient cpu'), {
      metadata: ownedBy(replicaSet),
      spec: asking({ cpu: '3' }),
    });
    const winner = aPod('train', { metadata: { uid: 'uid-of-train' }, spec: { ...asking({ cpu: '3' }), priority: 9 } });
    const said = anEvent(aPod('batch-5d8f-a'), 'Preempted', 'Preempted by pod uid-of-train on node node-1');

    const causes = told([deployment, replicaSet, waits, winner, said, aNode('node-1')]);

    expect(causes).toEqual(['pod-preempted Deployment/batch > pod-preempted > pod-unschedulable-capacity']);
  });

  it('is that one does not end because its node is silent', () => {
    const pod = aPod('books-0', { metadata: { deletionTimestamp: minutesAgo(9) } });

    expect(told([pod, silent])).toEqual(['node-not-ready-silent Node/node-1 > pod-stuck-terminating-node-down']);
  });

  it('is that pods were evicted from a node that still is under pressure', () => {
    const message = 'The node was low on resource: memory. Threshold quantity: 100Mi, available: 90Mi. ';
    const pod = aPod('books', { status: { phase: 'Failed', reason: 'Evicted', message } });
    const node = aNode('node-1', {
      conditions: [
        { type: 'Ready', status: 'True' },
        { type: 'MemoryPressure', status: 'True', lastTransitionTime: null },
      ],
    });

    expect(told([pod, node])).toEqual(['node-memory-or-pid-pressure Node/node-1 > pod-evicted-node-pressure']);
  });

  it('is that a node is at fault that does not say so, when only its pods fail', () => {
    const on = (workload: string, index: number, nodeName: string, broken: boolean) =>
      aPod(`${workload}-${index}`, {
        metadata: ownedBy(anObject('ReplicaSet', workload)),
        spec: { nodeName },
        containers: [aContainer('app', broken ? crashed({ exitCode: 1 }) : {})],
      });
    const healthy = Array.from({ length: 20 }, (_, index) => on('web', index, 'node-2', false));
    const failing = [0, 1].flatMap((index) => [on('books', index, 'node-1', true), on('carts', index, 'node-1', true)]);

    const causes = told([...healthy, ...failing, aNode('node-1'), aNode('node-2')]);

    expect(causes).toEqual(['shared-cause-node Node/node-1 > crash-app-error > crash-app-error']);
  });
});
