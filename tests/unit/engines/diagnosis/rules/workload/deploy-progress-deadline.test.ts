import { deployProgressDeadline } from '../../../../../../src/engines/diagnosis/rules/workload/deploy-progress-deadline.ts';
import { aDeployment, anObject, aSnapshot, ownedBy } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const condition = (status: string, reason: string) => ({
  type: 'Progressing',
  status,
  reason,
  message: 'ReplicaSet "late-5d8f" has timed out progressing.',
});
const late = (status: object, conditions = [condition('False', 'ProgressDeadlineExceeded')]) =>
  aDeployment('late', {
    spec: { replicas: 2, progressDeadlineSeconds: 15 },
    status: { replicas: 2, updatedReplicas: 2, unavailableReplicas: 2, ...status, conditions },
  });
const stuck = late({});
const old = anObject('ReplicaSet', 'late-old', {
  metadata: { ...ownedBy(stuck.deployment), annotations: { 'deployment.kubernetes.io/revision': '0' } },
  spec: { replicas: 2 },
  status: { readyReplicas: 2 },
});

testRule(deployProgressDeadline, {
  silent: {
    'a rollout that gets on': aSnapshot({ objects: late({}, [condition('True', 'ReplicaSetUpdated')]).all }),
    'pods that became available after all': aSnapshot({ objects: late({ availableReplicas: 2 }).all }),
    'a pause': aSnapshot({ objects: late({}, [condition('Unknown', 'DeploymentPaused')]).all }),
  },
  speaks: {
    'with what the new revision has': [
      aSnapshot({ objects: stuck.all }),
      {
        object: 'Deployment/late',
        problem: 'does not finish its rollout: revision 1 got no further within 15 s (0 of 2 pods ready)',
        certainty: 'declared',
        evidence: ['has timed out progressing'],
      },
    ],
    'with the revision that still serves': [
      aSnapshot({ objects: [...stuck.all, old] }),
      {
        object: 'Deployment/late',
        problem: 'revision 0 still serves with 2 pods',
        fix: '"object":"deployment/late","namespace":"shop","revision":0',
      },
    ],
  },
});
