import { referenceObjectMissing } from '../../../../../../src/engines/diagnosis/rules/workload/reference-object-missing.ts';
import {
  aContainer,
  aDeployment,
  anEvent,
  anObject,
  aPod,
  aSnapshot,
  minutesAgo,
  ownedBy,
  waiting,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const { all, replicaSet } = aDeployment('api', { replicas: 0, spec: { replicas: 1 } });
const lacking = { ...replicaSet, spec: { ...replicaSet.spec, replicas: 1 }, status: { replicas: 0 } };
const refused = (words: string) => [
  ...all.filter(({ kind }) => kind !== 'ReplicaSet'),
  lacking,
  anEvent(lacking, 'FailedCreate', `Error creating: pods "api-5d8f-" is forbidden: ${words}`),
];
const noAccount = 'error looking up service account shop/api-runner: serviceaccount "api-runner" not found';
const anAccount = (name: string) => anObject('ServiceAccount', name);
const cronJob = anObject('CronJob', 'nightly', { spec: { schedule: '* * * * *', jobTemplate: {} } });
const job = anObject('Job', 'nightly-1', { metadata: ownedBy(cronJob), spec: { parallelism: 1 }, status: {} });
const nightly = [
  cronJob,
  job,
  anEvent(job, 'FailedCreate', `Error creating: pods "nightly-1-" is forbidden: ${noAccount}`),
];
const creating = aPod('web', {
  spec: { serviceAccountName: 'doomed', runtimeClassName: 'kata' },
  containers: [aContainer('app', waiting('ContainerCreating'))],
});
const noToken =
  'MountVolume.SetUp failed for volume "kube-api-access-7mj27" : failed to fetch token: serviceaccounts "doomed" not found';
const noRuntime =
  'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "kata" is configured';

testRule(referenceObjectMissing, {
  silent: {
    'a ServiceAccount that has been created since': aSnapshot({
      complete: ['ServiceAccount'],
      objects: [...refused(noAccount), anAccount('api-runner')],
    }),
    'a quota that is full': aSnapshot({
      objects: refused('exceeded quota: team, requested: pods=1, used: pods=2, limited: pods=2'),
    }),
    'a refusal that is over': aSnapshot({
      objects: [...refused(noAccount).filter((object) => object !== lacking), { ...lacking, status: { replicas: 1 } }],
    }),
    'a mount that lacks a ConfigMap': aSnapshot({
      objects: [
        creating,
        anEvent(creating, 'FailedMount', 'MountVolume.SetUp failed for volume "v" : configmap "x" not found'),
      ],
    }),
    'a token that was refused long ago': aSnapshot({
      objects: [creating, anEvent(creating, 'FailedMount', noToken, { lastTimestamp: minutesAgo(40) })],
    }),
    'a running pod': aSnapshot({ objects: [aPod('web'), anEvent(aPod('web'), 'FailedMount', noToken)] }),
  },
  speaks: {
    'of a ServiceAccount, with the nearest': [
      aSnapshot({ complete: ['ServiceAccount'], objects: [...refused(noAccount), anAccount('api-runer')] }),
      {
        object: 'Deployment/api',
        problem: 'cannot create pods: ServiceAccount/api-runner does not exist (api-runer does)',
        culprit: 'ServiceAccount/api-runner',
        certainty: 'declared',
        evidence: [noAccount, 'spec.template.spec.serviceAccountName is api-runner'],
        fix: 'set spec.template.spec.serviceAccountName to api-runer',
      },
    ],
    'of a CronJob, by the place in its own manifest': [
      aSnapshot({ complete: ['ServiceAccount'], objects: [...nightly, anAccount('api-runer')] }),
      {
        object: 'CronJob/nightly',
        evidence: ['spec.jobTemplate.spec.template.spec.serviceAccountName is api-runner'],
        fix: 'set spec.jobTemplate.spec.template.spec.serviceAccountName to api-runer',
      },
    ],
    'of a PriorityClass': [
      aSnapshot({
        complete: ['PriorityClass'],
        objects: [...refused('no PriorityClass with name hihg was found'), anObject('PriorityClass', 'high')],
      }),
      {
        object: 'Deployment/api',
        problem: 'PriorityClass/hihg does not exist (high does)',
        avoid: 'dropping the PriorityClass',
        culprit: 'PriorityClass/hihg',
      },
    ],
    'of a RuntimeClass, from the message alone': [
      aSnapshot({ objects: refused('pod rejected: RuntimeClass "gvisor" not found') }),
      {
        object: 'Deployment/api',
        problem: 'RuntimeClass/gvisor does not exist',
        certainty: 'message',
        fix: 'recreate RuntimeClass/gvisor in the cluster',
      },
    ],
    'of a ServiceAccount that was deleted after the pod was admitted': [
      aSnapshot({ complete: ['ServiceAccount'], objects: [creating, anEvent(creating, 'FailedMount', noToken)] }),
      {
        object: 'Pod/web',
        problem: 'cannot start: ServiceAccount/doomed does not exist any more, so its pods get no token',
        culprit: 'ServiceAccount/doomed',
        evidence: ['failed to fetch token: serviceaccounts "doomed" not found'],
      },
    ],
    'of a runtime that the node does not have': [
      aSnapshot({ objects: [creating, anEvent(creating, 'FailedCreatePodSandBox', noRuntime)] }),
      {
        object: 'Pod/web',
        problem: 'cannot start: the node has no runtime "kata", which RuntimeClass/kata asks for',
        culprit: 'RuntimeClass/kata',
      },
    ],
  },
});
