import type { Read, SnapshotData } from '../engines/snapshot-data.ts';
import type { Reader, ReadOptions } from '../kubernetes/ports.ts';
import { AppError } from '../platform/errors.ts';

/** Executes reads for a tool that has something to say even when all of them are forbidden. */
export async function readOrBlind(
  reader: Reader,
  reads: readonly Read[],
  { signal, ...options }: ReadOptions & { readonly signal: AbortSignal },
): Promise<SnapshotData> {
  try {
    return await reader.read(reads, signal, options);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'permission_denied') throw error;
    return { ...nothing, reads: reads.map((read) => ({ read, outcome: 'denied' })) };
  }
}

const nothing: SnapshotData = {
  takenAt: '',
  source: 'live',
  cluster: '',
  scope: {},
  objects: [],
  heads: [],
  podRows: [],
  logs: [],
  reads: [],
  cost: { requests: 0, bytes: 0, durationMs: 0 },
};
