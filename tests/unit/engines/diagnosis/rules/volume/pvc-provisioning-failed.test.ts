import { pvcProvisioningFailed } from '../../../../../../src/engines/diagnosis/rules/volume/pvc-provisioning-failed.ts';
import { anEvent, anObject, aPendingPod, aSnapshot, minutesAgo, withFields } from '../../../../../support/builders.ts';
import { unschedulable } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const asked = { 'volume.kubernetes.io/storage-provisioner': 'disk.csi.example' };
const claim = (more: object = {}, metadata: object = { annotations: asked }) =>
  anObject('PersistentVolumeClaim', 'books', {
    metadata,
    spec: { storageClassName: 'fast', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '8Gi' } } },
    status: { phase: 'Pending' },
    ...more,
  });
const aClass = (provisioner: string, volumeBindingMode = 'Immediate') =>
  anObject('StorageClass', 'fast', { provisioner, volumeBindingMode });
const csi = aClass('disk.csi.example');
const byHand = aClass('kubernetes.io/no-provisioner');
const waiting = anEvent(claim(), 'ExternalProvisioning', 'Waiting for a volume to be created', { type: 'Normal' });
const working = anEvent(claim(), 'Provisioning', 'External provisioner is provisioning volume', { type: 'Normal' });
const refused = anEvent(
  claim(),
  'ProvisioningFailed',
  'failed to provision volume with StorageClass "fast": rpc error: code = ResourceExhausted desc = quota SSD_TOTAL_GB exceeded',
);
const volume = (name: string, spec: object, phase = 'Available') =>
  anObject('PersistentVolume', name, {
    spec: { storageClassName: 'fast', accessModes: ['ReadWriteOnce'], capacity: { storage: '8Gi' }, ...spec },
    status: { phase },
  });
const consumer = (counts: string) =>
  aPendingPod('books-0', unschedulable(counts), {
    spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'books' } }] },
  });
const complete = ['PersistentVolume', 'CSIDriver'];
const taken = volume('disk-1', { claimRef: { namespace: 'bank', name: 'ledger' } }, 'Bound');
const small = volume('disk-2', { capacity: { storage: '4Gi' }, accessModes: ['ReadOnlyMany'] });

testRule(pvcProvisioningFailed, {
  silent: {
    'a provisioner that is at work': aSnapshot({ objects: [claim(), csi, waiting, working] }),
    'a claim of this very moment': aSnapshot({
      objects: [claim({}, { creationTimestamp: minutesAgo(0.2) }), csi, refused],
    }),
    'a provisioner that was not asked: the claim waits for its first consumer': aSnapshot({
      objects: [claim({}, {}), aClass('disk.csi.example', 'WaitForFirstConsumer')],
    }),
    'a provisioner that was asked half a minute ago': aSnapshot({
      objects: [
        claim({}, { annotations: asked, creationTimestamp: minutesAgo(60) }),
        csi,
        withFields(waiting, { firstTimestamp: minutesAgo(0.5) }),
      ],
    }),
    'a class that does not exist': aSnapshot({
      complete: ['StorageClass', 'PersistentVolume'],
      objects: [claim({}, {}), anEvent(claim(), 'ProvisioningFailed', 'storageclass "fast" not found')],
    }),
    'a bound claim with an old failure': aSnapshot({ objects: [claim({ status: { phase: 'Bound' } }), csi, refused] }),
    'volumes by hand before any pod wants one': aSnapshot({
      complete,
      objects: [claim({}, {}), aClass('kubernetes.io/no-provisioner', 'WaitForFirstConsumer')],
    }),
    'a volume by hand that fits and will be bound': aSnapshot({
      complete,
      objects: [claim({}, {}), byHand, volume('disk-1', {})],
    }),
    'volumes by hand that could not be listed': aSnapshot({ objects: [claim({}, {}), byHand] }),
  },
  speaks: {
    'in the words of the provisioner': [
      aSnapshot({ objects: [claim(), csi, waiting, working, refused] }),
      {
        object: 'PersistentVolumeClaim/books',
        problem: 'gets no volume: disk.csi.example says: ResourceExhausted: quota SSD_TOTAL_GB exceeded',
        culprit: 'StorageClass/fast',
        certainty: 'message',
      },
    ],
    'of a provisioner that does not answer': [
      aSnapshot({ complete, objects: [claim(), csi, waiting] }),
      {
        object: 'PersistentVolumeClaim/books',
        problem: 'the provisioner disk.csi.example of StorageClass/fast does not answer',
        evidence: ['ExternalProvisioning: Waiting', 'is not registered in the cluster'],
      },
    ],
    'of a driver that is not installed, without waiting for its answer': [
      aSnapshot({
        complete,
        objects: [claim({}, { annotations: asked, creationTimestamp: minutesAgo(0.7) }), csi],
      }),
      { object: 'PersistentVolumeClaim/books', evidence: ['is not registered in the cluster'] },
    ],
    'of one that does not answer, when events have expired': [
      aSnapshot({ objects: [claim(), csi] }),
      {
        object: 'PersistentVolumeClaim/books',
        certainty: 'recomputed',
        evidence: ['storage-provisioner is disk.csi.example'],
      },
    ],
    'of volumes by hand of which none fits': [
      aSnapshot({ complete, objects: [claim({}, {}), byHand, taken, small] }),
      {
        object: 'PersistentVolumeClaim/books',
        problem:
          'none of its volumes fits (PersistentVolume/disk-1 is bound to bank/ledger; PersistentVolume/disk-2 has 4Gi of the 8Gi asked for and lacks access mode ReadWriteOnce)',
        evidence: ['0 of 2 volumes of the class have 8Gi and ReadWriteOnce and are free'],
        fix: 'make a PersistentVolume with storageClassName fast, 8Gi and ReadWriteOnce',
      },
    ],
    'of a class by hand without any volume': [
      aSnapshot({ complete, objects: [claim({}, {}), byHand] }),
      { object: 'PersistentVolumeClaim/books', problem: 'there is no PersistentVolume of it' },
    ],
    'of volumes by hand on other nodes': [
      aSnapshot({
        complete,
        objects: [
          claim({}, {}),
          aClass('kubernetes.io/no-provisioner', 'WaitForFirstConsumer'),
          volume('disk-1', {
            nodeAffinity: {
              required: {
                nodeSelectorTerms: [
                  { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['node-7'] }] },
                ],
              },
            },
          }),
          consumer("4 node(s) didn't find available persistent volumes to bind"),
        ],
      }),
      {
        object: 'PersistentVolumeClaim/books',
        problem: 'lie where its pod cannot run (PersistentVolume/disk-1 on kubernetes.io/hostname=node-7)',
      },
    ],
    'of nodes without storage left': [
      aSnapshot({
        objects: [
          claim({}, {}),
          aClass('disk.csi.example', 'WaitForFirstConsumer'),
          consumer('4 node(s) did not have enough free storage'),
        ],
      }),
      { object: 'PersistentVolumeClaim/books', problem: 'no node that StorageClass/fast can serve has 8Gi of storage' },
    ],
  },
});
