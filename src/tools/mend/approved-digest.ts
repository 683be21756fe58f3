import type { Action, Operation, Precondition } from '../../engines/healing/action.ts';
import type { Draft } from '../../engines/healing/draft.ts';
import { canonical, digestOf } from '../../platform/digest.ts';

/**
 * What a person approves, as SHA-256 in hex: cluster, action, the object and the state of its spec, and every write. Not
 * the resourceVersion, which each line of status moves: the write itself is conditional on the one that was read last.
 */
export const approvedDigest = (
  cluster: string,
  { action, target, operations }: Pick<Draft, 'action' | 'target' | 'operations'>,
): string => digestOf({ cluster, action, target: bound(target), operations: operations.map(writeOf) });

const bound = ({ object, uid, generation }: Precondition) => ({ object, uid, generation });

/** Pods count their status as a generation too. */
const writeOf = ({ on, ...operation }: Operation) => ({ ...operation, on: { object: on.object, uid: on.uid } });

/** Whether two actions are the same request, however their keys are ordered. */
export const isSameAction = (a: Action, b: Action): boolean => canonical(a) === canonical(b);
