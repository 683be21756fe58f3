import { nameOf, type PodTemplate, refOf } from '../../objects.ts';
import { templateOf } from '../../references.ts';
import { type Action, preconditionOf } from '../action.ts';
import { blastRadius } from '../blast-radius.ts';
import { containerOfTemplate } from '../containers-of-template.ts';
import { setField } from '../field-step.ts';
import type { Drafted, Material } from '../material.ts';
import { rolloutVerification } from '../verification.ts';

export function draftSetImage(action: Extract<Action, { name: 'set_image' }>, material: Material): Drafted {
  const { snapshot, target } = material;
  const ref = refOf(target);
  const container = containerOfTemplate(material, action.container);
  if ('impossible' in container) return container;
  const edit = setField(target, [...container.path, 'image'], action.image);
  if (edit === undefined)
    return { impossible: `Container ${action.container} of ${nameOf(ref)} has this image already.` };
  const on = preconditionOf(target);
  return {
    action,
    target: on,
    operations: [{ verb: 'patch', on, steps: [edit.step] }],
    inverse: [{ verb: 'patch', on, steps: [edit.inverse] }],
    changes: [{ object: ref, ...edit.change }],
    template: withImage(templateOf(target), action),
    radius: blastRadius(snapshot, ref),
    verification: rolloutVerification(
      snapshot,
      ref,
      `every pod of ${nameOf(ref)} runs ${action.image} in ${action.container} and is ready`,
    ),
  };
}

function withImage(
  template: PodTemplate | undefined,
  { container, image }: Extract<Action, { name: 'set_image' }>,
): PodTemplate {
  const change = <Named extends { readonly name?: string | undefined }>(list: readonly Named[] | undefined) =>
    list?.map((each) => (each.name === container ? { ...each, image } : each));
  const { containers, initContainers } = template?.spec ?? {};
  return {
    ...template,
    spec: { ...template?.spec, containers: change(containers), initContainers: change(initContainers) },
  };
}
