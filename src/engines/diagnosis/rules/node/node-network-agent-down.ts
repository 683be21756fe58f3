import { failingFor } from '../../../crashes/crashing.ts';
import { minute } from '../../../durations.ts';
import { agentNamespaces, nodeCondition, unwellAgentsOn } from '../../../node-health.ts';
import { type Node, nameOf, refOf } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import { podsOn } from '../../../pod-groups.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

const hold = minute;
/** Agents without which Services or pod addresses do not work on a node. */
const network =
  /kube-proxy|calico|canal|cilium|flannel|weave|antrea|kindnet|ovn|aws-node|azure-cni|kube-router|multus|netd/i;

export const nodeNetworkAgentDown = defineRule({
  id: 'node-network-agent-down',
  title: 'The network agent of a node is down',
  area: 'node',
  class: 'cause',
  severity: 'high',
  meaning:
    'On this node the agent that programs Services or the pod network does not run. Pods there reach Services that changed since, ' +
    'or anything at all, no longer; elsewhere all is well.',
  detection:
    'A pod of a DaemonSet in kube-system, kube-flannel or calico-system with the name of a network agent (kube-proxy, calico, cilium, …) is not ready on a ' +
    'node that is Ready, and other pods on that node crash or are not ready for more than a minute. Without such pods it is silent: ' +
    'the fault of the agent itself is told anyway.',
  remedies: ['Mend the agent: its log tells.', 'Cordon the node meanwhile.'],
  avoid: ['restarting the applications on that node: they meet the same network'],

  check: (snapshot) => snapshot.all('Node').flatMap((node) => findingOf(snapshot, node)),
});

function findingOf(snapshot: Snapshot, node: Node): readonly Finding[] {
  const { name } = node.metadata;
  if (nodeCondition(node, 'Ready')?.status !== 'True') return [];
  const agent = unwellAgentsOn(snapshot, name).find((each) => network.test(each.name));
  const pod = agent === undefined ? undefined : snapshot.find('Pod', agent.namespace, agent.name);
  if (agent === undefined || pod === undefined) return [];
  const victims = podsOn(snapshot, name)
    .filter((pod) => !agentNamespaces.includes(pod.metadata.namespace ?? ''))
    .filter((pod) => failingFor(pod, snapshot.now) > hold);
  if (victims.length === 0) return [];
  const workload = workloadOf(snapshot, pod);
  const subject = refOf(node);
  return [
    {
      subject,
      problem: `has no working network agent: its pod of ${nameOf(workload)} is not ready`,
      certainty: 'recomputed',
      evidence: [
        { object: agent, source: 'status', text: 'is not ready on this node' },
        { object: subject, source: 'recomputed', text: `pods on it that fail: ${victims.length}` },
      ],
      dependsOn: [workload],
      fixes: [
        {
          advice: `mend ${nameOf(agent)} in ${agent.namespace}: kubectl logs -n ${agent.namespace} ${agent.name}`,
          reason: 'it programs the network of this node',
        },
        { advice: `kubectl cordon ${name}`, reason: 'new pods then go where the network works' },
      ],
    },
  ];
}
