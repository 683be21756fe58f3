import { stsOrdinalBlocked } from '../../../../../../src/engines/diagnosis/rules/workload/sts-ordinal-blocked.ts';
import {
  aContainer,
  anObject,
  aPod,
  aSnapshot,
  crashed,
  minutesAgo,
  ownedBy,
  waiting,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const aSet = (spec = {}, status = {}) =>
  anObject('StatefulSet', 'db', {
    spec: { replicas: 3, podManagementPolicy: 'OrderedReady', ...spec },
    status: { replicas: 1, updatedReplicas: 1, currentRevision: 'db-1', updateRevision: 'db-1', ...status },
  });
const aMember = (ordinal: number, container = aContainer(), { hash = 'db-1', status = {} } = {}) =>
  aPod(`db-${ordinal}`, {
    metadata: { ...ownedBy(aSet()), labels: { 'controller-revision-hash': hash } },
    containers: [container],
    status,
  });
const broken = aContainer('app', crashed({ exitCode: 1 }));

testRule(stsOrdinalBlocked, {
  silent: {
    'all pods there, although one is broken': aSnapshot({
      objects: [aSet({}, { replicas: 3 }), aMember(0), aMember(1, broken), aMember(2)],
    }),
    'a pod that has just been made': aSnapshot({
      objects: [
        aSet(),
        aMember(0, aContainer('app', waiting('ContainerCreating')), {
          status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(0.5) }] },
        }),
      ],
    }),
    'Parallel, where nobody waits': aSnapshot({
      objects: [aSet({ podManagementPolicy: 'Parallel' }), aMember(0, broken)],
    }),
    'missing pods, and none that is broken': aSnapshot({ objects: [aSet(), aMember(0)] }),
    'a set without a status': aSnapshot({
      objects: [anObject('StatefulSet', 'db', { spec: { replicas: 3 } }), aMember(0, broken)],
    }),
    'pods that a partition keeps': aSnapshot({
      objects: [
        aSet(
          { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } },
          { replicas: 3, updatedReplicas: 1, updateRevision: 'db-2' },
        ),
        aMember(0),
        aMember(1),
        aMember(2, broken, { hash: 'db-2' }),
      ],
    }),
    'a broken pod of an old revision, which is the trap': aSnapshot({
      objects: [aSet({}, { replicas: 3, updateRevision: 'db-2', updatedReplicas: 0 }), aMember(2, broken)],
    }),
  },
  speaks: {
    'of pods that do not exist yet': [
      aSnapshot({ objects: [aSet(), aMember(0, broken)] }),
      {
        object: 'StatefulSet/db',
        problem: 'has only 1 of 3 pods: OrderedReady waits for ordinal 0, which is not ready',
        certainty: 'declared',
        evidence: ['ordinal 0 is in CrashLoopBackOff'],
        fix: 'mend db-0',
      },
    ],
    'of pods that keep the old revision': [
      aSnapshot({
        objects: [
          aSet({}, { replicas: 3, updatedReplicas: 1, updateRevision: 'db-2' }),
          aMember(0),
          aMember(1),
          aMember(2, broken, { hash: 'db-2' }),
        ],
      }),
      { object: 'StatefulSet/db', problem: 'keeps 2 of 3 pods at the old revision: OrderedReady waits for ordinal 2' },
    ],
  },
});
