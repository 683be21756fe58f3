import type { KubernetesObject } from '../objects.ts';
import type { Operation } from './action.ts';
import { replicasOf } from './drafts/scale.ts';
import { actionAnnotation } from './drafts/undo.ts';

/** What the way back of an action writes instead of its id, so that both are told apart on the object itself. */
export const wayBackOf = (actionId: string): string => `${actionId}.back`;

/**
 * Whether a write happened, as its object tells: what is asked when its answer was lost, or its process.
 * @param signedAs What the write left in the object's annotation.
 * @param live The object of the write as it is now; `undefined` when it is gone.
 */
export function wasWritten(operation: Operation, signedAs: string, live: KubernetesObject | undefined): boolean {
  const { on } = operation;
  const same = live !== undefined && live.metadata.uid === on.uid;
  if (operation.verb === 'evict') return !same || live.metadata.deletionTimestamp !== undefined;
  if (!same) return false;
  // The scale subresource takes no annotation.
  if (operation.verb === 'scale') {
    return replicasOf(live) === operation.replicas && live.metadata.generation !== on.generation;
  }
  return live.metadata.annotations?.[actionAnnotation] === signedAs;
}
