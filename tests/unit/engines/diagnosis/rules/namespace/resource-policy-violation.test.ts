import { resourcePolicyViolation } from '../../../../../../src/engines/diagnosis/rules/namespace/resource-policy-violation.ts';
import { aDeployment, anEvent, anObject, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const vague = aDeployment('vague', { replicas: 0, spec: { replicas: 1 } });
const replicaSet = { ...vague.replicaSet, spec: { ...vague.replicaSet.spec, replicas: 1 }, status: { replicas: 0 } };
const refused = (reason: string) => [
  vague.deployment,
  replicaSet,
  anEvent(replicaSet, 'FailedCreate', `Error creating: pods "vague-5d8f-6b66w" is forbidden: ${reason}`),
];
const range = anObject('LimitRange', 'range', {
  spec: {
    limits: [
      { type: 'Container', max: { memory: '256Mi' }, min: { cpu: '20m' }, maxLimitRequestRatio: { memory: '2' } },
    ],
  },
});
const object = 'Deployment/vague';

const seed = anObject('Job', 'seed', { spec: { completions: 1, parallelism: 1 }, status: {} });

testRule(resourcePolicyViolation, {
  silent: {
    'a full quota': aSnapshot({
      objects: refused('exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2'),
    }),
    'a Pod Security violation': aSnapshot({
      objects: refused('violates PodSecurity "baseline:latest": hostPort (container "app" uses hostPort 80)'),
    }),
  },
  speaks: {
    'of a Job, whose template cannot be changed': [
      aSnapshot({
        objects: [
          seed,
          anEvent(
            seed,
            'FailedCreate',
            'Error creating: pods "seed-x" is forbidden: failed quota: q: must specify limits.cpu for: app',
          ),
        ],
      }),
      { object: 'Job/seed', fix: 'delete Job/seed, and create it anew with limits.cpu set in container app' },
    ],
    'of a request above the limit that a LimitRange gives by default': [
      aSnapshot({
        objects: [
          vague.deployment,
          replicaSet,
          anEvent(
            replicaSet,
            'FailedCreate',
            'Error creating: Pod "vague-5d8f-6b66w" is invalid: spec.containers[0].resources.requests: Invalid value: "600Mi": must be less than or equal to memory limit of 512Mi',
          ),
          anObject('LimitRange', 'range', { spec: { limits: [{ type: 'Container', default: { memory: '512Mi' } }] } }),
        ],
      }),
      {
        object,
        problem:
          'LimitRange/range gives containers without a limit a memory limit of 512Mi by default, which is below their request of 600Mi',
        fix: 'set a memory limit of at least 600Mi',
      },
    ],
    'of limits that a quota demands': [
      aSnapshot({ objects: refused('failed quota: limits: must specify limits.cpu for: app; limits.memory for: app') }),
      {
        object,
        problem:
          'cannot create pods: ResourceQuota/limits demands limits.cpu and limits.memory, which container app does not set',
        culprit: 'ResourceQuota/limits',
        certainty: 'message',
        fix: 'kubectl set resources deployment/vague -n shop -c app --limits=cpu=…,memory=…',
      },
    ],
    'of several containers, and of requests': [
      aSnapshot({ objects: refused('failed quota: q: must specify memory for: app,proxy; requests.cpu for: app') }),
      { object, problem: 'which containers app, proxy do not set', fix: '-c app,proxy --requests=memory=…,cpu=…' },
    ],
    'of a list without containers, as older servers write it': [
      aSnapshot({ objects: refused('failed quota: q: must specify limits.cpu,limits.memory') }),
      { object, problem: 'demands limits.cpu and limits.memory, which its containers do not set' },
    ],
    'of a maximum, with its LimitRange': [
      aSnapshot({ objects: [...refused('maximum memory usage per Container is 256Mi, but limit is 300Mi'), range] }),
      {
        object,
        problem: 'LimitRange/range allows a memory limit of at most 256Mi per Container, not 300Mi',
        culprit: 'LimitRange/range',
        certainty: 'declared',
        evidence: ['spec.limits has Container max.memory 256Mi'],
      },
    ],
    'of a minimum': [
      aSnapshot({ objects: [...refused('minimum cpu usage per Container is 20m, but request is 5m'), range] }),
      { object, problem: 'allows a cpu request of at least 20m per Container, not 5m', culprit: 'LimitRange/range' },
    ],
    'of a ratio': [
      aSnapshot({
        objects: [
          ...refused('memory max limit to request ratio per Container is 2, but provided ratio is 8.000000'),
          range,
        ],
      }),
      {
        object,
        problem: 'allows a memory ratio of limit to request of at most 2 per Container, not 8',
        culprit: 'LimitRange/range',
      },
    ],
    'of what is not set at all': [
      aSnapshot({
        objects: refused(
          '[memory max limit to request ratio per Container is 2, but no request is specified or request is 0, maximum memory usage per Pod is 1Gi.  No limit is specified]',
        ),
      }),
      { object, problem: "the namespace's LimitRange allows a memory limit of at most 1Gi per Pod, and none is set" },
    ],
  },
});
