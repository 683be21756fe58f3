import type { ActionRecord } from '../../engines/healing/record.ts';
import { AppError } from '../../platform/errors.ts';

/** The answer to an approval that does not hold for what it is given for (G3). */
export const boundRefusal = (message: string, hint: string): AppError =>
  new AppError('refused', `G3: ${message}`, { hint, details: { rules: ['G3'] } });

/** A plan is applied, declined or let go once. */
export const usedAlready = ({ id, state }: Pick<ActionRecord, 'id' | 'state'>): AppError =>
  boundRefusal(`The plan ${id} was used already: it is ${state}.`, 'list_actions tells what became of it.');
