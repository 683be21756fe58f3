import { minute, timeOf } from '../../../durations.ts';
import { nodeCondition, podCountOn, unwellAgentsOn } from '../../../node-health.ts';
import { type Node, nameOf, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding, type Fix } from '../../rule.ts';

/** A node that has just joined or rebooted is not ready for a moment. */
const hold = minute;

interface Fault {
  readonly pattern: RegExp;
  readonly problem: string;
  readonly fix: (name: string) => Fix;
}

/** First match wins: without a runtime the kubelet complains about the network too. */
const faults: readonly Fault[] = [
  {
    pattern:
      /container runtime is down|container runtime (?:status check may not have|not ready)|ContainerRuntimeNotReady|failed to (?:connect|get runtime)/i,
    problem: 'has no working container runtime',
    fix: (name) => ({
      advice: `restart the container runtime on ${name} (systemctl restart containerd) and read its journal`,
      reason: 'the kubelet cannot reach it',
    }),
  },
  {
    pattern: /PLEG is not healthy/i,
    problem: 'cannot follow its containers (PLEG is not healthy): the container runtime is too slow or hangs',
    fix: (name) => ({
      advice: `look at the container runtime and the load of ${name}, and restart the runtime`,
      reason: 'the kubelet could not list its containers for 3 minutes',
    }),
  },
  {
    pattern: /runtime network not ready|NetworkPluginNotReady|cni plugin not initialized/i,
    problem: 'has no pod network: its CNI plugin is not initialised',
    fix: (name) => ({
      advice: `mend the CNI agent on ${name}: kubectl get pods -A --field-selector spec.nodeName=${name}`,
      reason: 'the agent installs the network configuration that the runtime misses',
    }),
  },
  {
    pattern: /node is shutting down/i,
    problem: 'is shutting down',
    fix: (name) => ({ advice: `wait until ${name} is back, or replace it`, reason: 'its shutdown was asked for' }),
  },
];

export const nodeNotReadyRuntime = defineRule({
  id: 'node-not-ready-runtime',
  title: "A node's runtime or network does not work",
  area: 'node',
  class: 'cause',
  severity: 'critical',
  meaning: 'The kubelet reports, but cannot run pods: its container runtime or its pod network does not work.',
  detection:
    "The node's Ready condition is False for more than a minute. The kubelet's message tells the container runtime, " +
    'the pod lifecycle (PLEG) and the network plugin apart; agents of kube-system on that node that are not ready are named.',
  remedies: ["Mend the runtime or the CNI agent of that node, and read the kubelet's journal.", 'Replace the node.'],
  avoid: ['cordoning as a cure: the node is tainted already', 'deleting its pods one by one: they cannot start there'],

  check: (snapshot) =>
    snapshot
      .all('Node')
      .filter((node) => {
        const ready = nodeCondition(node, 'Ready');
        return ready?.status === 'False' && snapshot.now - (timeOf(ready.lastTransitionTime) ?? 0) > hold;
      })
      .map((node) => findingOf(snapshot, node)),
});

function findingOf(snapshot: Snapshot, node: Node): Finding {
  const subject = refOf(node);
  const { name } = node.metadata;
  const { reason = '', message = '', lastTransitionTime } = nodeCondition(node, 'Ready') ?? {};
  const fault = faults.find(({ pattern }) => pattern.test(message));
  const agents = unwellAgentsOn(snapshot, name);
  const pods = podCountOn(snapshot, name);
  return {
    subject,
    problem: fault?.problem ?? `is not ready: ${message || reason || 'the kubelet does not say why'}`,
    certainty: 'declared',
    evidence: [
      { object: subject, source: 'status', text: `Ready is False: ${reason}: ${message}`, at: lastTransitionTime },
      ...agents.map((agent) => ({
        object: agent,
        source: 'status' as const,
        text: 'a system agent of this node is not ready',
      })),
      ...(pods === 0 ? [] : [{ object: subject, source: 'recomputed' as const, text: `pods on it: ${pods}` }]),
    ],
    since: lastTransitionTime,
    fixes: [
      ...agents.slice(0, 1).map((agent) => ({
        advice: `mend ${nameOf(agent)} in ${agent.namespace}: kubectl logs -n ${agent.namespace} ${agent.name}`,
        reason: 'it serves this node and is not ready',
      })),
      fault?.fix(name) ?? {
        advice: `read the kubelet's journal on ${name}`,
        reason: 'the condition does not tell enough',
      },
      { advice: 'replace the node, if it does not recover', reason: 'its workloads move elsewhere' },
    ],
    dependsOn: agents,
  };
}
