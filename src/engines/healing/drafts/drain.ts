import { nameOf, type Pod, refOf } from '../../objects.ts';
import { controllerOf } from '../../owners.ts';
import { isTerminating } from '../../pods.ts';
import { type Action, preconditionOf } from '../action.ts';
import { blastRadius, touchedPods } from '../blast-radius.ts';
import { setField } from '../field-step.ts';
import type { Drafted, Material } from '../material.ts';
import { nothingToDo } from '../material.ts';
import { noNode } from './cordon.ts';

/** Each pod has its grace period; PodDisruptionBudgets may let them go one by one only. */
const podSeconds = 60;
const longest = 3_600;

/** Cordon first, then evict what is not bound to the node (G37): mirror pods and those of DaemonSets stay. */
export function draftDrain(action: Extract<Action, { name: 'drain_node' }>, { snapshot, target }: Material): Drafted {
  const ref = refOf(target);
  if (target.kind !== 'Node') return noNode(ref);
  const leaving = touchedPods(snapshot, ref).filter((pod) => leaves(pod));
  const edit = setField(target, ['spec', 'unschedulable'], true);
  if (edit === undefined && leaving.length === 0) {
    return { impossible: `${nameOf(ref)} is drained already.`, instead: nothingToDo };
  }
  const on = preconditionOf(target);
  return {
    action,
    target: on,
    operations: [
      ...(edit === undefined ? [] : [{ verb: 'patch' as const, on, steps: [edit.step] }]),
      ...leaving.map((pod) => ({ verb: 'evict' as const, on: preconditionOf(pod) })),
    ],
    inverse: edit === undefined ? [] : [{ verb: 'patch', on, steps: [edit.inverse] }],
    ...((edit === undefined || leaving.length > 0) && {
      irreversible: `${edit === undefined ? 'the node was cordoned before; ' : ''}evicted pods start on other nodes and do not come back`,
    }),
    changes: [
      ...(edit === undefined ? [] : [{ object: ref, ...edit.change }]),
      ...leaving.map((pod) => ({ object: refOf(pod), field: 'the pod', before: `on ${ref.name}`, after: 'evicted' })),
    ],
    radius: blastRadius(snapshot, ref),
    verification: {
      expects: `${nameOf(ref)} runs no pod that could run elsewhere`,
      by: 'drained',
      holdSeconds: 0,
      deadlineSeconds: Math.min(podSeconds * (leaving.length + 1) + graceOf(leaving), longest),
    },
  };
}

/** The longest that one of them may take to end, in s. */
const graceOf = (pods: readonly Pod[]): number =>
  Math.max(0, ...pods.map(({ spec }) => spec?.terminationGracePeriodSeconds ?? defaultGrace));

/** What the API server sets (core v1 `DefaultTerminationGracePeriodSeconds`). */
const defaultGrace = 30;

/** Whether a drain evicts this pod, as `kubectl drain --ignore-daemonsets` does. */
export const leaves = (pod: Pod): boolean => !isTerminating(pod) && isMovable(pod);

/** Whether it could run elsewhere; one that is leaving is still here. */
export const isMovable = (pod: Pod): boolean =>
  pod.metadata.annotations?.['kubernetes.io/config.mirror'] === undefined && controllerOf(pod)?.kind !== 'DaemonSet';
