import pLimit from 'p-limit';
import type { KubernetesObject } from '../../engines/objects.ts';
import type { Read, ReadResult, Scope, SnapshotData } from '../../engines/snapshot-data.ts';
import { AppError } from '../../platform/errors.ts';
import type { NextReads } from '../ports.ts';
import { splitApiVersion } from './builtin-types.ts';
import type { ReadPart } from './execute-read.ts';

/** What one read came to; `error` stands beside an outcome of `denied` or `failed`. */
export interface Executed extends ReadPart {
  readonly error?: AppError | undefined;
}

export interface Collection {
  readonly cluster: string;
  readonly scope: Scope;
  readonly nextReads: NextReads;
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Executes one read; rejects only when `signal` aborts. */
  readonly run: (read: Read, spent: (bytes: number) => void) => Promise<Executed>;
}

/** Requests side by side: an API server serves this many of one client without queueing (API priority and fairness). */
const atOnce = 16;
/** Seven, when the cause is in another namespace; a function that never has enough must not read for ever. */
const maximumRounds = 8;

/**
 * Reads what `nextReads` asks for, round by round, until it asks for nothing new. Failed reads are part of the result;
 * only when the first round brings nothing at all does its first error surface.
 */
export async function collect({ cluster, scope, nextReads, run, now, signal }: Collection): Promise<SnapshotData> {
  const startedAt = now();
  const startedClock = performance.now();
  const limit = pLimit(atOnce);
  const done = new Set<string>();
  let [requests, bytes] = [0, 0];
  const spent = (size: number) => {
    requests += 1;
    bytes += size;
  };
  let data: SnapshotData = {
    takenAt: new Date(startedAt).toISOString(),
    source: 'live',
    cluster,
    scope,
    objects: [],
    heads: [],
    podRows: [],
    logs: [],
    reads: [],
    cost: { requests, bytes, durationMs: 0 },
  };

  for (let round = 0; round < maximumRounds; round++) {
    const reads = newOf(nextReads(data), done);
    if (reads.length === 0) break;
    signal.throwIfAborted();
    const parts = await Promise.all(reads.map((read) => limit(() => run(read, spent))));
    if (round === 0) throwWhenNothing(parts);
    const results = reads.map((read, index) => resultOf(read, parts[index]));
    const durationMs = Math.round(performance.now() - startedClock);
    data = { ...grown(data, parts, results), cost: { requests, bytes, durationMs } };
  }
  return data;
}

/** With what a round brought. One object that two reads brought is one object, as it was seen last. */
function grown(data: SnapshotData, parts: readonly Executed[], results: readonly ReadResult[]): SnapshotData {
  const brought = [...data.objects, ...parts.flatMap((part) => part.objects ?? [])];
  return {
    ...data,
    objects: [...new Map(brought.map((object) => [identityOf(object), object])).values()],
    heads: [...data.heads, ...parts.flatMap((part) => part.heads ?? [])],
    podRows: [...data.podRows, ...parts.flatMap((part) => part.podRows ?? [])],
    logs: [...data.logs, ...parts.flatMap((part) => part.logs ?? [])],
    reads: [...data.reads, ...results],
  };
}

/** Reads that were not tried before, in the order given. */
function newOf(reads: readonly Read[], done: Set<string>): readonly Read[] {
  return reads.filter((read) => {
    const key = keyOfRead(read);
    return !done.has(key) && done.add(key);
  });
}

/** Equal reads have equal keys, whatever the order of their fields. */
export const keyOfRead = (read: Read): string =>
  JSON.stringify(
    Object.entries(read)
      .filter(([, value]) => value !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

/** Groups tell kinds of one name apart. */
const identityOf = ({ apiVersion, kind, metadata: { namespace, name } }: KubernetesObject): string =>
  `${splitApiVersion(apiVersion).group}/${kind}/${namespace ?? ''}/${name}`;

const resultOf = (read: Read, part: Executed | undefined): ReadResult => ({
  read,
  outcome: part?.outcome ?? 'failed',
  ...(part?.message !== undefined && { message: part.message }),
});

/** No connection, no credentials, no permission: a diagnosis of nothing would only hide that. */
function throwWhenNothing(parts: readonly Executed[]): void {
  const errors = parts.flatMap(({ error }) => (error === undefined ? [] : [error]));
  const [first] = errors;
  if (first === undefined || errors.length < parts.length) return;
  // Of many refusals, the one that hides most is the one to mend first.
  const ofPods = parts.find(({ error }) => error?.details['required_permission'] === 'list pods')?.error;
  throw errors.find(({ code }) => code === 'unavailable') ?? ofPods ?? first;
}
