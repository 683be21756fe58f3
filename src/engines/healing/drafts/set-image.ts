import { nameOf, refOf } from '../../objects.ts';
import { templateOf } from '../../references.ts';
import type { Action } from '../action.ts';
import { containerOfTemplate, withContainer } from '../containers-of-template.ts';
import { editedDraft } from '../edited-draft.ts';
import { setField } from '../field-step.ts';
import type { Drafted, Material } from '../material.ts';
import { nothingToDo } from '../material.ts';
import { rolloutVerification } from '../verification.ts';

export function draftSetImage(action: Extract<Action, { name: 'set_image' }>, material: Material): Drafted {
  const { snapshot, target } = material;
  const ref = refOf(target);
  const container = containerOfTemplate(material, action.container);
  if ('impossible' in container) return container;
  const edit = setField(target, [...container.path, 'image'], action.image);
  if (edit === undefined)
    return {
      impossible: `Container ${action.container} of ${nameOf(ref)} has this image already.`,
      instead: nothingToDo,
    };
  return {
    ...editedDraft(action, material, [edit]),
    template: withContainer(templateOf(target), action.container, (each) => ({ ...each, image: action.image })),
    verification: rolloutVerification(
      snapshot,
      ref,
      `every pod of ${nameOf(ref)} runs ${action.image} in ${action.container} and is ready`,
    ),
  };
}
