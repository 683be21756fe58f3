import { pvReleasedRetained } from '../../../../../../src/engines/diagnosis/rules/volume/pv-released-retained.ts';
import { anObject, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const claim = (spec: object = {}, more: object = {}) =>
  anObject('PersistentVolumeClaim', 'books', {
    spec: {
      storageClassName: 'manual',
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '8Gi' } },
      ...spec,
    },
    status: { phase: 'Pending' },
    ...more,
  });
const volume = (name: string, phase: string, spec: object = {}) =>
  anObject('PersistentVolume', name, {
    spec: {
      storageClassName: 'manual',
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '8Gi' },
      persistentVolumeReclaimPolicy: 'Retain',
      claimRef: phase === 'Available' ? undefined : { namespace: 'shop', name: 'books', uid: 'before' },
      ...spec,
    },
    status: { phase },
  });
const manual = (provisioner: string) => anObject('StorageClass', 'manual', { provisioner });
const none = manual('kubernetes.io/no-provisioner');
const released = volume('disk-1', 'Released');

testRule(pvReleasedRetained, {
  silent: {
    'a free volume beside it': aSnapshot({ objects: [claim(), none, released, volume('disk-2', 'Available')] }),
    'a released volume that is too small': aSnapshot({
      objects: [claim(), none, volume('disk-1', 'Released', { capacity: { storage: '4Gi' } })],
    }),
    'a released volume of another class': aSnapshot({
      objects: [claim(), none, volume('disk-1', 'Released', { storageClassName: 'fast' })],
    }),
    'a class with a provisioner, which makes a new one': aSnapshot({
      objects: [claim(), manual('disk.csi.example'), released],
    }),
    'a claim that is bound': aSnapshot({ objects: [claim({}, { status: { phase: 'Bound' } }), none, released] }),
    'a claim of this very moment': aSnapshot({
      objects: [claim({}, { metadata: { creationTimestamp: minutesAgo(0) } }), none, released],
    }),
    'nobody who waits for it': aSnapshot({ objects: [none, released] }),
  },
  speaks: {
    'of the volume of the claim before': [
      aSnapshot({ objects: [claim(), none, released] }),
      {
        object: 'PersistentVolumeClaim/books',
        problem:
          'PersistentVolume/disk-1 would fit, but is Released and still belongs to an earlier claim of the same name',
        culprit: 'PersistentVolume/disk-1',
        certainty: 'recomputed',
        evidence: ['status.phase is Released', '1 of 1 volumes of its class would fit'],
        fix: 'kubectl patch pv disk-1',
      },
    ],
    'of a volume that was asked for by name': [
      aSnapshot({
        objects: [
          claim({ volumeName: 'disk-1' }),
          volume('disk-1', 'Released', { claimRef: { namespace: 'bank', name: 'ledger' } }),
        ],
      }),
      { object: 'PersistentVolumeClaim/books', problem: 'still belongs to the deleted claim bank/ledger' },
    ],
  },
});
