import { controlPlaneDegraded } from '../../../../../../src/engines/diagnosis/rules/cluster/control-plane-degraded.ts';
import { anObject, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const aWorkload = (generation: number, observedGeneration: number | undefined, metadata: object = {}) =>
  anObject('Deployment', 'web', { metadata: { generation, ...metadata }, status: { observedGeneration } });
const edited = (minutes: number) => ({
  managedFields: [
    { manager: 'kubectl-edit', time: minutesAgo(minutes), fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
    { manager: 'kube-controller-manager', subresource: 'status', time: minutesAgo(0) },
  ],
});
/** As `kubectl scale` leaves it: the time of the edit before, and nobody who wrote the replicas. */
const scaled = { managedFields: [{ manager: 'kubectl-edit', time: minutesAgo(9) }] };
const lease = (seconds: number) =>
  anObject('Lease', 'kube-controller-manager', {
    metadata: { namespace: 'kube-system' },
    spec: { holderIdentity: 'cp-1', leaseDurationSeconds: 15, renewTime: minutesAgo(seconds / 60) },
  });

testRule(controlPlaneDegraded, {
  silent: {
    'a change that was seen': aSnapshot({ objects: [aWorkload(3, 3, edited(9))] }),
    'a change of a moment ago': aSnapshot({ objects: [aWorkload(3, 2, edited(1))] }),
    'a workload that was just made': aSnapshot({
      objects: [aWorkload(1, undefined, { creationTimestamp: minutesAgo(1) })],
    }),
    'an edit whose time nobody tells': aSnapshot({ objects: [aWorkload(3, 2)] }),
    'a workload that was scaled, nobody knows when': aSnapshot({ objects: [aWorkload(3, 2, scaled), lease(10)] }),
    'a workload on its way out': aSnapshot({
      objects: [aWorkload(3, 2, { ...edited(9), deletionTimestamp: minutesAgo(5) })],
    }),
  },
  speaks: {
    'of a controller that is gone': [
      aSnapshot({ objects: [aWorkload(3, 2, edited(9)), lease(540)] }),
      {
        object: 'Deployment/web',
        problem: 'was changed, and no controller has looked at it: kube-controller-manager does not renew its Lease',
        culprit: 'Lease/kube-controller-manager',
        certainty: 'declared',
        evidence: ['generation 3, observedGeneration 2, 9 min after the last edit', 'last renewed 9 min ago by cp-1'],
      },
    ],
    'of a scaled workload while the controller is gone': [
      aSnapshot({ objects: [aWorkload(3, 2, scaled), lease(540)] }),
      { object: 'Deployment/web', certainty: 'declared', culprit: 'Lease/kube-controller-manager' },
    ],
    'of a workload that was never looked at': [
      aSnapshot({ objects: [aWorkload(1, undefined), lease(10)] }),
      { object: 'Deployment/web', problem: 'was changed, and no controller has looked at it', certainty: 'recomputed' },
    ],
  },
});
