import { unwellAgentsOn } from '../../../node-health.ts';
import { nameOf, refOf } from '../../../objects.ts';
import { type SandboxFault, sandboxFaults } from '../../../sandboxes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const podSandboxCniFailed = defineRule({
  id: 'pod-sandbox-cni-failed',
  title: 'A pod gets no network',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'The node cannot set up the network of new pods: its CNI plugin fails. Pods that run already keep theirs.',
  detection:
    'No container was started, and the event FailedCreatePodSandBox (network of the sandbox, plugin type …) or ' +
    'NetworkNotReady repeats within the last 10 minutes. Pods of one node with one error are one problem; agents of ' +
    'kube-system on that node that are not ready are named.',
  remedies: ['Mend the CNI agent of that node; look at its log.', 'Cordon the node meanwhile, when others work.'],
  avoid: ['deleting the application pod again and again: the next one meets the same plugin'],

  check: (snapshot) =>
    sandboxFaults(snapshot)
      .filter(({ kind }) => kind === 'network')
      .map((fault) => findingOf(snapshot, fault)),
});

function findingOf(snapshot: Snapshot, { pod, event, plugin, essence }: SandboxFault): Finding {
  const subject = refOf(pod);
  const name = pod.spec?.nodeName ?? '';
  const agents = unwellAgentsOn(snapshot, name);
  const [agent] = agents;
  return {
    subject,
    problem: `cannot start: Node/${name} gives it no network: ${plugin === undefined ? '' : `CNI plugin ${plugin}: `}${essence}`,
    culprit: { kind: 'Node', name },
    certainty: 'message',
    evidence: [
      { object: subject, source: 'event', text: `${event.reason}: ${event.message}`, at: event.at },
      ...agents.map((each) => ({
        object: each,
        source: 'status' as const,
        text: 'a system agent of this node is not ready',
      })),
    ],
    since: event.first === undefined ? event.at : new Date(event.first).toISOString(),
    dependsOn: [{ kind: 'Node', name }, ...agents],
    fixes: [
      agent === undefined
        ? {
            advice: `look at the CNI agent${plugin === undefined ? '' : ` (${plugin})`} on ${name}: kubectl get pods -A --field-selector spec.nodeName=${name}`,
            reason: 'it sets up the network of every new pod there',
          }
        : {
            advice: `mend ${nameOf(agent)} in ${agent.namespace}: kubectl logs -n ${agent.namespace} ${agent.name}`,
            reason: 'it serves this node and is not ready',
          },
      { advice: `kubectl cordon ${name}, when other nodes work`, reason: 'new pods then go elsewhere' },
    ],
  };
}
