import { type Operation, preconditionOf } from '../../engines/healing/action.ts';
import { isAsReady, onlyStatusMoved } from '../../engines/healing/only-status-moved.ts';
import type { KubernetesObject } from '../../engines/objects.ts';
import { AppError } from '../../platform/errors.ts';
import { type Sending, sendOnce } from './send-once.ts';

export interface First extends Sending {
  readonly actionId: string;
  /** The target as it was judged. */
  readonly seen: KubernetesObject;
}

const tries = 3;

/**
 * The first write. It is conditional on the very state that was judged; a heartbeat of a node, or a container that ends
 * once more meanwhile, makes another state of it in which nothing is different that anybody wanted. Then it is bound to
 * that one instead; a pod that is to be evicted has to be as ready as it was, too.
 * @throws AppError `conflict` when more than status has moved, or status does not rest.
 */
export async function sendFirst(operation: Operation, { actionId, seen, ...sending }: First) {
  let now = operation;
  for (let attempt = 1; ; attempt++) {
    try {
      return await sendOnce(now, actionId, sending);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'conflict' || attempt >= tries) throw error;
      const live = await sending.writer.current(operation.on.object, sending.signal);
      if (!onlyStatusMoved(seen, live) || (operation.verb === 'evict' && !isAsReady(seen, live))) throw error;
      now = { ...operation, on: preconditionOf(live) };
    }
  }
}
