import pLimit from 'p-limit';
import type { KubernetesObject } from '../../engines/objects.ts';
import type { Read, Scope, SnapshotData } from '../../engines/snapshot-data.ts';
import { AppError } from '../../platform/errors.ts';
import { following } from '../../platform/following.ts';
import { unlessLate } from '../../platform/unless-late.ts';
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
  /** Aborts when what was read by then has to do. */
  readonly enough: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** How far the cluster's clock is ahead of that, in ms, as far as known by now. */
  readonly aheadMs?: (() => number) | undefined;
  /** Executes one read; rejects only when its signal aborts. */
  readonly run: (read: Read, signal: AbortSignal, spent: (bytes: number) => void) => Promise<Executed>;
}

/** Requests side by side: an API server serves this many of one client without queueing (API priority and fairness). */
const atOnce = 16;
/** Seven, when the cause is in another namespace; a function that never has enough must not read for ever. */
const maximumRounds = 8;
/** So long a round waits for its last answers; then those that came decide what to read meanwhile. */
export const patienceMs = 500;

/**
 * Reads what `nextReads` asks for, round by round, until it asks for nothing new. Failed reads are part of the result;
 * only when nothing at all comes does the first error surface.
 */
export async function collect(collection: Collection): Promise<SnapshotData> {
  const { signal, end } = following(collection.signal, collection.enough);
  try {
    return await collectWhile(signal, collection);
  } finally {
    end();
  }
}

/** @param reading aborts when the caller gives up, and when there is enough. */
async function collectWhile(reading: AbortSignal, collection: Collection): Promise<SnapshotData> {
  const { cluster, scope, nextReads, run, now, aheadMs = () => 0, signal, enough } = collection;
  const startedAt = now();
  const startedClock = performance.now();
  const elapsed = (): number => Math.round(performance.now() - startedClock);
  const limit = pLimit(atOnce);
  const asked = new Map<string, Read>();
  const answers = new Map<Read, Executed>();
  const running = new Map<Read, Promise<void>>();
  let [requests, bytes] = [0, 0];
  const spent = (size: number) => {
    requests += 1;
    bytes += size;
  };

  async function answerTo(read: Read): Promise<Executed> {
    try {
      return await run(read, reading, spent);
    } catch (error) {
      signal.throwIfAborted();
      if (!enough.aborted) throw error;
      return unanswered(elapsed());
    }
  }

  async function settle(read: Read): Promise<void> {
    answers.set(read, await limit(() => answerTo(read)));
    running.delete(read);
  }

  function start(read: Read): Promise<void> {
    const work = settle(read);
    asked.set(keyOfRead(read), read);
    running.set(read, work);
    return work;
  }

  const gathered = (): SnapshotData => ({
    takenAt: new Date(startedAt + aheadMs()).toISOString(),
    source: 'live',
    cluster,
    scope,
    ...broughtBy(asked.values(), answers),
    cost: { requests, bytes, durationMs: elapsed() },
  });

  for (let round = 0; ; ) {
    const data = gathered();
    const reads = round < maximumRounds ? newOf(await nextReads(data), asked) : [];
    if (reads.length === 0 && running.size === 0) return data;
    signal.throwIfAborted();
    if (reads.length > 0) round += 1;
    const started = reads.map(start);
    // Reads of earlier rounds have had their patience; once nothing else is to be done, they are all that is waited for.
    const awaited = started.length > 0 ? started : [...running.values()];
    const known = answers.size;
    do await unlessLate(Promise.all(awaited), patienceMs);
    while (answers.size === known);
    if (running.size === 0) throwWhenNothing(answers);
  }
}

/**
 * What was answered until now, in the order in which it was asked for. One object that two reads brought is one object,
 * as the later one saw it.
 */
function broughtBy(
  asked: Iterable<Read>,
  answers: ReadonlyMap<Read, Executed>,
): Pick<SnapshotData, 'objects' | 'heads' | 'podRows' | 'logs' | 'reads'> {
  const answered = [...asked].flatMap((read) => {
    const answer = answers.get(read);
    return answer === undefined ? [] : [{ read, answer }];
  });
  const parts = answered.map(({ answer }) => answer);
  const objects = parts.flatMap((part) => part.objects ?? []);
  return {
    objects: [...new Map(objects.map((object) => [identityOf(object), object])).values()],
    heads: parts.flatMap((part) => part.heads ?? []),
    podRows: parts.flatMap((part) => part.podRows ?? []),
    logs: parts.flatMap((part) => part.logs ?? []),
    reads: answered.map(({ read, answer: { outcome, message } }) => ({
      read,
      outcome,
      ...(message !== undefined && { message }),
    })),
  };
}

/** Each once, without those that were asked for before. */
function newOf(reads: readonly Read[], asked: ReadonlyMap<string, Read>): readonly Read[] {
  const wanted = new Map(reads.map((read) => [keyOfRead(read), read]));
  return [...wanted].flatMap(([key, read]) => (asked.has(key) ? [] : [read]));
}

/** A read is looked up several times while it is gathered. */
const keys = new WeakMap<Read, string>();

/** Equal reads have equal keys, whatever the order of their fields. */
export function keyOfRead(read: Read): string {
  const known = keys.get(read);
  if (known !== undefined) return known;
  const fields = Object.entries(read).filter(([, value]) => value !== undefined);
  const key = JSON.stringify(fields.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  keys.set(read, key);
  return key;
}

/** Groups tell kinds of one name apart. */
const identityOf = ({ apiVersion, kind, metadata: { namespace, name } }: KubernetesObject): string =>
  `${splitApiVersion(apiVersion).group}/${kind}/${namespace ?? ''}/${name}`;

function unanswered(elapsedMs: number): Executed {
  const seconds = (elapsedMs / 1000).toFixed(1);
  const error = new AppError('timeout', `Nothing was answered in ${seconds} s.`, {
    hint: 'Ask for less, such as one namespace or one object, or raise KUBEMEND_TIMEOUT; kubemend doctor tests each step.',
  });
  return { outcome: 'failed', message: `not answered in ${seconds} s`, error };
}

/** No connection, no credentials, no permission: a diagnosis of nothing would only hide that. */
function throwWhenNothing(answers: ReadonlyMap<Read, Executed>): void {
  // That a kind is not served is known from before.
  const asked = [...answers].filter(([{ verb }, { outcome }]) => verb !== 'list' || outcome !== 'absent');
  const parts = asked.map(([, part]) => part);
  const errors = parts.flatMap(({ error }) => (error === undefined ? [] : [error]));
  const [first] = errors;
  if (first === undefined || errors.length < parts.length) return;
  // Of many refusals, the one that hides most is the one to mend first.
  const ofPods = parts.find(({ error }) => error?.details['required_permission'] === 'list pods')?.error;
  throw errors.find(({ code }) => code === 'unavailable') ?? ofPods ?? first;
}
