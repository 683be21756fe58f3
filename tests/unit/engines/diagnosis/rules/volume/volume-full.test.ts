import { volumeFull } from '../../../../../../src/engines/diagnosis/rules/volume/volume-full.ts';
import { aContainer, aLog, anObject, aPod, aSnapshot, crashed } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const claim = anObject('PersistentVolumeClaim', 'books', {
  spec: { storageClassName: 'fast' },
  status: { phase: 'Bound', capacity: { storage: '8Gi' } },
});
const aClass = (allowVolumeExpansion: boolean) => anObject('StorageClass', 'fast', { allowVolumeExpansion });
const mounts = [
  { name: 'data', mountPath: '/data' },
  { name: 'scratch', mountPath: '/scratch' },
];
const pod = (source: object, container: object = crashed({ exitCode: 1 }), volumeMounts: readonly object[] = mounts) =>
  aPod('books', {
    containers: [aContainer('app', { ...container, volumeMounts })],
    spec: {
      volumes: [
        { name: 'data', ...source },
        { name: 'scratch', emptyDir: {} },
      ],
    },
  });
const onClaim = { persistentVolumeClaim: { claimName: 'books' } };
const full = aLog('books', ["dd: error writing '/data/ledger.db': No space left on device"], { previous: true });
const nameless = aLog('books', ['PANIC: could not write to file: No space left on device'], { previous: true });
const elsewhere = aLog('books', ['open /scratch/a.tmp: no space left on device'], { previous: true });
const readOnly = [{ name: 'data', mountPath: '/data', readOnly: true }];

testRule(volumeFull, {
  silent: {
    'a log that says nothing of it': aSnapshot({ objects: [pod(onClaim), claim], logs: [aLog('books', ['bye'])] }),
    'a path on the disk of the node': aSnapshot({ objects: [pod(onClaim), claim], logs: [elsewhere] }),
    'a pod that is ready': aSnapshot({ objects: [pod(onClaim, {}), claim], logs: [full] }),
    'a mount that cannot be filled': aSnapshot({
      objects: [pod(onClaim, crashed({ exitCode: 1 }), readOnly), claim],
      logs: [nameless],
    }),
    'a plain emptyDir': aSnapshot({ objects: [pod({ emptyDir: { sizeLimit: '1Gi' } })], logs: [full] }),
  },
  speaks: {
    'of a claim that may grow': [
      aSnapshot({ objects: [pod(onClaim), claim, aClass(true)], logs: [full] }),
      {
        object: 'PersistentVolumeClaim/books',
        problem: 'is full (8Gi): nothing more can be written to /data of Pod/books',
        certainty: 'message',
        evidence: ["error writing '/data/ledger.db'", 'status.capacity.storage is 8Gi'],
        fix: 'kubectl patch pvc -n shop books',
      },
    ],
    'of a claim that may not': [
      aSnapshot({ objects: [pod(onClaim), claim, aClass(false)], logs: [full] }),
      { object: 'PersistentVolumeClaim/books', fix: 'StorageClass/fast does not allow expansion' },
    ],
    'less certainly, when no path is named': [
      aSnapshot({ objects: [pod(onClaim), claim], logs: [nameless] }),
      { object: 'PersistentVolumeClaim/books', certainty: 'inferred' },
    ],
    'of a volume in memory': [
      aSnapshot({ objects: [pod({ emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } })], logs: [full] }),
      {
        object: 'Pod/books',
        problem: 'has filled its volume data (64Mi) at /data',
        fix: 'raise volumes[data].emptyDir.sizeLimit',
      },
    ],
  },
});
