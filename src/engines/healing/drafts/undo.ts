import { nameOf, type ObjectRef, type PodTemplate, refOf } from '../../objects.ts';
import { type Action, type Operation, type Precondition, preconditionOf } from '../action.ts';
import { blastRadius } from '../blast-radius.ts';
import type { FieldChange, Verification } from '../draft.ts';
import type { Drafted, Impossible, Material } from '../material.ts';
import { nothingToDo } from '../material.ts';
import type { ActionRecord } from '../record.ts';
import { rolloutVerification } from '../verification.ts';

/** Writes the action's id to the object in the same patch; who wrote last is seen by it. */
export const actionAnnotation = 'kubemend.dev/action';

/** Applies the stored inverse of an earlier action, as long as nobody changed the object since (G33). */
export function draftUndo(action: Extract<Action, { name: 'undo_action' }>, material: Material): Drafted {
  const { snapshot, target, earlier, revisions } = material;
  const ref = refOf(target);
  if (earlier === undefined) {
    return { impossible: `There is no action ${action.action_id}.`, instead: known, rule: 'G33' };
  }
  const gone = whyNot(earlier, material);
  if (gone !== undefined) return gone;
  const on = preconditionOf(target);
  const template = templateAfter(earlier.inverse, revisions);
  return {
    action,
    target: on,
    operations: earlier.inverse.map((operation) => rebound(operation, on)),
    inverse: earlier.operations.filter(({ verb }) => verb !== 'evict').map((operation) => rebound(operation, on)),
    changes: earlier.changes.filter(({ object }) => object.kind === ref.kind).map(turned),
    ...(template !== undefined && { template }),
    radius: blastRadius(snapshot, ref),
    verification: wasWell(earlier)
      ? {
          ...rolloutVerification(snapshot, ref, `${nameOf(ref)} is as it was before, and its pods are ready`),
          by: ref.kind === 'Node' ? 'schedulable' : earlier.verification.by,
        }
      : restored(ref),
  };
}

const known = 'list_actions shows those that there are.';

/** Whether there is anything to be healthy again: an action that mended something is undone into what was broken. */
const wasWell = ({ finding, radius, target }: ActionRecord): boolean =>
  target.object.kind === 'Node' || (finding === undefined && radius.ready >= radius.pods);

/** The controller takes moments to see a change. */
const restoredSeconds = 60;

const restored = (ref: ObjectRef): Verification => ({
  expects: `${nameOf(ref)} is as it was before, when it was not well`,
  by: 'restored',
  holdSeconds: 0,
  deadlineSeconds: restoredSeconds,
});

/** Why an action cannot be undone, whatever became of its target, which may be gone. */
export function nothingToUndo({
  id,
  state,
  inverse,
  irreversible = 'it has no way back',
  applied,
}: ActionRecord): Impossible | undefined {
  if (applied === undefined) {
    return { impossible: `Action ${id} changed nothing (it is ${state}).`, instead: nothingToDo, rule: 'G33' };
  }
  if (state === 'reverted' || state === 'undone') {
    return { impossible: `Action ${id} is ${state} already.`, instead: nothingToDo, rule: 'G33' };
  }
  return inverse.length === 0
    ? {
        impossible: `Action ${id} cannot be undone: ${irreversible}.`,
        instead: 'Diagnose the object, and plan what it needs now.',
        rule: 'G34',
      }
    : undefined;
}

function whyNot(earlier: ActionRecord, { target }: Material): Impossible | undefined {
  const nothing = nothingToUndo(earlier);
  if (nothing !== undefined) return nothing;
  const { id, applied = earlier.target } = earlier;
  if (!isStillOurs(earlier, target)) {
    return {
      impossible: `${nameOf(applied.object)} was changed since action ${id}, so going back could undo somebody else's work.`,
      instead: 'Look at get_timeline, then plan what is needed now.',
      rule: 'G33',
    };
  }
  return undefined;
}

/** Whether the object is the one, and in the state, in which this action left it: same uid, same spec, same last writer of ours. */
export function isStillOurs(
  { id, applied }: Pick<ActionRecord, 'id' | 'applied'>,
  { metadata, kind }: Material['target'],
): boolean {
  if (applied === undefined || metadata.uid !== applied.uid) return false;
  if (metadata.generation !== applied.generation) return false;
  const last = metadata.annotations?.[actionAnnotation];
  // A scale through the subresource cannot leave the annotation; nodes have no generation.
  return last === id || (last === undefined && kind !== 'Node');
}

/** The same operation on the object as it is now. */
export const rebound = (operation: Operation, on: Precondition): Operation =>
  operation.verb === 'evict' ? operation : { ...operation, on };

const turned = ({ object, field, before, after }: FieldChange): FieldChange => ({
  object,
  field,
  before: after,
  after: before,
});

function templateAfter(operations: readonly Operation[], revisions: Material['revisions']): PodTemplate | undefined {
  const replaced = operations.find((operation) => operation.verb === 'set_template');
  return revisions.find(({ digest }) => digest === replaced?.digest)?.template;
}
