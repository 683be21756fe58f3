import { psaViolation } from '../../../../../../src/engines/diagnosis/rules/namespace/psa-violation.ts';
import { aDeployment, anEvent, anObject, aSnapshot, minutesAgo, ownedBy } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const violations =
  'host namespaces (hostNetwork=true), privileged (container "app" must not set securityContext.privileged=true)';
const privileged = aDeployment('privileged', {
  replicas: 0,
  spec: { replicas: 2, template: { metadata: { labels: { app: 'privileged' } }, spec: { hostNetwork: true } } },
});
const replicaSet = {
  ...privileged.replicaSet,
  spec: { ...privileged.replicaSet.spec, replicas: 2, template: privileged.deployment.spec?.template },
  status: { replicas: 0 },
};
const refused = (reason: string) => [
  privileged.deployment,
  replicaSet,
  anEvent(
    replicaSet,
    'FailedCreate',
    `(combined from similar events): Error creating: pods "privileged-5d8f-77qx5" is forbidden: ${reason}`,
  ),
];
const namespace = anObject('Namespace', 'shop', {
  metadata: {
    labels: { 'pod-security.kubernetes.io/enforce': 'baseline', team: 'shop' },
    managedFields: [
      {
        manager: 'kubectl-label',
        time: minutesAgo(30),
        fieldsV1: { 'f:metadata': { 'f:labels': { 'f:pod-security.kubernetes.io/enforce': {} } } },
      },
    ] as never,
  },
});
const before = anObject('ReplicaSet', 'privileged-old', {
  metadata: { ...ownedBy(privileged.deployment), annotations: { 'deployment.kubernetes.io/revision': '0' } },
  spec: { template: { metadata: { labels: { app: 'privileged' } }, spec: {} } },
});

testRule(psaViolation, {
  silent: {
    'another refusal': aSnapshot({
      objects: refused('exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2'),
    }),
    'a strict namespace that refused nobody': aSnapshot({ objects: [privileged.deployment, replicaSet, namespace] }),
  },
  speaks: {
    'with the violations and who labelled the namespace': [
      aSnapshot({ objects: [...refused(`violates PodSecurity "baseline:latest": ${violations}`), namespace] }),
      {
        object: 'Deployment/privileged',
        problem: `cannot create pods: Namespace/shop enforces Pod Security "baseline:latest", and they violate it: ${violations}`,
        culprit: 'Namespace/shop',
        certainty: 'declared',
        evidence: ['labels pod-security.kubernetes.io/enforce=baseline, set by kubectl-label'],
        fix: 'change the pod template of Deployment/privileged',
      },
    ],
    'of many violations by their names, with all words as advice': [
      aSnapshot({
        objects: refused(
          'violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "app" must set securityContext.allowPrivilegeEscalation=false), runAsNonRoot != true (pod or container "app" must set securityContext.runAsNonRoot=true)',
        ),
      }),
      {
        object: 'Deployment/privileged',
        problem: 'they violate it: allowPrivilegeEscalation != false, runAsNonRoot != true',
        fix: 'must set securityContext.runAsNonRoot=true',
      },
    ],
    'with the revision that asked for less': [
      aSnapshot({ objects: [...refused(`violates PodSecurity "baseline:latest": ${violations}`), before] }),
      { object: 'Deployment/privileged', fix: '"object":"deployment/privileged","namespace":"shop","revision":0' },
    ],
  },
});
