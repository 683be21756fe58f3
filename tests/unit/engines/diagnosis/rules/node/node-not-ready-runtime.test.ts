import { nodeNotReadyRuntime } from '../../../../../../src/engines/diagnosis/rules/node/node-not-ready-runtime.ts';
import {
  aContainer,
  anObject,
  aPod,
  aSnapshot,
  minutesAgo,
  ownedBy,
  waiting,
} from '../../../../../support/builders.ts';
import { aNode } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const noNetwork =
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';
const notReady = (message: string, minutes = 5) =>
  aNode('node-1', {
    conditions: [
      { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message, lastTransitionTime: minutesAgo(minutes) },
    ],
  });
const agents = anObject('DaemonSet', 'cni', { metadata: { namespace: 'kube-system' } });
const agent = aPod('cni-x', {
  metadata: { namespace: 'kube-system', ...ownedBy(agents) },
  containers: [aContainer('cni', waiting('CrashLoopBackOff'))],
});

testRule(nodeNotReadyRuntime, {
  silent: {
    'a ready node': aSnapshot({ objects: [aNode('node-1')] }),
    'a node that is just joining': aSnapshot({ objects: [notReady(noNetwork, 0.5)] }),
    'a silent node': aSnapshot({ objects: [aNode('node-1', { conditions: [{ type: 'Ready', status: 'Unknown' }] })] }),
  },
  speaks: {
    'of the pod network, with its agent': [
      aSnapshot({ objects: [notReady(noNetwork), agents, agent] }),
      {
        object: 'Node/node-1',
        problem: 'has no pod network: its CNI plugin is not initialised',
        certainty: 'declared',
        evidence: ['cni plugin not initialized', 'a system agent of this node is not ready'],
        fix: 'kubectl logs -n kube-system cni-x',
      },
    ],
    'of the runtime, though the network is said to be down too': [
      aSnapshot({ objects: [notReady(`[container runtime is down, ${noNetwork}]`)] }),
      { object: 'Node/node-1', problem: 'has no working container runtime', fix: 'systemctl restart containerd' },
    ],
    'of containers that the kubelet cannot follow': [
      aSnapshot({
        objects: [notReady('PLEG is not healthy: pleg was last seen active 3m5.1s ago; threshold is 3m0s')],
      }),
      { object: 'Node/node-1', problem: 'PLEG is not healthy' },
    ],
    'of a shutdown': [
      aSnapshot({ objects: [notReady('node is shutting down')] }),
      { object: 'Node/node-1', problem: 'is shutting down' },
    ],
    'in the words of the kubelet otherwise': [
      aSnapshot({ objects: [notReady('CSINode is not yet initialized')] }),
      {
        object: 'Node/node-1',
        problem: 'is not ready: CSINode is not yet initialized',
        fix: "read the kubelet's journal",
      },
    ],
  },
});
