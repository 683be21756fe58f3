import { podNotObservedByScheduler } from '../../../../../../src/engines/diagnosis/rules/pod/pod-not-observed-by-scheduler.ts';
import { anEvent, anObject, aPendingPod, aPod, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const unseen = (schedulerName?: string, minutes = 5) =>
  aPod('books', {
    metadata: { creationTimestamp: minutesAgo(minutes) },
    spec: { nodeName: undefined, schedulerName },
    status: { phase: 'Pending', conditions: [] },
  });
const lease = (minutes: number) =>
  anObject('Lease', 'kube-scheduler', {
    metadata: { namespace: 'kube-system' },
    spec: { holderIdentity: 'cp-1', renewTime: minutesAgo(minutes) },
  });

testRule(podNotObservedByScheduler, {
  silent: {
    'a pod that waits for its resource claims': aSnapshot({
      objects: [
        aPod('web', {
          metadata: { creationTimestamp: minutesAgo(5) },
          spec: { nodeName: undefined, resourceClaims: [{ name: 'gpu', resourceClaimName: 'gpu' }] },
          status: { phase: 'Pending', conditions: [] },
        }),
      ],
    }),
    'a pod of this very moment': aSnapshot({ objects: [unseen('batch', 0.5)] }),
    'a pod that the scheduler has judged': aSnapshot({ objects: [aPendingPod('books', 'no room')] }),
    'a pod of which events tell that it was judged': aSnapshot({
      objects: [unseen('batch'), anEvent(unseen(), 'FailedScheduling', 'no room')],
    }),
    'a pod that is bound by name': aSnapshot({
      objects: [aPod('books', { spec: { nodeName: 'node-9' }, status: { phase: 'Pending', conditions: [] } })],
    }),
  },
  speaks: {
    'of a scheduler that nobody runs': [
      aSnapshot({ objects: [unseen('batch-scheduler')] }),
      {
        object: 'Pod/books',
        problem: 'no scheduler named batch-scheduler has looked at it (spec.schedulerName)',
        certainty: 'recomputed',
        fix: 'remove schedulerName',
      },
    ],
    'of a name that is nearly right': [
      aSnapshot({ objects: [unseen('default-schedular')] }),
      { object: 'Pod/books', problem: 'default-scheduler exists' },
    ],
    "of the cluster's scheduler, when it is down": [
      aSnapshot({ objects: [unseen(), lease(9)] }),
      {
        object: 'Pod/books',
        problem: 'the scheduler of the cluster has not renewed its lease for 9 min',
        culprit: 'Lease/kube-scheduler',
        certainty: 'declared',
        evidence: ['holder cp-1'],
      },
    ],
    "of the cluster's scheduler, when its lease could not be read": [
      aSnapshot({ objects: [unseen()] }),
      { object: 'Pod/books', problem: 'has not looked at it', certainty: 'recomputed' },
    ],
  },
});
