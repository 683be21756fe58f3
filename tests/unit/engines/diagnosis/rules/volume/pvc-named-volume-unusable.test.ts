import { pvcNamedVolumeUnusable } from '../../../../../../src/engines/diagnosis/rules/volume/pvc-named-volume-unusable.ts';
import { anObject, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const claim = ({ phase = 'Pending', age = 5, spec = {} } = {}) =>
  anObject('PersistentVolumeClaim', 'books', {
    metadata: { creationTimestamp: minutesAgo(age) },
    spec: {
      volumeName: 'disk-1',
      storageClassName: '',
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '2Gi' } },
      ...spec,
    },
    status: { phase },
  });
const volume = (spec: object = {}, phase = 'Available') =>
  anObject('PersistentVolume', 'disk-1', {
    spec: { capacity: { storage: '5Gi' }, accessModes: ['ReadWriteOnce'], ...spec },
    status: { phase },
  });
const gone = [{ read: { verb: 'get' as const, kind: 'PersistentVolume', name: 'disk-1' }, outcome: 'absent' as const }];

testRule(pvcNamedVolumeUnusable, {
  silent: {
    'a bound claim': aSnapshot({ objects: [claim({ phase: 'Bound' })], reads: gone }),
    'a lost claim': aSnapshot({ objects: [claim({ phase: 'Lost' })], reads: gone }),
    'a claim that was just made': aSnapshot({ objects: [claim({ age: 0.1 })], reads: gone }),
    'a claim that names no volume': aSnapshot({ objects: [claim({ spec: { volumeName: undefined } })], reads: gone }),
    'a volume that was not read': aSnapshot({ objects: [claim()] }),
    'a volume that fits': aSnapshot({ objects: [claim(), volume()] }),
    'a volume that waits for this claim': aSnapshot({
      objects: [claim(), volume({ claimRef: { namespace: 'shop', name: 'books' } })],
    }),
    'a released volume': aSnapshot({
      objects: [claim(), volume({ claimRef: { namespace: 'shop', name: 'old' } }, 'Released')],
    }),
  },
  speaks: {
    'of a volume that does not exist': [
      aSnapshot({ objects: [claim()], reads: gone }),
      {
        object: 'PersistentVolumeClaim/books',
        problem: 'gets no volume: spec.volumeName asks for PersistentVolume/disk-1, which does not exist',
        culprit: 'PersistentVolume/disk-1',
        certainty: 'recomputed',
        fix: 'create PersistentVolume/disk-1',
      },
    ],
    'of a volume that another claim has': [
      aSnapshot({ objects: [claim(), volume({ claimRef: { namespace: 'bank', name: 'ledger' } }, 'Bound')] }),
      { object: 'PersistentVolumeClaim/books', problem: 'which is bound to claim bank/ledger' },
    ],
    'of a volume of another class': [
      aSnapshot({ objects: [claim(), volume({ storageClassName: 'nfs' })] }),
      { object: 'PersistentVolumeClaim/books', problem: 'has storageClassName "nfs", not "" as the claim' },
    ],
    'of a volume that is too small': [
      aSnapshot({ objects: [claim(), volume({ capacity: { storage: '1Gi' } })] }),
      { object: 'PersistentVolumeClaim/books', problem: 'has 1Gi of the 2Gi asked for', fix: 'another volumeName' },
    ],
  },
});
