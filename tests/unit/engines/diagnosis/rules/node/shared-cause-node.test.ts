import type { Rule } from '../../../../../../src/engines/diagnosis/rule.ts';
import { sharedCauseNode } from '../../../../../../src/engines/diagnosis/rules/node/shared-cause-node.ts';
import { crashAppError } from '../../../../../../src/engines/diagnosis/rules/pod/crash-app-error.ts';
import { imageTagNotFound } from '../../../../../../src/engines/diagnosis/rules/pod/image-tag-not-found.ts';
import { aContainer, anObject, aPod, aSnapshot, ownedBy, waiting } from '../../../../../support/builders.ts';
import { aNode } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const owner = (name: string) => anObject('ReplicaSet', name);
const pod = (workload: string, index: number, { nodeName = 'node-1', broken = false } = {}) =>
  aPod(`${workload}-${index}`, {
    metadata: ownedBy(owner(workload)),
    spec: { nodeName },
    ...(broken ? { containers: [aContainer('app', waiting('CrashLoopBackOff'))] } : {}),
  });
const indexes = (count: number) => Array.from({ length: count }, (_, index) => index);
const healthy = (nodeName: string, count = 12) =>
  indexes(count).map((index) => pod(`web-${nodeName}`, index, { nodeName }));
const failing = (workload: string, count: number, nodeName = 'node-1') =>
  indexes(count).map((index) => pod(workload, index, { nodeName, broken: true }));
const nodes = [aNode('node-1'), aNode('node-2'), aNode('node-3')];
const elsewhere = [...healthy('node-2'), ...healthy('node-3')];
const two = [...failing('books', 2), ...failing('carts', 2)];
const found = (rule: Rule, workload: string) => ({
  rule,
  subject: { kind: 'ReplicaSet', namespace: 'shop', name: workload },
  problem: '',
  certainty: 'declared' as const,
  evidence: [],
  fixes: [],
});

testRule(sharedCauseNode, {
  silent: {
    'one workload only': aSnapshot({ objects: [...nodes, ...elsewhere, ...failing('books', 4)] }),
    'pods that fail elsewhere as well': aSnapshot({
      objects: [
        ...nodes,
        ...healthy('node-3'),
        ...two,
        ...failing('bills', 6, 'node-2'),
        ...failing('users', 3, 'node-2'),
      ],
    }),
    'pods on the node that work': aSnapshot({ objects: [...nodes, ...elsewhere, ...two, ...healthy('node-1', 3)] }),
    'too few pods': aSnapshot({
      objects: [...nodes, ...elsewhere, ...failing('books', 1), ...failing('carts', 1)],
    }),
    'a cluster of one node': aSnapshot({ objects: [aNode('node-1'), ...two] }),
    'too few elsewhere to compare with': aSnapshot({ objects: [...nodes, ...healthy('node-2', 2), ...two] }),
  },
  speaks: {
    'of the node and the workloads': [
      aSnapshot({ objects: [...nodes, ...elsewhere, ...two] }),
      {
        object: 'Node/node-1',
        problem: '4 of 4 pods on it fail (ReplicaSet/books, ReplicaSet/carts), and 0 of 24 elsewhere',
        certainty: 'inferred',
        fix: 'kubectl cordon node-1',
      },
    ],
  },
  found: [found(crashAppError, 'books')],
});

testRule(sharedCauseNode, {
  silent: {
    'pods that have themselves to blame': aSnapshot({ objects: [...nodes, ...elsewhere, ...two] }),
  },
  speaks: {},
  found: [found(imageTagNotFound, 'books')],
});
