import { nameOf, type ObjectRef, type PodTemplate, refOf } from '../../objects.ts';
import { templateOf } from '../../references.ts';
import type { Action } from '../action.ts';
import { containerOfTemplate, type TemplateContainer, withContainer } from '../containers-of-template.ts';
import type { Verification } from '../draft.ts';
import { editedDraft } from '../edited-draft.ts';
import { type FieldEdit, setField } from '../field-step.ts';
import type { Drafted, Material } from '../material.ts';
import { nothingToDo } from '../material.ts';
import { rolloutVerification } from '../verification.ts';

type Resize = Extract<Action, { name: 'resize_workload' }>;

/**
 * New requests or limits of one container: of a workload in its template, so that its pods are replaced one by one; of a
 * pod in place, without a restart where its resizePolicy wants none (KEP-1287), until the pod is replaced.
 */
export function draftResize(action: Resize, material: Material): Drafted {
  const { snapshot, target } = material;
  const ref = refOf(target);
  const container = containerOfTemplate(material, action.container);
  if ('impossible' in container) return container;
  const wanted = amountsOf(action);
  if (wanted.length === 0)
    return { impossible: 'Neither a request nor a limit is given.', instead: 'Name an amount of cpu or memory.' };
  const missing = wanted.find(({ list, resource }) => container.resources[list][resource] === undefined);
  if (missing !== undefined) {
    return {
      impossible: `Container ${action.container} of ${nameOf(ref)} has no ${missing.resource} in ${missing.list}: there is nothing to take a step from.`,
      instead: 'Set it in the manifest.',
      rule: 'G23',
    };
  }
  const edits = wanted.flatMap(({ list, resource, amount }) => editOf({ container, target }, list, resource, amount));
  if (edits.length === 0) {
    return { impossible: `Container ${action.container} of ${nameOf(ref)} has these already.`, instead: nothingToDo };
  }
  return {
    ...editedDraft(action, material, edits),
    ...(target.kind !== 'Pod' && { template: withAmounts(templateOf(target), action) }),
    verification:
      target.kind === 'Pod'
        ? inPlace(ref)
        : rolloutVerification(snapshot, ref, `every pod of ${nameOf(ref)} has the new amounts and is ready`),
  };
}

/** The kubelet takes seconds, or says that the node has no room. */
const inPlaceSeconds = 120;

const inPlace = (pod: ObjectRef): Verification => ({
  expects: `${nameOf(pod)} runs with the new amounts, until it is replaced`,
  by: 'resized',
  holdSeconds: 0,
  deadlineSeconds: inPlaceSeconds,
});

const lists = ['requests', 'limits'] as const;
const resources = ['cpu', 'memory'] as const;

const amountsOf = (action: Resize) =>
  lists.flatMap((list) =>
    resources.flatMap((resource) => {
      const amount = action[list]?.[resource];
      return amount === undefined ? [] : [{ list, resource, amount }];
    }),
  );

function editOf(
  { container, target }: { container: TemplateContainer; target: Material['target'] },
  list: (typeof lists)[number],
  resource: string,
  amount: string,
): readonly FieldEdit[] {
  const edit = setField(target, [...container.path, 'resources', list, resource], amount);
  return edit === undefined ? [] : [edit];
}

const withAmounts = (template: PodTemplate | undefined, { container, requests, limits }: Resize): PodTemplate =>
  withContainer(template, container, (each) => ({
    ...each,
    resources: {
      ...each.resources,
      requests: { ...each.resources?.requests, ...requests },
      limits: { ...each.resources?.limits, ...limits },
    },
  }));
