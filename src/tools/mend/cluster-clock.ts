import type { Read } from '../../engines/snapshot-data.ts';
import { AppError } from '../../platform/errors.ts';
import type { ToolContext } from '../tool.ts';
import type { Clock } from './healing.ts';

/** The time by the cluster's clock, ISO 8601: by it plans expire, and holders are gone, whatever the clock here says. */
export interface ClusterClock {
  at(): string;
}

/** Any read will do: with its answer the API server tells its time. */
const anyRead = { verb: 'get', kind: 'Namespace', name: 'default' } as const;

/** Asks the cluster once; from then on its time is reckoned from ours. */
export async function clusterClock(context: ToolContext): Promise<ClusterClock> {
  const { clock } = context.healing();
  const reader = await context.reader();
  const tellBy = async (reads: readonly Read[]): Promise<ClusterClock> => {
    const asked = clock.now();
    const { takenAt } = await reader.read(reads, context.signal, { fresh: true });
    return reckonedFrom(takenAt, asked, clock);
  };
  return tellBy([anyRead]).catch((error: unknown) => {
    // Not everybody may read that. Saying so was an answer too.
    if (error instanceof AppError && error.code === 'permission_denied') return tellBy([]);
    throw error;
  });
}

/** @param taken The time by the cluster's clock when ours was `asked`. */
export function reckonedFrom(taken: string, asked: number, clock: Clock): ClusterClock {
  const aheadMs = Date.parse(taken) - asked;
  return { at: () => new Date(clock.now() + aheadMs).toISOString() };
}
