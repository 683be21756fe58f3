import type { Action } from '../../engines/healing/action.ts';
import type { StoredAction } from '../../kubernetes/ports.ts';
import type { ToolContext } from '../tool.ts';
import { ownAction } from './own-action.ts';

/** The action that is to be undone. @throws AppError `not_found` when there is none of this caller. */
export async function earlierOf(action: Action, context: ToolContext): Promise<StoredAction | undefined> {
  return action.name === 'undo_action' ? ownAction(action.action_id, action.target.namespace, context) : undefined;
}
