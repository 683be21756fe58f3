import { podIpExhausted } from '../../../../../../src/engines/diagnosis/rules/pod/pod-ip-exhausted.ts';
import { aContainer, anEvent, anObject, aPod, aSnapshot, waiting } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const pod = aPod('books', {
  containers: [aContainer('app', waiting('ContainerCreating'))],
  status: { phase: 'Pending' },
});
const sandbox = (inner: string) =>
  anEvent(
    pod,
    'FailedCreatePodSandBox',
    `failed to setup network for sandbox "a": plugin type="host-local" failed (add): ${inner}`,
    {
      count: 4,
    },
  );
const full = sandbox('failed to allocate for range 0: no IP addresses available in range set: 10.244.1.1-10.244.1.254');
const node = anObject('Node', 'node-1', { spec: { podCIDR: '10.244.1.0/24' } });

testRule(podIpExhausted, {
  silent: {
    'another fault of the network': aSnapshot({ objects: [pod, sandbox('connection is unauthorized')] }),
    'a pod that runs by now': aSnapshot({ objects: [aPod('books'), full] }),
  },
  speaks: {
    'of the range of the node': [
      aSnapshot({ objects: [pod, full, node] }),
      {
        object: 'Pod/books',
        problem: 'Node/node-1 has no address left for it (podCIDR 10.244.1.0/24) in 10.244.1.1-10.244.1.254',
        culprit: 'Node/node-1',
        certainty: 'message',
        evidence: ['no IP addresses available', 'pods seen on it: 1'],
      },
    ],
    'in the words of a plugin that names no range': [
      aSnapshot({ objects: [pod, sandbox('failed to assign an IP address to container')] }),
      { object: 'Pod/books', problem: 'no address left for it: failed to assign an IP address to container' },
    ],
  },
});
