import { pvcResizeStuck } from '../../../../../../src/engines/diagnosis/rules/volume/pvc-resize-stuck.ts';
import { anEvent, anObject, aPod, aSnapshot, minutesAgo, withFields } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const claim = (status: object = {}, asked = '16Gi') =>
  anObject('PersistentVolumeClaim', 'books', {
    spec: { storageClassName: 'fast', resources: { requests: { storage: asked } } },
    status: { phase: 'Bound', capacity: { storage: '8Gi' }, ...status },
  });
const condition = (type: string, message: string, minutes = 10) => ({
  conditions: [{ type, status: 'True', message, lastTransitionTime: minutesAgo(minutes) }],
});
const aClass = (allowVolumeExpansion: boolean | undefined) =>
  anObject('StorageClass', 'fast', { provisioner: 'disk.csi.example', allowVolumeExpansion });
const expands = aClass(true);
const waiting = anEvent(claim(), 'ExternalExpanding', 'waiting for an external controller to expand this PVC', {
  type: 'Normal',
});
const failed = anEvent(
  claim(),
  'VolumeResizeFailed',
  'resize volume "pvc-1" by resizer "disk.csi.example" failed: rpc error: code = OutOfRange desc = size exceeds 10Gi',
);
const pending = condition('FileSystemResizePending', 'Waiting for user to (re-)start a pod');
const mounting = aPod('books-0', {
  spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'books' } }] },
});

testRule(pvcResizeStuck, {
  silent: {
    'a claim that has what it asks for': aSnapshot({ objects: [claim({}, '8Gi'), expands, failed] }),
    'a volume that is larger than asked for': aSnapshot({ objects: [claim({}, '4Gi'), expands] }),
    'a claim that is not bound': aSnapshot({ objects: [claim({ phase: 'Pending' }), expands, failed] }),
    'a resize of this very moment': aSnapshot({
      objects: [
        claim(condition('Resizing', '', 0.5)),
        expands,
        withFields(waiting, { firstTimestamp: minutesAgo(0.5) }),
      ],
    }),
    'a file system that waits for a pod, and no pod': aSnapshot({ objects: [claim(pending), expands] }),
    'nothing that says that it was begun': aSnapshot({ objects: [claim(), expands] }),
  },
  speaks: {
    'in the words of the driver': [
      aSnapshot({ objects: [claim(), expands, waiting, failed] }),
      {
        object: 'PersistentVolumeClaim/books',
        problem: 'does not grow from 8Gi to 16Gi: OutOfRange: size exceeds 10Gi',
        certainty: 'message',
      },
    ],
    'of a condition': [
      aSnapshot({ objects: [claim(condition('ControllerResizeError', 'quota exceeded')), expands] }),
      { object: 'PersistentVolumeClaim/books', problem: 'quota exceeded', certainty: 'declared' },
    ],
    'of a size that the driver cannot give': [
      aSnapshot({
        objects: [claim({ allocatedResourceStatuses: { storage: 'ControllerResizeInfeasible' } }), expands],
      }),
      {
        object: 'PersistentVolumeClaim/books',
        evidence: ['status.allocatedResourceStatuses.storage is ControllerResizeInfeasible'],
        fix: 'ask for a size that the driver can give',
      },
    ],
    'of a file system that waits although a pod runs': [
      aSnapshot({ objects: [claim(pending), expands, mounting] }),
      {
        object: 'PersistentVolumeClaim/books',
        problem: 'waits until a pod mounts it anew',
        fix: 'kubectl delete pod -n shop books-0',
      },
    ],
    'of a class that does not allow it': [
      aSnapshot({ objects: [claim(), aClass(undefined)] }),
      { object: 'PersistentVolumeClaim/books', problem: 'StorageClass/fast does not allow expansion' },
    ],
    'of a resizer that does not answer': [
      aSnapshot({ objects: [claim(), expands, waiting] }),
      { object: 'PersistentVolumeClaim/books', problem: 'the resizer of disk.csi.example does not answer' },
    ],
  },
});
