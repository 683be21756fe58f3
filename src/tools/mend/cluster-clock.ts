import type { ToolContext } from '../tool.ts';
import type { Clock } from './healing.ts';

/** The time by the cluster's clock, ISO 8601: by it plans expire, and holders are gone, whatever the clock here says. */
export interface ClusterClock {
  at(): string;
}

/** Asks the cluster once; from then on its time is reckoned from ours. */
export async function clusterClock(context: ToolContext): Promise<ClusterClock> {
  const { clock } = context.healing();
  const asked = clock.now();
  const reader = await context.reader();
  const read = { verb: 'get', kind: 'Namespace', name: 'default' } as const;
  const { takenAt } = await reader.read([read], context.signal, { fresh: true });
  return reckonedFrom(takenAt, asked, clock);
}

/** @param taken The time by the cluster's clock when ours was `asked`. */
export function reckonedFrom(taken: string, asked: number, clock: Clock): ClusterClock {
  const aheadMs = Date.parse(taken) - asked;
  return { at: () => new Date(clock.now() + aheadMs).toISOString() };
}
