import { quotaExceeded } from '../../../../../../src/engines/diagnosis/rules/namespace/quota-exceeded.ts';
import type { KubernetesObject } from '../../../../../../src/engines/objects.ts';
import { aDeployment, aLog, anEvent, anObject, aPod, aSnapshot } from '../../../../../support/builders.ts';
import { asking } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const hoarder = aDeployment('hoarder', {
  replicas: 2,
  pod: { spec: asking({ memory: '8Mi' }) },
  spec: { replicas: 4 },
  status: { replicas: 2, updatedReplicas: 2, availableReplicas: 2 },
});
const replicaSet = {
  ...hoarder.replicaSet,
  spec: { ...hoarder.replicaSet.spec, replicas: 4 },
  status: { replicas: 2 },
};
const refused = (reason: string) =>
  anEvent(replicaSet, 'FailedCreate', `Error creating: pods "hoarder-5d8f-nwzk2" is forbidden: ${reason}`);
const exceeded = refused(
  'exceeded quota: small, requested: requests.memory=8Mi, used: requests.memory=16Mi, limited: requests.memory=20Mi',
);
const quota = (used: string) =>
  anObject('ResourceQuota', 'small', {
    status: { hard: { 'requests.memory': '20Mi' }, used: { 'requests.memory': used } },
  });
const effortless = refused('exceeded quota: small, requested: pods=1, used: pods=0, limited: pods=0');
const scoped = (spec: object) =>
  anObject('ResourceQuota', 'small', { spec, status: { hard: { pods: '0' }, used: { pods: '0' } } });
const cronJob = anObject('CronJob', 'sync', { status: {} });
const set = anObject('StatefulSet', 'db', { spec: { replicas: 2 }, status: { replicas: 1 } });
const all = [hoarder.deployment, replicaSet, ...hoarder.pods];
const surging = { ...hoarder.deployment, spec: { ...hoarder.deployment.spec, replicas: 2 } };

const building = (times: number, counted = quota('16Mi'), pods: readonly KubernetesObject[] = [aPod('builds')]) =>
  aSnapshot({
    objects: [...pods, counted],
    logs: [
      aLog(
        pods.at(-1)?.metadata.name ?? '',
        Array.from(
          { length: times },
          () =>
            'WARNING: pods "agent-1l6xs" is forbidden: exceeded quota: small, requested: requests.memory=8Mi, used: requests.memory=16Mi, limited: requests.memory=20Mi.',
        ),
      ),
    ],
  });

testRule(quotaExceeded, {
  silent: {
    'a program that was refused once': building(1),
    'a program that was refused while there was no room': building(5, quota('8Mi')),
    'a program that was refused by a quota of which nothing is known': building(5, anObject('ResourceQuota', 'small')),
    'a quota that has room by now': aSnapshot({ objects: [...all, exceeded, quota('8Mi')] }),
    'a quota that is gone': aSnapshot({ complete: ['ResourceQuota'], objects: [...all, exceeded] }),
    'another refusal': aSnapshot({
      objects: [...all, refused('failed quota: small: must specify limits.cpu for: app'), quota('16Mi')],
    }),
    'a full quota that refused nobody': aSnapshot({ objects: [...all, quota('20Mi')] }),
  },
  speaks: {
    'of a program that creates pods itself, and is refused all the time': [
      building(5),
      {
        object: 'Pod/builds',
        problem:
          'cannot create pods: ResourceQuota/small is full (a pod needs 8Mi of requests.memory, 16Mi of 20Mi are used)',
      },
    ],
    'of such a program that rolls out nothing itself': [
      building(5, quota('16Mi'), aDeployment('builds', { status: { availableReplicas: 1 } }).all),
      {
        object: 'Deployment/builds',
        problem: 'ResourceQuota/small is full',
        fix: '[{"advice":"scale down what needs it',
      },
    ],
    'of a quota that counts some pods only': [
      aSnapshot({ objects: [...all, effortless, scoped({ scopes: ['BestEffort'] })] }),
      {
        object: 'Deployment/hoarder',
        problem:
          'cannot create pods: ResourceQuota/small, which counts pods that are BestEffort, is full (a pod needs 1 of pods, 0 of 0 are used)',
        fix: 'set requests or limits in the containers of Deployment/hoarder',
      },
    ],
    'of a quota that counts a priority only': [
      aSnapshot({
        objects: [
          ...all,
          effortless,
          scoped({
            scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }] },
          }),
        ],
      }),
      { object: 'Deployment/hoarder', problem: 'which counts pods that are PriorityClass In (high), is full' },
    ],
    'with the numbers and who uses most': [
      aSnapshot({ objects: [...all, exceeded, quota('16Mi')] }),
      {
        object: 'Deployment/hoarder',
        problem:
          'cannot create pods: ResourceQuota/small is full (a pod needs 8Mi of requests.memory, 16Mi of 20Mi are used)',
        culprit: 'ResourceQuota/small',
        certainty: 'declared',
        evidence: ['16Mi used of 20Mi', 'most requests.memory is used by Deployment/hoarder 16Mi'],
        fix: 'scale down what needs it least in shop',
      },
    ],
    'of Jobs that a CronJob may not create': [
      aSnapshot({
        objects: [
          cronJob,
          anEvent(
            cronJob,
            'FailedCreate',
            'Error creating job: jobs.batch "sync-2992" is forbidden: exceeded quota: jobs, requested: count/jobs.batch=1, used: count/jobs.batch=5, limited: count/jobs.batch=5',
          ),
        ],
      }),
      {
        object: 'CronJob/sync',
        problem: 'cannot create Jobs: ResourceQuota/jobs is full (a Job needs 1 of count/jobs.batch, 5 of 5 are used)',
        fix: 'delete finished Jobs in shop',
      },
    ],
    'of claims, without advice that frees none': [
      aSnapshot({
        objects: [
          set,
          anEvent(
            set,
            'FailedCreate',
            'create Claim data-db-1 for Pod db-1 in StatefulSet db failed error: persistentvolumeclaims "data-db-1" is forbidden: exceeded quota: disk, requested: requests.storage=16Mi, used: requests.storage=16Mi, limited: requests.storage=20Mi',
          ),
        ],
      }),
      {
        object: 'StatefulSet/db',
        problem: 'cannot create claims: ResourceQuota/disk is full (a claim needs 16Mi of requests.storage',
        fix: 'ask the owner of the namespace to raise requests.storage',
      },
    ],
    'of several resources': [
      aSnapshot({
        objects: [
          ...all,
          refused(
            'exceeded quota: small, requested: limits.cpu=1,pods=1, used: limits.cpu=4,pods=2, limited: limits.cpu=4,pods=2',
          ),
        ],
      }),
      {
        object: 'Deployment/hoarder',
        problem: 'a pod needs 1 of limits.cpu, 4 of 4 are used; a pod needs 1 of pods, 2 of 2 are used',
        certainty: 'message',
      },
    ],
    'of a rollout whose extra pod does not fit': [
      aSnapshot({ objects: [surging, replicaSet, ...hoarder.pods, exceeded, quota('16Mi')] }),
      { object: 'Deployment/hoarder', fix: 'set maxSurge to 0' },
    ],
  },
});
