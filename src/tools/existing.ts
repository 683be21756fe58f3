import type { ObjectRef } from '../engines/objects.ts';
import type { Reader } from '../kubernetes/ports.ts';
import { AppError } from '../platform/errors.ts';

/**
 * Lists of a namespace that does not exist are as empty as those of a healthy one: this tells them apart.
 * @throws AppError `not_found`, with the nearest names; anything else that keeps from looking is no answer.
 */
export async function checkExists(reader: Reader, ref: ObjectRef, signal: AbortSignal): Promise<void> {
  try {
    await reader.get(ref, signal);
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'not_found') throw error;
  }
}
