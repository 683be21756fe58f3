import { nameOf, refOf } from '../../objects.ts';
import type { ActionRecord, ActionState } from '../record.ts';
import { valueAt } from './fields.ts';
import type { Guard, Situation } from './guard.ts';
import { allow, clause, refuse } from './verdicts.ts';

const undoable: ReadonlySet<ActionState> = new Set(['healthy', 'failed', 'verifying']);
const byHand = 'compare the object with the plan, and go back by hand or by a rollback';

/** G33: nobody's later change is taken back with ours. */
export const ownLineage: Guard = {
  id: 'G33',
  title: 'goes back only from the state that its own action left',

  check({ action, inverse }, situation) {
    const name = nameOf(refOf(situation.target));
    if (action.name !== 'undo_action')
      return inverse.length === 0
        ? undefined
        : allow(`${name} is taken back by itself only as long as nobody else has changed it.`);
    const record = situation.history.find(({ id }) => id === action.action_id);
    if (record === undefined)
      return refuse(`No action ${action.action_id} is known.`, 'list_actions names those that are');
    return faultOf(record, situation, name) ?? allow(`${name} is as action ${record.id} left it.`);
  },
};

function faultOf(record: ActionRecord, { target }: Situation, name: string) {
  const { applied, inverse, state, id } = record;
  if (!undoable.has(state)) return refuse(`Action ${id} is ${state}: there is nothing to undo.`, 'list_actions tells');
  if (inverse.length === 0 || applied === undefined)
    return refuse(`Action ${id} has no way back: ${clause(record.irreversible ?? 'it was not applied')}.`, byHand);
  if (applied.uid !== target.metadata.uid)
    return refuse(`${name} is not the object that action ${id} changed: it was made anew.`, byHand);
  const { generation } = target.metadata;
  if (applied.generation !== undefined)
    return applied.generation === generation
      ? undefined
      : refuse(
          `${name} was changed after action ${id}: it left generation ${applied.generation}, and it is ${generation}.`,
          byHand,
        );
  const changed = changedSince(record, target);
  return changed === undefined ? undefined : refuse(`${name} was changed after action ${id}: ${changed}.`, byHand);
}

/** Kinds without a generation, as Nodes, are known by the values that were set; `undefined` when all still stand. */
function changedSince({ operations }: ActionRecord, target: unknown): string | undefined {
  for (const operation of operations) {
    if (operation.verb !== 'patch') continue;
    for (const step of operation.steps) {
      const wanted = step.op === 'remove' ? undefined : step.value;
      // The API server leaves out what is false.
      const same = JSON.stringify(valueAt(target, step.path) ?? false) === JSON.stringify(wanted ?? false);
      if (!same) return step.path.slice(1).replaceAll('/', '.');
    }
  }
  return undefined;
}
