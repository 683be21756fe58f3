import type { StoredAction } from '../../kubernetes/ports.ts';
import { AppError } from '../../platform/errors.ts';
import type { ToolContext } from '../tool.ts';
import { advance, type Keeping } from './records.ts';

/** Says of the action that an undo took back that it is undone. The undo itself is done, whatever comes of that. */
export async function markUndone({ record }: StoredAction, keeping: Keeping, { log }: ToolContext): Promise<void> {
  const { action, target, approvedBy, caller, id } = record;
  if (action.name !== 'undo_action') return;
  const { writer, signal } = keeping;
  try {
    const earlier = await writer.actions.get(action.action_id, { namespace: target.object.namespace }, signal);
    await advance(earlier, { state: 'undone', by: approvedBy ?? caller, text: `undone by ${id}` }, keeping);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    log.warn({ err: error, action: action.action_id }, 'an action that was undone could not be marked so');
  }
}
