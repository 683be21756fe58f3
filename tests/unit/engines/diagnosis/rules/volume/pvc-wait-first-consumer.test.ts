import { pvcWaitFirstConsumer } from '../../../../../../src/engines/diagnosis/rules/volume/pvc-wait-first-consumer.ts';
import { anObject, aPendingPod, aPod, aSnapshot } from '../../../../../support/builders.ts';
import { unschedulable } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const claim = (annotations: Readonly<Record<string, string>> = {}) =>
  anObject('PersistentVolumeClaim', 'books', {
    metadata: { annotations },
    spec: { storageClassName: 'standard' },
    status: { phase: 'Pending' },
  });
const aClass = (volumeBindingMode: string) =>
  anObject('StorageClass', 'standard', { provisioner: 'disk.csi.example', volumeBindingMode });
const waits = aClass('WaitForFirstConsumer');
const spec = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'books' } }] };
const pending = (message: string) => aPendingPod('books-0', message, { spec });
const full = pending(unschedulable('4 Insufficient cpu'));
const about = { object: { kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'books' }, namespace: 'shop' };

testRule(pvcWaitFirstConsumer, {
  silent: {
    'no pod at all, when nobody asks about the claim': aSnapshot({ objects: [claim(), waits] }),
    'a class that binds at once': aSnapshot({ objects: [claim(), aClass('Immediate'), full] }),
    'a node that was selected: the provisioner is at work': aSnapshot({
      objects: [claim({ 'volume.kubernetes.io/selected-node': 'node-1' }), waits, full],
    }),
    'a pod that has a node': aSnapshot({ objects: [claim(), waits, aPod('books-0', { spec })] }),
    'a pod that the claim itself keeps from nodes': aSnapshot({
      objects: [claim(), waits, pending(unschedulable("4 node(s) didn't find available persistent volumes to bind"))],
    }),
    'a class that was not read': aSnapshot({ objects: [claim(), full] }),
  },
  speaks: {
    'of the pod that has no node': [
      aSnapshot({ objects: [claim(), waits, full] }),
      {
        object: 'PersistentVolumeClaim/books',
        problem: 'waits for its first consumer, Pod/books-0, which has no node yet',
        certainty: 'declared',
      },
    ],
    'of no pod, when the question is about the claim': [
      aSnapshot({ objects: [claim(), waits], scope: about }),
      { object: 'PersistentVolumeClaim/books', problem: 'as it should: no pod mounts it' },
    ],
  },
});
