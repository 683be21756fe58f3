import { refOf } from '../objects.ts';
import { type Action, preconditionOf } from './action.ts';
import { blastRadius } from './blast-radius.ts';
import type { Draft } from './draft.ts';
import type { FieldEdit } from './field-step.ts';
import type { Material } from './material.ts';

/** The draft of an action that sets single fields of its target in one patch; how it is verified is its own. */
export function editedDraft(
  action: Action,
  { snapshot, target }: Pick<Material, 'snapshot' | 'target'>,
  edits: readonly FieldEdit[],
): Omit<Draft, 'verification'> {
  const [on, ref] = [preconditionOf(target), refOf(target)];
  return {
    action,
    target: on,
    operations: [{ verb: 'patch', on, steps: edits.map(({ step }) => step) }],
    inverse: [{ verb: 'patch', on, steps: edits.map(({ inverse }) => inverse) }],
    changes: edits.map(({ change }) => ({ object: ref, ...change })),
    radius: blastRadius(snapshot, ref),
  };
}
