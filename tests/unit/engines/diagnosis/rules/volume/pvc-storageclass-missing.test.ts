import { pvcStorageclassMissing } from '../../../../../../src/engines/diagnosis/rules/volume/pvc-storageclass-missing.ts';
import { anEvent, anObject, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const claim = (storageClassName: string | undefined, phase = 'Pending', more = {}) =>
  anObject('PersistentVolumeClaim', 'orders', { spec: { storageClassName, ...more }, status: { phase } });
const failed = anEvent(claim('standart'), 'ProvisioningFailed', 'storageclass.storage.k8s.io "standart" not found');
const standard = anObject('StorageClass', 'standard');
const complete = ['StorageClass'];

testRule(pvcStorageclassMissing, {
  silent: {
    'a class that exists': aSnapshot({ complete, objects: [claim('standard'), standard] }),
    'a bound claim': aSnapshot({ complete, objects: [claim('standart', 'Bound'), standard] }),
    'no class': aSnapshot({ complete, objects: [claim(undefined), claim(''), standard] }),
    'a claim for a certain volume': aSnapshot({
      complete,
      objects: [claim('manual', 'Pending', { volumeName: 'disk-1' })],
    }),
    'a class name that volumes made by hand carry': aSnapshot({
      complete,
      objects: [claim('manual'), anObject('PersistentVolume', 'disk-1', { spec: { storageClassName: 'manual' } })],
    }),
    'classes that could not be listed and no event': aSnapshot({ objects: [claim('standart')] }),
  },
  speaks: {
    'with the class that is nearest': [
      aSnapshot({ complete, objects: [claim('standart'), failed, standard, anObject('StorageClass', 'zfs')] }),
      {
        object: 'PersistentVolumeClaim/orders',
        problem: 'gets no volume: StorageClass/standart does not exist (there is standard)',
        culprit: 'StorageClass/standart',
        certainty: 'declared',
        evidence: ['storageclass.storage.k8s.io "standart" not found'],
        fix: 'recreate PersistentVolumeClaim/orders with storageClassName standard',
      },
    ],
    'from the event when classes could not be listed': [
      aSnapshot({ objects: [claim('standart'), failed] }),
      { object: 'PersistentVolumeClaim/orders', certainty: 'message' },
    ],
    'of a cluster without classes': [
      aSnapshot({ complete, objects: [claim('standart')] }),
      { object: 'PersistentVolumeClaim/orders', problem: '(the cluster has none)' },
    ],
  },
});
