import { pvcSchedulerBypassed } from '../../../../../../src/engines/diagnosis/rules/volume/pvc-scheduler-bypassed.ts';
import {
  aContainer,
  anObject,
  aPendingPod,
  aPod,
  aSnapshot,
  minutesAgo,
  waiting,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const claim = (more: object = {}, annotations: Readonly<Record<string, string>> = {}) =>
  anObject('PersistentVolumeClaim', 'books', {
    metadata: { annotations },
    spec: { storageClassName: 'standard' },
    status: { phase: 'Pending' },
    ...more,
  });
const aClass = (volumeBindingMode: string) =>
  anObject('StorageClass', 'standard', { provisioner: 'disk.csi.example', volumeBindingMode });
const late = aClass('WaitForFirstConsumer');
const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'books' } }];
const pod = (created = minutesAgo(2)) =>
  aPod('books-0', {
    metadata: { creationTimestamp: created },
    spec: { volumes, nodeName: 'node-1' },
    containers: [aContainer('app', waiting('ContainerCreating'))],
  });

testRule(pvcSchedulerBypassed, {
  silent: {
    'a claim for which the scheduler chose a node': aSnapshot({
      objects: [claim({}, { 'volume.kubernetes.io/selected-node': 'node-1' }), late, pod()],
    }),
    'a claim that is bound': aSnapshot({ objects: [claim({ status: { phase: 'Bound' } }), late, pod()] }),
    'a class that binds at once': aSnapshot({ objects: [claim(), aClass('Immediate'), pod()] }),
    'a class that was not read': aSnapshot({ objects: [claim(), pod()] }),
    'a pod that still waits for a node': aSnapshot({
      objects: [claim(), late, aPendingPod('books-0', '0/1 nodes are available', { spec: { volumes } })],
    }),
    'a pod of this very moment': aSnapshot({ objects: [claim(), late, pod(minutesAgo(0.1))] }),
  },
  speaks: {
    'of a node that is written in the pod': [
      aSnapshot({ objects: [claim(), late, pod()] }),
      {
        object: 'Pod/books-0',
        problem:
          'spec.nodeName node-1 is written in its template and skips the scheduler, so PersistentVolumeClaim/books (WaitForFirstConsumer) never gets a volume',
        certainty: 'recomputed',
        fix: 'write nodeSelector: {kubernetes.io/hostname: node-1} instead of nodeName',
      },
    ],
  },
});
