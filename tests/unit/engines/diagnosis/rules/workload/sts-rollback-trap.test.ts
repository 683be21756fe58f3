import { stsRollbackTrap } from '../../../../../../src/engines/diagnosis/rules/workload/sts-rollback-trap.ts';
import {
  aContainer,
  anObject,
  aPod,
  aSnapshot,
  minutesAgo,
  ownedBy,
  waiting,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const corrected = { spec: { containers: [aContainer('app', { image: 'db:2' }).spec] } };
const aSet = (spec = {}, status = {}) =>
  anObject('StatefulSet', 'db', {
    spec: { replicas: 2, podManagementPolicy: 'OrderedReady', template: corrected, ...spec },
    status: { replicas: 1, currentRevision: 'db-bad', updateRevision: 'db-good', ...status },
  });
const aMember = (name: string, { image = 'db:broken', hash = 'db-bad', ready = false } = {}) =>
  aPod(name, {
    metadata: { ...ownedBy(aSet()), labels: { 'controller-revision-hash': hash } },
    spec: { volumes: [{ name: 'kube-api-access' }] },
    containers: [aContainer('app', { image, ...(ready ? {} : waiting('ImagePullBackOff')) })],
  });

testRule(stsRollbackTrap, {
  silent: {
    'the broken pod at the wanted revision': aSnapshot({
      objects: [aSet(), aMember('db-0', { image: 'db:2', hash: 'db-good' })],
    }),
    'an old pod that is ready, in an update under way': aSnapshot({
      objects: [aSet(), aMember('db-0', { ready: true })],
    }),
    'Parallel, where the broken pod is replaced': aSnapshot({
      objects: [aSet({ podManagementPolicy: 'Parallel' }), aMember('db-0')],
    }),
    'an old pod that has just been made': aSnapshot({
      objects: [
        aSet(),
        aPod('db-0', {
          metadata: { ...ownedBy(aSet()), labels: { 'controller-revision-hash': 'db-bad' } },
          containers: [aContainer('app', { image: 'db:1', ...waiting('ContainerCreating') })],
          status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(0.3) }] },
        }),
      ],
    }),
    'OnDelete, which never replaces': aSnapshot({
      objects: [aSet({ updateStrategy: { type: 'OnDelete' } }), aMember('db-0')],
    }),
    'a partition that keeps the pod': aSnapshot({
      objects: [aSet({ updateStrategy: { rollingUpdate: { partition: 1 } } }), aMember('db-0')],
    }),
    'a new revision that differs in an annotation only': aSnapshot({
      objects: [aSet(), aMember('db-0', { image: 'db:2' })],
    }),
    'a set without a status': aSnapshot({ objects: [aSet({}, { updateRevision: undefined }), aMember('db-0')] }),
  },
  speaks: {
    'of the pod that must go': [
      aSnapshot({ objects: [aSet(), aMember('db-0')] }),
      {
        object: 'StatefulSet/db',
        problem: 'changed since: containers[app].image db:broken → db:2',
        certainty: 'declared',
        evidence: ['controller-revision-hash is db-bad, and status.updateRevision is db-good'],
        fix: '"object":"pod/db-0","namespace":"shop"',
      },
    ],
  },
});
