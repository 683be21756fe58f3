import { podNodeDoesNotExist } from '../../../../../../src/engines/diagnosis/rules/pod/pod-node-does-not-exist.ts';
import { aContainer, aDeployment, aPod, aSnapshot, minutesAgo, waiting } from '../../../../../support/builders.ts';
import { aNode } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const pending = (spec: object, minutes = 0.2) => ({
  metadata: { creationTimestamp: minutesAgo(minutes) },
  spec: { nodeName: 'node-9', ...spec },
  status: { phase: 'Pending', conditions: [] },
  containers: [aContainer('app', waiting('ContainerCreating'))],
});
const fixed = aDeployment('books', { pod: pending({}) });
const moved = (minutes: number) => {
  const { deployment, replicaSet, pods } = aDeployment('books', { pod: pending({}, minutes) });
  const template = { spec: { containers: [] } };
  return [{ ...deployment, spec: { ...deployment.spec, template } }, { ...replicaSet, spec: { template } }, ...pods];
};
const complete = ['Node'];

testRule(podNodeDoesNotExist, {
  silent: {
    'a node that exists': aSnapshot({ complete, objects: [...fixed.all, aNode('node-9')] }),
    'nodes that could not be listed': aSnapshot({ objects: fixed.all }),
    'a node that was removed a moment ago': aSnapshot({ complete, objects: moved(1) }),
    'a pod that still counts as ready': aSnapshot({
      complete,
      objects: [aPod('books', { spec: { nodeName: 'node-9' } })],
    }),
  },
  speaks: {
    'of a name in the template': [
      aSnapshot({ complete, objects: [...fixed.all, aNode('node-1')] }),
      {
        object: 'Pod/books-5d8f-0',
        problem: 'cannot run: spec.nodeName is node-9, and there is no such node (there is node-1)',
        culprit: 'Node/node-9',
        certainty: 'declared',
        fix: 'remove nodeName from the pod template of Deployment/books',
      },
    ],
    'of a node that is gone': [
      aSnapshot({ complete, objects: moved(10) }),
      { object: 'Pod/books-5d8f-0', problem: 'is lost: its node node-9 does not exist any more' },
    ],
  },
});
