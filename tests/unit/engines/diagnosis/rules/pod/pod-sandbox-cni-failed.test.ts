import { podSandboxCniFailed } from '../../../../../../src/engines/diagnosis/rules/pod/pod-sandbox-cni-failed.ts';
import {
  aContainer,
  anEvent,
  anObject,
  aPod,
  aSnapshot,
  minutesAgo,
  ownedBy,
  waiting,
  withFields,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const pod = aPod('books', {
  containers: [aContainer('app', waiting('ContainerCreating'))],
  status: { phase: 'Pending' },
});
const sandbox = (inner: string, more: object = {}) =>
  anEvent(
    pod,
    'FailedCreatePodSandBox',
    `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "${'ab12'.repeat(16)}": ${inner}`,
    { count: 4, ...more },
  );
const calico = sandbox(
  'plugin type="calico" failed (add): error getting ClusterInformation: connection is unauthorized',
);
const agents = anObject('DaemonSet', 'calico-node', { metadata: { namespace: 'kube-system' } });
const agent = aPod('calico-node-x', {
  metadata: { namespace: 'kube-system', ...ownedBy(agents) },
  containers: [aContainer('node', waiting('CrashLoopBackOff'))],
});

testRule(podSandboxCniFailed, {
  silent: {
    'a pod that runs by now': aSnapshot({ objects: [aPod('books'), calico] }),
    'a single failure of the last seconds': aSnapshot({
      objects: [pod, withFields(calico, { count: 1, firstTimestamp: minutesAgo(0.2) })],
    }),
    'a complaint of long ago': aSnapshot({ objects: [pod, withFields(calico, { lastTimestamp: minutesAgo(30) })] }),
    'addresses that are used up': aSnapshot({
      objects: [
        pod,
        sandbox('plugin type="host-local" failed (add): no IP addresses available in range set: 10.1.0.1-10.1.0.254'),
      ],
    }),
    'a runtime that hangs': aSnapshot({
      objects: [
        pod,
        anEvent(pod, 'FailedCreatePodSandBox', 'failed to reserve sandbox name "a": name "a" is reserved for "b"', {
          count: 4,
        }),
      ],
    }),
  },
  speaks: {
    'of the plugin and its words': [
      aSnapshot({ objects: [pod, calico] }),
      {
        object: 'Pod/books',
        problem:
          'Node/node-1 gives it no network: CNI plugin calico: error getting ClusterInformation: connection is unauthorized',
        culprit: 'Node/node-1',
        certainty: 'message',
        fix: 'look at the CNI agent (calico) on node-1',
      },
    ],
    'of the agent that is not ready': [
      aSnapshot({ objects: [pod, calico, agents, agent] }),
      { object: 'Pod/books', evidence: ['a system agent of this node is not ready'], fix: 'mend Pod/calico-node-x' },
    ],
  },
});
