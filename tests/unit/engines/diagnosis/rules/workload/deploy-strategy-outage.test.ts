import { crashAppError } from '../../../../../../src/engines/diagnosis/rules/pod/crash-app-error.ts';
import { deployStrategyOutage } from '../../../../../../src/engines/diagnosis/rules/workload/deploy-strategy-outage.ts';
import {
  aContainer,
  anObject,
  aPod,
  aSnapshot,
  crashed,
  minutesAgo,
  ownedBy,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const aRollout = (name: string, strategy: object, { available = 0, lostAt = minutesAgo(5) } = {}) =>
  anObject('Deployment', name, {
    spec: { replicas: 2, strategy },
    status: {
      availableReplicas: available,
      conditions: [{ type: 'Available', status: available > 0 ? 'True' : 'False', lastTransitionTime: lostAt }],
    },
  });
const aRevision = (owner: ReturnType<typeof aRollout>, number: number) =>
  anObject('ReplicaSet', `${owner.metadata.name}-${number}`, {
    metadata: { ...ownedBy(owner), annotations: { 'deployment.kubernetes.io/revision': `${number}` } },
    spec: { replicas: 2, template: { spec: { containers: [{ name: 'app', image: `web:${number}` }] } } },
  });
const whole = (owner: ReturnType<typeof aRollout>, numbers: readonly number[] = [2, 1]) => [
  owner,
  ...numbers.map((number) => aRevision(owner, number)),
  aPod(`${owner.metadata.name}-2-x`, {
    metadata: ownedBy(aRevision(owner, 2)),
    containers: [aContainer('app', crashed({ exitCode: 1 }))],
  }),
];
const recreate = { type: 'Recreate' };

testRule(deployStrategyOutage, {
  silent: {
    'a strategy that keeps old pods': aSnapshot({ objects: whole(aRollout('web', {})) }),
    'pods that are available': aSnapshot({ objects: whole(aRollout('web', recreate, { available: 1 })) }),
    'a Deployment that never was available': aSnapshot({
      objects: whole(aRollout('web', recreate, { lostAt: minutesAgo(60) })),
    }),
    'a first revision': aSnapshot({ objects: whole(aRollout('web', recreate), [2]) }),
    'new pods of which nobody knows what they have': aSnapshot({ objects: whole(aRollout('other', recreate)) }),
  },
  speaks: {
    'of Recreate': [
      aSnapshot({ objects: whole(aRollout('web', recreate)) }),
      {
        object: 'Deployment/web',
        problem:
          'has no pod left that serves: strategy.type is Recreate, so the pods of revision 1 went before those of revision 2 worked',
        fix: '"revision":1',
      },
    ],
    'of maxUnavailable 100%': [
      aSnapshot({ objects: whole(aRollout('web', { rollingUpdate: { maxUnavailable: '100%' } })) }),
      { object: 'Deployment/web', problem: 'maxUnavailable comes to 2 of 2' },
    ],
  },
  found: [
    {
      rule: crashAppError,
      subject: { kind: 'Pod', namespace: 'shop', name: 'web-2-x' },
      problem: 'crashes',
      certainty: 'declared',
      evidence: [],
      fixes: [],
    },
  ],
});
