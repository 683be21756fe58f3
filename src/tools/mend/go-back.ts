import { preconditionOf } from '../../engines/healing/action.ts';
import { rebound } from '../../engines/healing/drafts/undo.ts';
import type { ActionRecord } from '../../engines/healing/record.ts';
import { wayBackOf } from '../../engines/healing/was-written.ts';
import type { KubernetesObject } from '../../engines/objects.ts';
import { AppError } from '../../platform/errors.ts';
import { type Sending, sendOnce } from './send-once.ts';

/** `again`: not now, but at the next look. */
export type WayBack = 'gone' | 'again' | { readonly failure: string };

/**
 * Writes the stored inverse of an action to its object as it is now.
 * @throws AppError `timeout`, `unavailable` when nobody knows whether it was written: then it is looked for again.
 */
export async function goBack(
  { id, inverse }: ActionRecord,
  target: KubernetesObject,
  sending: Sending,
): Promise<WayBack> {
  let live = target;
  try {
    for (const operation of inverse) {
      live = (await sendOnce(rebound(operation, preconditionOf(live)), wayBackOf(id), sending)) ?? live;
    }
    return 'gone';
  } catch (error) {
    if (!(error instanceof AppError) || passing.has(error.code)) throw error;
    // The status of what does not run moves all the time; whether its spec did is judged by whoever calls again.
    const again = error.code === 'conflict' || error.details['status'] === 429;
    return again ? 'again' : { failure: error.message };
  }
}

const passing: ReadonlySet<string> = new Set(['timeout', 'unavailable']);
