import { podCountOn } from '../../../node-health.ts';
import { refOf } from '../../../objects.ts';
import { type SandboxFault, sandboxFaults } from '../../../sandboxes.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const podIpExhausted = defineRule({
  id: 'pod-ip-exhausted',
  title: 'There is no address left for a pod',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'The range of pod addresses of the node (or of its subnet) is used up, so no further pod can start there.',
  detection:
    'No container was started, and the event FailedCreatePodSandBox says that no IP address is available or the range is full, more ' +
    'than once within 10 minutes. The podCIDR of the node and the number of its pods are named, as far as they were read.',
  remedies: [
    'Enlarge the range or the subnet, or add nodes with ranges of their own.',
    'Scale down what is not needed.',
  ],
  avoid: ['deleting running pods blindly: leaked addresses are not freed by it'],

  check: (snapshot) =>
    sandboxFaults(snapshot)
      .filter(({ kind }) => kind === 'ip-exhausted')
      .map((fault) => findingOf(snapshot, fault)),
});

function findingOf(snapshot: Snapshot, { pod, event, essence }: SandboxFault): Finding {
  const subject = refOf(pod);
  const name = pod.spec?.nodeName ?? '';
  const node = snapshot.find('Node', undefined, name);
  const cidr = node?.spec?.podCIDR;
  const pods = podCountOn(snapshot, name);
  // The plugin `host-local` names it; the masked words would not.
  const range = /range set: (\S+)/i.exec(event.message)?.[1];
  const where = range === undefined ? `: ${essence}` : ` in ${range}`;
  return {
    subject,
    problem: `cannot start: Node/${name} has no address left for it${cidr === undefined ? '' : ` (podCIDR ${cidr})`}${where}`,
    culprit: { kind: 'Node', name },
    certainty: 'message',
    evidence: [
      { object: subject, source: 'event', text: `${event.reason}: ${event.message}`, at: event.at },
      ...(cidr === undefined || node === undefined
        ? []
        : [
            { object: refOf(node), source: 'spec' as const, text: `spec.podCIDR is ${cidr}; pods seen on it: ${pods}` },
          ]),
    ],
    since: event.first === undefined ? event.at : new Date(event.first).toISOString(),
    fixes: [
      {
        advice: 'enlarge the pod range or subnet, or add a node with a range of its own',
        reason: 'every pod needs an address',
      },
      { advice: `scale down what is not needed on ${name}`, reason: 'an address is free again when its pod is gone' },
      {
        advice: `compare the addresses that the CNI plugin holds on ${name} with its pods`,
        reason: 'a plugin that was killed may have leaked some',
      },
    ],
  };
}
