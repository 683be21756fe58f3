import { nameOf, refOf } from '../../objects.ts';
import type { Action } from '../action.ts';
import { editedDraft } from '../edited-draft.ts';
import { setField } from '../field-step.ts';
import type { Drafted, Material } from '../material.ts';

const deadlineSeconds = 60;

export function draftCordon(action: Extract<Action, { name: 'cordon_node' }>, { snapshot, target }: Material): Drafted {
  const ref = refOf(target);
  const cordoned = snapshot.find('Node', undefined, ref.name)?.spec?.unschedulable === true;
  if (target.kind !== 'Node') return { impossible: `${nameOf(ref)} is no node.` };
  if (cordoned !== action.uncordon) {
    return { impossible: `${nameOf(ref)} is ${cordoned ? 'cordoned' : 'schedulable'} already.` };
  }
  const edit = setField(target, ['spec', 'unschedulable'], !action.uncordon);
  if (edit === undefined) return { impossible: `${nameOf(ref)} is so already.` };
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
