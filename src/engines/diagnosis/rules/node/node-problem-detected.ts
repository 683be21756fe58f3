import { podCountOn } from '../../../node-health.ts';
import { type Node, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

/** Conditions of the kubelet itself, which have rules of their own. */
const builtIn = new Set(['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']);
/**
 * Names of conditions that are bad when they are True, as node-problem-detector and clouds use them. Others are good
 * when True (EtcdIsVoter), or nobody knows.
 */
const bad =
  /deadlock|readonly|unhealthy|problem|fail|error|^frequent|corrupt|shutdown|hung|fatal|exhaust|unregister|unavailable|degraded|outofdisk|lost|reboot(?:required)?$/i;

export const nodeProblemDetected = defineRule({
  id: 'node-problem-detected',
  title: 'A node reports a problem of its kernel, disk or runtime',
  area: 'node',
  class: 'cause',
  severity: 'high',
  meaning:
    'Something that watches the node (node-problem-detector, the cloud) has found a fault below Kubernetes: a read-only file ' +
    'system, a deadlock in the kernel, a runtime that keeps restarting, no route to its pods.',
  detection:
    'A condition of the node that is not one of the kubelet’s own is True and its name is that of a fault ' +
    '(KernelDeadlock, ReadonlyFilesystem, NetworkUnavailable, Frequent…Restart). Unknown names and conditions that are False ' +
    'are silent. The clocks of nodes are not compared.',
  remedies: ['Cordon the node and move its pods.', 'Repair or replace the machine.'],
  avoid: ['taking every condition for a fault: many are False when all is well, and some are True'],

  check: (snapshot) => snapshot.all('Node').flatMap((node) => findingsOf(snapshot, node)),
});

const findingsOf = (snapshot: Snapshot, node: Node): readonly Finding[] =>
  (node.status?.conditions ?? [])
    .filter(({ type = '', status }) => status === 'True' && !builtIn.has(type) && bad.test(type))
    .map(({ type, reason, message, lastTransitionTime }) => {
      const subject = refOf(node);
      const { name } = node.metadata;
      const pods = podCountOn(snapshot, name);
      return {
        subject,
        problem: `reports ${type}${message ? `: ${message.slice(0, 200)}` : ''}`,
        certainty: 'declared',
        evidence: [
          {
            object: subject,
            source: 'status',
            text: `${type} is True: ${reason ?? ''}: ${message ?? ''}`,
            at: lastTransitionTime,
          },
          ...(pods === 0 ? [] : [{ object: subject, source: 'recomputed' as const, text: `pods on it: ${pods}` }]),
        ],
        since: lastTransitionTime,
        fixes: [
          { advice: `kubectl cordon ${name}, then evict its pods`, reason: 'the fault lies below Kubernetes' },
          { advice: `repair or replace the machine of ${name}`, reason: 'nothing in the cluster mends it' },
        ],
      };
    });
