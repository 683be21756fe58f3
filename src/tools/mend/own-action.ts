import type { StoredAction } from '../../kubernetes/ports.ts';
import { AppError } from '../../platform/errors.ts';
import type { ToolContext } from '../tool.ts';

/**
 * An action of whoever asks. Without a namespace it is looked for everywhere, or, where that is not permitted, beside
 * what has none: nodes.
 * @throws AppError `not_found` for one of another caller too: nothing of it is told, not even that it exists.
 */
export async function ownAction(
  id: string,
  namespace: string | undefined,
  context: ToolContext,
): Promise<StoredAction> {
  const { actions } = await context.writer();
  const { signal } = context;
  const stored = await actions.get(id, { namespace }, signal).catch((error: unknown) => {
    const denied = error instanceof AppError && error.code === 'permission_denied' && namespace === undefined;
    if (!denied) throw error;
    return actions.get(id, { namespace: 'default' }, signal);
  });
  if (stored.record.caller === context.healing().caller) return stored;
  throw new AppError('not_found', 'There is no such action.', { hint: 'list_actions shows those that there are.' });
}
