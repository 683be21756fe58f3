import { pvcLost } from '../../../../../../src/engines/diagnosis/rules/volume/pvc-lost.ts';
import { anEvent, anObject, aPod, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const claim = (phase = 'Lost', volumeName: string | undefined = 'disk-1') =>
  anObject('PersistentVolumeClaim', 'books', { spec: { volumeName }, status: { phase } });
const lost = anEvent(claim(), 'ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
const volume = (claimRef: object) => anObject('PersistentVolume', 'disk-1', { spec: { claimRef } });
const gone = [{ read: { verb: 'get' as const, kind: 'PersistentVolume', name: 'disk-1' }, outcome: 'absent' as const }];
const mounting = aPod('books-0', {
  spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'books' } }] },
});

testRule(pvcLost, {
  silent: {
    'a bound claim': aSnapshot({ objects: [claim('Bound')], reads: gone }),
    'a pending claim whose volume does not exist yet': aSnapshot({ objects: [claim('Pending')], reads: gone }),
  },
  speaks: {
    'of a volume that was deleted': [
      aSnapshot({ objects: [claim(), lost, mounting], reads: gone }),
      {
        object: 'PersistentVolumeClaim/books',
        problem: 'has lost its volume: PersistentVolume/disk-1 was deleted',
        certainty: 'declared',
        evidence: ['ClaimLost: Bound claim has lost', '1 running pod has it mounted still'],
        fix: 'recreate PersistentVolume/disk-1 from its manifest',
      },
    ],
    'of a volume that another claim has': [
      aSnapshot({ objects: [claim(), volume({ namespace: 'bank', name: 'ledger' })] }),
      { object: 'PersistentVolumeClaim/books', problem: 'is bound to PersistentVolumeClaim bank/ledger' },
    ],
    'of a volume that was made anew': [
      aSnapshot({ objects: [claim(), volume({ namespace: 'shop', name: 'books' })] }),
      { object: 'PersistentVolumeClaim/books', problem: 'was deleted and made anew', fix: 'remove spec.claimRef' },
    ],
    'when volumes could not be read': [
      aSnapshot({ objects: [claim()] }),
      { object: 'PersistentVolumeClaim/books', problem: 'is gone or belongs to another claim' },
    ],
  },
});
