import { AppError } from '../../platform/errors.ts';
import type { ToolContext } from '../tool.ts';
import type { Considered } from './consider.ts';
import type { Healing } from './healing.ts';
import { historyOf } from './history.ts';
import type { Hold } from './hold.ts';
import { judged } from './judged.ts';

export interface LookingAround {
  readonly hold: Hold;
  readonly healing: Healing;
  readonly context: ToolContext;
}

/** What becomes of an action that was approved and may not be begun. */
export const notApplied = (error: AppError): string => `not applied, nothing has changed: ${error.message}`;

const keepingMs = 60_000;

/**
 * Judges once more, now that everybody can see that this action begins: what others began meanwhile, on whatever object,
 * counts too. Of two that begin at the same moment at least one sees the other, since each is announced before it looks;
 * both may give way, never neither (G25, G27, G29).
 * @throws AppError `refused` by a guard, or whatever the store says; the action has ended then, and nothing was written.
 */
export async function lookAround(considered: Considered, { hold, healing, context }: LookingAround): Promise<void> {
  const { id, action } = hold.stored.record;
  try {
    const { signal } = context;
    const history = await historyOf(action, { writer: await context.writer(), signal, except: id });
    judged({ ...considered, situation: { ...considered.situation, history } }, healing);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const step = { state: 'expired', by: healing.caller, text: notApplied(error) } as const;
    await hold.advance(step, AbortSignal.timeout(keepingMs)).catch((unkept: unknown) => {
      context.log.warn({ err: unkept, action: id }, 'the end of an action could not be stored');
    });
    throw error;
  }
}
