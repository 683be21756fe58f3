import type { StoredAction } from '../../kubernetes/ports.ts';
import { AppError } from '../../platform/errors.ts';
import { advance, type Keeping } from './records.ts';

/**
 * Takes a plan that was approved, so that this process alone applies it: by the Redis that replicas share, where there is
 * one, and by compare-and-swap on its record, which alone would do.
 * @throws AppError `conflict` when another process was faster; `unavailable` when Redis, or the API server, does not answer:
 * the plan may be approved again then.
 */
export async function take(stored: StoredAction, by: string, keeping: Keeping): Promise<StoredAction> {
  const { cluster, id } = stored.record;
  const giveBack = await keeping.healing.claims?.claim({ cluster, id });
  try {
    return await advance(stored, { state: 'applying', by, text: 'approved', more: { approvedBy: by } }, keeping);
  } catch (error) {
    const taken = error instanceof AppError && error.code === 'conflict';
    if (!taken) await giveBack?.();
    throw error;
  }
}
