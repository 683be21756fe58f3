import { nodeCondition, podCountOn } from '../../../node-health.ts';
import { type Node, refOf } from '../../../objects.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { defineRule, type Finding } from '../../rule.ts';

export const nodeNotReadySilent = defineRule({
  id: 'node-not-ready-silent',
  title: 'A node has fallen silent',
  area: 'node',
  class: 'cause',
  severity: 'critical',
  meaning:
    'The kubelet no longer reports, because the machine, its network or the kubelet is down. Its pods count as not ' +
    'ready although their last known state still says running; after five minutes they are replaced elsewhere.',
  detection:
    "The node's Ready condition is Unknown (NodeStatusUnknown): the control plane has not heard from the kubelet " +
    'within the grace period. The lease in kube-node-lease tells when it was last heard of.',
  remedies: [
    'Look at the machine from outside: power, network, kubelet service.',
    'Replace the node when it does not come back; cordon it when it comes and goes.',
  ],
  avoid: [
    'force-deleting pods of a StatefulSet while the machine may still run: two writers may use one volume',
    'acting node by node when many fell silent together: look at the network and the control plane first',
  ],

  check: (snapshot) => {
    const silent = snapshot.all('Node').filter((node) => nodeCondition(node, 'Ready')?.status === 'Unknown');
    return silent.map((node) => findingOf(snapshot, node, silent.length));
  },
});

function findingOf(snapshot: Snapshot, node: Node, silent: number): Finding {
  const subject = refOf(node);
  const { name } = node.metadata;
  const { reason = '', message = '', lastHeartbeatTime, lastTransitionTime } = nodeCondition(node, 'Ready') ?? {};
  const renewed = snapshot.find('Lease', 'kube-node-lease', name)?.spec?.renewTime;
  const all = snapshot.all('Node').length;
  const pods = podCountOn(snapshot, name);
  const together = silent > 1 && silent * 2 > all;
  return {
    subject,
    problem:
      reason === 'NodeStatusNeverUpdated'
        ? 'has never reported: its kubelet did not join the cluster'
        : `has fallen silent: its kubelet stopped reporting${pods === 0 ? '' : `, and ${pods} ${pods === 1 ? 'pod was' : 'pods were'} running there`}`,
    certainty: 'declared',
    evidence: [
      { object: subject, source: 'status', text: `Ready is Unknown: ${reason}: ${message}`, at: lastTransitionTime },
      ...(renewed === undefined
        ? []
        : [
            {
              object: { kind: 'Lease', namespace: 'kube-node-lease', name },
              source: 'spec' as const,
              text: 'the kubelet renewed its lease for the last time',
              at: renewed,
            },
          ]),
      ...(together
        ? [{ object: subject, source: 'recomputed' as const, text: `${silent} of ${all} nodes are silent` }]
        : []),
    ],
    since: renewed ?? lastTransitionTime ?? lastHeartbeatTime,
    fixes: [
      ...(together
        ? [
            {
              advice: 'check the network between the nodes and the control plane before touching any node',
              reason: `${silent} of ${all} nodes fell silent`,
            },
          ]
        : []),
      {
        advice: `check the machine of ${name} from outside (power, network, systemctl status kubelet), and restart or replace it`,
        reason: 'nothing inside the cluster can reach its kubelet',
      },
      { advice: `kubectl cordon ${name}, if it comes and goes`, reason: 'new pods then stay away until it is mended' },
    ],
    nextCheck: `kubectl get lease -n kube-node-lease ${name} -o jsonpath={.spec.renewTime}`,
  };
}
