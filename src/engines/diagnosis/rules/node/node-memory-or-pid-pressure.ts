import { type Pressure, pressures } from '../../../node-pressure.ts';
import { refOf } from '../../../objects.ts';
import { formatQuantity, quantity } from '../../../quantity.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const nodeMemoryOrPidPressure = defineRule({
  id: 'node-memory-or-pid-pressure',
  title: 'A node runs out of memory or process ids',
  area: 'node',
  class: 'cause',
  severity: 'high',
  meaning:
    'The kubelet takes no new pods that could make it worse, and evicts pods until there is room: first those that use more ' +
    'than they request.',
  detection: "The node's condition MemoryPressure or PIDPressure is True; pods that it evicted are counted.",
  remedies: [
    'Find the largest consumers on that node and limit, move or restart them.',
    'Give pods requests that are true, so that the scheduler does not overcommit the node.',
  ],
  avoid: ['evicting system pods: the node then stops working altogether'],

  check: (snapshot) =>
    pressures(snapshot, ['MemoryPressure', 'PIDPressure'], /^(?:EvictionThresholdMet|SystemOOM|OOMKilling)$/).map(
      findingOf,
    ),
});

function findingOf({ node, type, message, since, evicted, pods, events }: Pressure): Finding {
  const subject = refOf(node);
  const { name } = node.metadata;
  const memory = type === 'MemoryPressure';
  const has = quantity(node.status?.allocatable?.['memory']);
  const size = memory && has !== undefined ? ` of its ${formatQuantity('memory', has)}` : '';
  return {
    subject,
    problem: memory ? `runs out of memory${size} (MemoryPressure)` : 'runs out of process ids (PIDPressure)',
    certainty: 'declared',
    evidence: [
      { object: subject, source: 'status', text: `${type} is True: ${message}`, at: since },
      ...(evicted === 0
        ? []
        : [{ object: subject, source: 'recomputed' as const, text: `it evicted ${evicted} pods that were read` }]),
      ...(pods === 0 ? [] : [{ object: subject, source: 'recomputed' as const, text: `pods on it: ${pods}` }]),
      ...events.map(({ text, at }) => ({ object: subject, source: 'event' as const, text, at })),
    ],
    since,
    fixes: [
      memory
        ? {
            advice: `find the largest consumers on ${name} (kubectl top pods -A --sort-by=memory) and limit or move them`,
            reason: 'they use more than the node has',
          }
        : {
            advice: `find the pod on ${name} that makes more and more processes, and restart it`,
            reason: 'process ids are used up by what never ends its children',
          },
      {
        advice: memory ? 'set memory requests to what is used' : `set podPidsLimit in the configuration of the kubelet`,
        reason: memory ? 'the scheduler then does not overcommit nodes' : 'one pod then cannot use up the node',
      },
    ],
    nextCheck: `kubectl describe node ${name}`,
  };
}
