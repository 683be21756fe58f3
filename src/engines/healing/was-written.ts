import type { KubernetesObject } from '../objects.ts';
import type { Operation } from './action.ts';
import { replicasOf } from './drafts/scale.ts';
import { actionAnnotation } from './drafts/undo.ts';
import { valueAt } from './guards/fields.ts';

/** What the way back of an action writes instead of its id, so that both are told apart on the object itself. */
export const wayBackOf = (actionId: string): string => `${actionId}.back`;

/** The subresources `scale` and `resize`, by which pods are changed, take no annotation. */
export const leavesName = ({ verb, on }: Operation): boolean =>
  verb === 'set_template' || (verb === 'patch' && on.object.kind !== 'Pod');

/**
 * Whether a write happened, as its object tells: what is asked when its answer was lost, or its process.
 * @param signedAs What the write left in the object's annotation, where it leaves one.
 * @param live The object of the write as it is now; `undefined` when it is gone.
 */
export function wasWritten(operation: Operation, signedAs: string, live: KubernetesObject | undefined): boolean {
  const { on } = operation;
  const same = live !== undefined && live.metadata.uid === on.uid;
  if (operation.verb === 'evict') return !same || live.metadata.deletionTimestamp !== undefined;
  if (!same) return false;
  if (leavesName(operation)) return live.metadata.annotations?.[actionAnnotation] === signedAs;
  return holds(operation, live) && live.metadata.generation !== on.generation;
}

/** Whether the object has what was to be set; that its generation is another tells that it had not before. */
function holds(operation: Operation, live: KubernetesObject): boolean {
  if (operation.verb === 'scale') return replicasOf(live) === operation.replicas;
  if (operation.verb !== 'patch') return false;
  return operation.steps.every((step) => valueAt(live, step.path) === (step.op === 'remove' ? undefined : step.value));
}
