import type { ObjectRef } from '../../objects.ts';
import { nameOf, refOf } from '../../objects.ts';
import type { Action } from '../action.ts';
import { editedDraft } from '../edited-draft.ts';
import { setField } from '../field-step.ts';
import type { Drafted, Impossible, Material } from '../material.ts';
import { nothingToDo } from '../material.ts';

const deadlineSeconds = 60;

export function draftCordon(action: Extract<Action, { name: 'cordon_node' }>, { snapshot, target }: Material): Drafted {
  const ref = refOf(target);
  const cordoned = snapshot.find('Node', undefined, ref.name)?.spec?.unschedulable === true;
  if (target.kind !== 'Node') return noNode(ref);
  if (cordoned !== action.uncordon) {
    return { impossible: `${nameOf(ref)} is ${cordoned ? 'cordoned' : 'schedulable'} already.`, instead: nothingToDo };
  }
  const edit = setField(target, ['spec', 'unschedulable'], !action.uncordon);
  if (edit === undefined) return { impossible: `${nameOf(ref)} is so already.`, instead: nothingToDo };
  return {
    ...editedDraft(action, { snapshot, target }, [edit]),
    verification: {
      expects: `${nameOf(ref)} takes ${action.uncordon ? 'new pods again' : 'no new pods'}`,
      by: 'schedulable',
      holdSeconds: 0,
      deadlineSeconds,
    },
  };
}

/** Why neither is done to what is no node. */
export const noNode = (ref: ObjectRef): Impossible => ({
  impossible: `${nameOf(ref)} is no node.`,
  instead: 'Name a node.',
  rule: 'G2',
});
