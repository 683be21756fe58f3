import { volumeHeldElsewhere } from '../../../../../../src/engines/diagnosis/rules/volume/volume-held-elsewhere.ts';
import {
  aContainer,
  aDeployment,
  anEvent,
  anObject,
  aPod,
  aSnapshot,
  ownedBy,
  waiting,
  withFields,
} from '../../../../../support/builders.ts';
import { aNode } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const claim = anObject('PersistentVolumeClaim', 'books', {
  spec: { accessModes: ['ReadWriteOnce'], volumeName: 'pvc-1' },
  status: { phase: 'Bound' },
});
const spec = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'books' } }] };
const { deployment, replicaSet } = aDeployment('books');
const revision = (hash: string) => ({ ...ownedBy(replicaSet), labels: { 'pod-template-hash': hash } });
const stuck = aPod('books-new', {
  metadata: revision('7c9b'),
  spec: { ...spec, nodeName: 'node-2' },
  containers: [aContainer('app', waiting('ContainerCreating'))],
  status: { phase: 'Pending' },
});
const old = (metadata: object = {}) => aPod('books-old', { metadata: { ...revision('5d8f'), ...metadata }, spec });
const multiAttach = anEvent(stuck, 'FailedAttachVolume', 'Multi-Attach error for volume "pvc-1" Volume is already …');
const other = aPod('reports', { spec });
const silentNode = aNode('node-1', { conditions: [{ type: 'Ready', status: 'Unknown' }] });
const base = [deployment, replicaSet, claim, stuck];

testRule(volumeHeldElsewhere, {
  silent: {
    'no such error': aSnapshot({ objects: [...base, old()] }),
    'an error of the last seconds': aSnapshot({
      objects: [...base, old(), withFields(multiAttach, { firstTimestamp: '2026-11-23T11:59:30Z' })],
    }),
    'a pod that runs by now': aSnapshot({
      objects: [claim, aPod('books-new', { spec }), old(), multiAttach],
    }),
    'a replica of the same revision': aSnapshot({
      objects: [...base, aPod('books-old', { metadata: revision('7c9b'), spec }), multiAttach],
    }),
  },
  speaks: {
    'of the pod before in a rollout': [
      aSnapshot({ objects: [...base, old(), multiAttach] }),
      {
        object: 'Pod/books-new',
        problem:
          'PersistentVolumeClaim/books is held by the old pod of Deployment/books, which runs until the new one is ready',
        certainty: 'declared',
        evidence: ['Multi-Attach error', 'spec.accessModes is ReadWriteOnce', 'mounts the claim on node-1'],
        fix: 'set spec.strategy.type of Deployment/books to Recreate',
      },
    ],
    'of one that does not end': [
      aSnapshot({ objects: [...base, old({ deletionTimestamp: '2026-11-23T11:40:00Z' }), multiAttach] }),
      { object: 'Pod/books-new', problem: 'which does not end', evidence: ['terminating'] },
    ],
    'of another workload': [
      aSnapshot({ objects: [...base, other, multiAttach] }),
      { object: 'Pod/books-new', problem: 'is held by Pod/reports', fix: 'a claim of its own' },
    ],
    'of a holder on a node that is silent': [
      aSnapshot({ objects: [...base, old(), silentNode, multiAttach] }),
      {
        object: 'Pod/books-new',
        problem: 'held by a pod on Node/node-1, which is not ready',
        fix: 'node.kubernetes.io/out-of-service',
      },
    ],
    'of a holder that was not read': [
      aSnapshot({ objects: [...base, multiAttach] }),
      { object: 'Pod/books-new', problem: 'is still attached to another node', certainty: 'message' },
    ],
  },
});
