import { podPvcNotFound } from '../../../../../../src/engines/diagnosis/rules/pod/pod-pvc-not-found.ts';
import { anObject, aPendingPod, aPod, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const message = '0/4 nodes are available: persistentvolumeclaim "libary-data" not found. not found';
const librarian = aPendingPod('librarian', message, {
  spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'libary-data' } }] },
});
const claim = (name: string) => anObject('PersistentVolumeClaim', name);
const complete = ['PersistentVolumeClaim'];

testRule(podPvcNotFound, {
  silent: {
    'a claim that is there now': aSnapshot({ complete, objects: [librarian, claim('libary-data')] }),
    'a claim that waits for its volume': aSnapshot({
      complete,
      objects: [
        aPendingPod('web', '0/4 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found'),
      ],
    }),
    'a pod that runs': aSnapshot({ complete, objects: [aPod('web')] }),
  },
  speaks: {
    'with the claim of a similar name': [
      aSnapshot({ complete, objects: [librarian, claim('library-data'), claim('orders')] }),
      {
        object: 'Pod/librarian',
        problem: 'cannot be scheduled: PersistentVolumeClaim/libary-data does not exist (library-data does)',
        culprit: 'PersistentVolumeClaim/libary-data',
        certainty: 'declared',
        evidence: ['volumes[data].persistentVolumeClaim.claimName is libary-data', 'the claims library-data, orders'],
        fix: 'set claimName to library-data',
      },
    ],
    'from the message alone when claims could not be listed': [
      aSnapshot({ objects: [librarian] }),
      { object: 'Pod/librarian', certainty: 'message', fix: 'from its source' },
    ],
  },
});
