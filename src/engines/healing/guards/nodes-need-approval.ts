import { nodeCondition } from '../../node-health.ts';
import { type KubernetesObject, type Node, nameOf, refOf } from '../../objects.ts';
import { workloadOf } from '../../owners.ts';
import { isControlPlaneTaint } from '../../scheduling/taints.ts';
import type { Operation } from '../action.ts';
import { counted, evictionsOf, podOf } from '../subject.ts';
import type { Guard, Situation } from './guard.ts';
import { approve, refuse } from './verdicts.ts';

/** G37: a node is many workloads. */
export const nodesNeedApproval: Guard = {
  id: 'G37',
  title: 'asks before it touches a node, and cordons before it evicts',

  check(draft, situation) {
    const { target } = situation;
    if (target.kind !== 'Node') return undefined;
    const node = asNode(target);
    const name = nameOf(refOf(node));
    const evictions = evictionsOf(draft);
    const [first] = draft.operations;
    if (evictions.length > 0 && node.spec?.unschedulable !== true && !(first !== undefined && isCordon(first)))
      return refuse(
        `The plan evicts the pods of ${name} before it is cordoned: they might come back to it.`,
        'cordon first',
      );
    const stranger = evictions.find(({ on }) => podOf(situation, on.object)?.spec?.nodeName !== node.metadata.name);
    if (stranger !== undefined)
      return refuse(`${nameOf(stranger.on.object)} is not known to be on ${name}.`, 'plan again: pods have moved');
    const ready = nodeCondition(node, 'Ready')?.status === 'True';
    const member = ready ? undefined : memberOn(draft, situation);
    if (member !== undefined)
      return refuse(
        `${name} does not answer, so whether ${member} has stopped is not known, and it must not run twice.`,
        'make sure that the machine is off, then set the taint node.kubernetes.io/out-of-service by hand',
      );
    const role = node.spec?.taints?.some(isControlPlaneTaint) === true ? 'a node of the control plane' : 'a node';
    return approve(
      evictions.length > 0
        ? `${name} is ${role}: ${counted(evictions.length, 'pod')} would have to go elsewhere.`
        : `${name} is ${role}: what the scheduler may place there concerns every workload.`,
    );
  },
};

/** All fields of a Node are optional: it is one by its kind. */
const asNode = (object: KubernetesObject): Node => object;

const isCordon = (operation: Operation): boolean =>
  operation.verb === 'patch' &&
  operation.steps.some((step) => step.op !== 'remove' && step.path === '/spec/unschedulable' && step.value === true);

/** A pod of a StatefulSet among those that would be evicted: it is one at most, on whichever node. */
function memberOn(draft: Parameters<typeof evictionsOf>[0], situation: Situation): string | undefined {
  const pods = evictionsOf(draft).flatMap(({ on }) => podOf(situation, on.object) ?? []);
  const member = pods.find((pod) => workloadOf(situation.snapshot, pod).kind === 'StatefulSet');
  return member === undefined ? undefined : nameOf(refOf(member));
}
