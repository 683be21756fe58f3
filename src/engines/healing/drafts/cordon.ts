import { nameOf, refOf } from '../../objects.ts';
import { type Action, preconditionOf } from '../action.ts';
import { blastRadius } from '../blast-radius.ts';
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
  const on = preconditionOf(target);
  return {
    action,
    target: on,
    operations: [{ verb: 'patch', on, steps: [edit.step] }],
    inverse: [{ verb: 'patch', on, steps: [edit.inverse] }],
    changes: [{ object: ref, ...edit.change }],
    radius: blastRadius(snapshot, ref),
    verification: {
      expects: `${nameOf(ref)} takes ${action.uncordon ? 'new pods again' : 'no new pods'}`,
      by: 'schedulable',
      holdSeconds: 0,
      deadlineSeconds,
    },
  };
}
