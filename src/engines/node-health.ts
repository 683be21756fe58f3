import type { Node, ObjectRef } from './objects.ts';
import { refOf } from './objects.ts';
import { workloadOf } from './owners.ts';
import { podsOn } from './pod-groups.ts';
import { isFinished } from './pods.ts';
import type { Snapshot } from './snapshot.ts';

/** A condition of a node, by type. */
export const nodeCondition = (node: Node, type: string) =>
  node.status?.conditions?.find((condition) => condition.type === type);

/** How many pods a node runs, from whole pods or from the rows of the pod table, whichever tells more. */
export function podCountOn(snapshot: Snapshot, node: string): number {
  const whole = podsOn(snapshot, node).filter((pod) => !isFinished(pod)).length;
  const rows = snapshot.podRows.filter(
    (row) => row.node === node && !/^(?:Completed|Succeeded|Error|Failed|Evicted)$/.test(row.status),
  ).length;
  return Math.max(whole, rows);
}

/** Where the agents of nodes run: by convention, and where the manifests of flannel and the operator of Calico put them. */
export const agentNamespaces: readonly string[] = ['kube-system', 'kube-flannel', 'calico-system'];

/** System pods of a node that are not well: its network and storage agents, by workload. */
export function unwellAgentsOn(snapshot: Snapshot, node: string): readonly ObjectRef[] {
  return agentNamespaces
    .flatMap((namespace) => podsOn(snapshot, node).filter(({ metadata }) => metadata.namespace === namespace))
    .filter((pod) => workloadOf(snapshot, pod).kind === 'DaemonSet')
    .filter(
      ({ status }) => !status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True'),
    )
    .map((pod) => refOf(pod));
}
