import { nodeNetworkAgentDown } from '../../../../../../src/engines/diagnosis/rules/node/node-network-agent-down.ts';
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

const proxies = anObject('DaemonSet', 'kube-proxy', { metadata: { namespace: 'kube-system' } });
const logs = anObject('DaemonSet', 'fluentd', { metadata: { namespace: 'kube-system' } });
const down = { containers: [aContainer('app', waiting('CrashLoopBackOff'))] };
const agent = (owner: typeof proxies, more: object = down) =>
  aPod(`${owner.metadata.name}-x`, {
    metadata: { namespace: owner.metadata.namespace, ...ownedBy(owner) },
    ...more,
  });
const flannel = anObject('DaemonSet', 'kube-flannel-ds', { metadata: { namespace: 'kube-flannel' } });
/** Alive between two crashes. */
const between = {
  status: {
    ready: true,
    restartCount: 6,
    state: { running: { startedAt: minutesAgo(0) } },
    lastState: { terminated: { exitCode: 1, startedAt: minutesAgo(1), finishedAt: minutesAgo(0.9) } },
  },
};
const victim = aPod('books', down);
const node = aNode('node-1');

testRule(nodeNetworkAgentDown, {
  silent: {
    'an agent that is ready': aSnapshot({ objects: [node, proxies, agent(proxies, {}), victim] }),
    'no other pod that suffers': aSnapshot({ objects: [node, proxies, agent(proxies), aPod('books')] }),
    'an agent that has nothing to do with the network': aSnapshot({ objects: [node, logs, agent(logs), victim] }),
    'a node that is not ready itself': aSnapshot({
      objects: [aNode('node-1', { conditions: [{ type: 'Ready', status: 'False' }] }), proxies, agent(proxies), victim],
    }),
    'a victim on another node': aSnapshot({
      objects: [node, proxies, agent(proxies), aPod('books', { ...down, spec: { nodeName: 'node-2' } })],
    }),
  },
  speaks: {
    'of the agent and how many suffer': [
      aSnapshot({ objects: [node, proxies, agent(proxies), victim] }),
      {
        object: 'Node/node-1',
        problem: 'has no working network agent: its pod of DaemonSet/kube-proxy is not ready',
        certainty: 'recomputed',
        evidence: ['pods on it that fail: 1'],
        fix: 'mend Pod/kube-proxy-x in kube-system',
      },
    ],
    'while a victim that crashes is ready for a moment': [
      aSnapshot({
        objects: [node, proxies, agent(proxies), aPod('books', { containers: [aContainer('app', between)] })],
      }),
      { object: 'Node/node-1', evidence: ['pods on it that fail: 1'] },
    ],
    'of an agent in a namespace of its own': [
      aSnapshot({ objects: [node, flannel, agent(flannel), victim] }),
      { object: 'Node/node-1', fix: 'mend Pod/kube-flannel-ds-x in kube-flannel' },
    ],
  },
});
