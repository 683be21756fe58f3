import type { Action } from '../../engines/healing/action.ts';
import type { ActionRecord } from '../../engines/healing/record.ts';
import type { Writer } from '../../kubernetes/ports.ts';
import { AppError } from '../../platform/errors.ts';

interface Asking {
  readonly writer: Writer;
  readonly signal: AbortSignal;
  /** Of the action that asks: its own record is no history. */
  readonly except: string | undefined;
}

/**
 * What was planned and done on the cluster besides, newest first, as it stands at this moment; where that may not be
 * listed, in the namespace of the target.
 */
export async function historyOf(
  { target }: Action,
  { writer, signal, except }: Asking,
): Promise<readonly ActionRecord[]> {
  const { actions } = await writer.actions.list({}, signal).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'permission_denied') throw error;
    return writer.actions.list({ namespace: target.namespace ?? 'default' }, signal);
  });
  return actions.map(({ record }) => record).filter(({ id }) => id !== except);
}
