import { pvcNoDefaultClass } from '../../../../../../src/engines/diagnosis/rules/volume/pvc-no-default-class.ts';
import { anEvent, anObject, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const claim = (storageClassName?: string, phase = 'Pending') =>
  anObject('PersistentVolumeClaim', 'ledger', { spec: { storageClassName }, status: { phase } });
const unbound = anEvent(
  claim(),
  'FailedBinding',
  'no persistent volumes available for this claim and no storage class is set',
  { type: 'Normal' },
);
const aClass = (isDefault: string) =>
  anObject('StorageClass', 'standard', {
    metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': isDefault } },
  });
const complete = ['StorageClass'];

testRule(pvcNoDefaultClass, {
  silent: {
    'a default class': aSnapshot({ complete, objects: [claim(), unbound, aClass('true')] }),
    'a class that is asked for': aSnapshot({ complete, objects: [claim('fast'), unbound] }),
    'a bound claim': aSnapshot({ complete, objects: [claim(undefined, 'Bound'), aClass('false')] }),
    'an empty class before the controller has looked': aSnapshot({ complete, objects: [claim(''), aClass('false')] }),
    'classes that could not be listed and no event': aSnapshot({ objects: [claim()] }),
  },
  speaks: {
    'of a volume that would fit but for one thing': [
      aSnapshot({
        complete: ['StorageClass', 'PersistentVolume'],
        objects: [
          anObject('PersistentVolumeClaim', 'ledger', {
            spec: { storageClassName: '', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
            status: { phase: 'Pending' },
          }),
          unbound,
          anObject('PersistentVolume', 'disk', {
            spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteMany'], storageClassName: '' },
            status: { phase: 'Available' },
          }),
        ],
      }),
      {
        object: 'PersistentVolumeClaim/ledger',
        problem: '(PersistentVolume/disk lacks access mode ReadWriteOnce)',
        fix: 'let PersistentVolumeClaim/ledger and the volume agree',
      },
    ],
    'with the class that could be the default': [
      aSnapshot({ complete, objects: [claim(), unbound, aClass('false')] }),
      {
        object: 'PersistentVolumeClaim/ledger',
        problem: 'gets no volume: it names no storage class and none is the default (there is standard)',
        certainty: 'declared',
        evidence: ['no storage class is set', '0 of 1 StorageClasses are marked as default'],
        fix: 'kubectl annotate storageclass standard storageclass.kubernetes.io/is-default-class=true',
      },
    ],
    'without an event, from the classes': [
      aSnapshot({ complete, objects: [claim()] }),
      {
        object: 'PersistentVolumeClaim/ledger',
        problem: '(none exist)',
        certainty: 'recomputed',
        fix: 'install a volume provisioner',
      },
    ],
    'of a class that is empty on purpose': [
      aSnapshot({ complete, objects: [claim(''), unbound, aClass('true')] }),
      {
        object: 'PersistentVolumeClaim/ledger',
        problem: 'storageClassName is "", which turns provisioning off',
        fix: 'with storageClassName standard, or without the field',
      },
    ],
  },
});
