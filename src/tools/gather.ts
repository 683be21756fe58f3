import type { Read, SnapshotData } from '../engines/snapshot-data.ts';
import type { Reader } from '../kubernetes/ports.ts';
import { AppError } from '../platform/errors.ts';
import type { ToolContext } from './tool.ts';

/** What a question leads to is found in a few steps: route, Service, pods. */
const maximumRounds = 6;

/**
 * Reads what `next` names, round by round, until it names nothing new. Reads that fail are part of the result; only when
 * nothing at all could be read does an error surface.
 */
export async function gather(
  reader: Reader,
  next: (soFar: SnapshotData) => readonly Read[],
  { signal, enough, fresh = false }: Pick<ToolContext, 'signal' | 'enough'> & { readonly fresh?: boolean },
): Promise<SnapshotData> {
  let data: SnapshotData | undefined;
  const asked = new Set<string>();
  for (let round = 0; round < maximumRounds; round++) {
    const wanted = new Map(next(data ?? nothing).map((read) => [JSON.stringify(read), read]));
    const reads = [...wanted].flatMap(([key, read]) => (asked.has(key) ? [] : [read]));
    if (reads.length === 0) break;
    for (const key of wanted.keys()) asked.add(key);
    const part = await readOrSay(reader, reads, { signal, enough, fresh, first: data === undefined });
    data = data === undefined ? part : merged(data, part);
  }
  return data ?? nothing;
}

const nothing: SnapshotData = {
  takenAt: '',
  source: '',
  cluster: '',
  scope: {},
  objects: [],
  heads: [],
  podRows: [],
  logs: [],
  reads: [],
  cost: { requests: 0, bytes: 0, durationMs: 0 },
};

interface Attempt extends Pick<ToolContext, 'signal' | 'enough'> {
  readonly first: boolean;
  /** Past every cache. */
  readonly fresh: boolean;
}

/** Later reads may fail one and all, such as the one Secret that nobody may see: that is an answer too. */
async function readOrSay(
  reader: Reader,
  reads: readonly Read[],
  { signal, enough, first, fresh }: Attempt,
): Promise<SnapshotData> {
  try {
    return await reader.read(reads, signal, { enough, fresh });
  } catch (error) {
    signal.throwIfAborted();
    if (first || !(error instanceof AppError)) throw error;
    const outcome = error.code === 'permission_denied' ? 'denied' : 'failed';
    return { ...nothing, reads: reads.map((read) => ({ read, outcome, message: error.message })) };
  }
}

/** Objects that both brought are taken as the later one saw them; an archive brings everything each time. */
export function merged(before: SnapshotData, after: SnapshotData): SnapshotData {
  return {
    ...before,
    objects: distinct([...before.objects, ...after.objects]),
    heads: distinct([...before.heads, ...after.heads]),
    reads: [...before.reads, ...after.reads],
    cost: {
      requests: before.cost.requests + after.cost.requests,
      bytes: before.cost.bytes + after.cost.bytes,
      durationMs: before.cost.durationMs + after.cost.durationMs,
    },
  };
}

const distinct = (objects: SnapshotData['objects']): SnapshotData['objects'] => [
  ...new Map(
    objects.map((object) => [
      `${object.apiVersion}/${object.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`,
      object,
    ]),
  ).values(),
];
