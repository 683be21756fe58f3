import { AppError } from './errors.ts';
import type { ShedReason } from './metrics.ts';

/** How many calls may run at once. */
export interface Admission {
  /**
   * Resolves when the call may run, with what says that it ended.
   * @param asks whose call it is, or `undefined` where callers are not told apart; which cluster it asks, by its name, or
   * `undefined` for the default one.
   * @throws AppError `unavailable` when there is no room, now or within the time that a call may wait; the reason of
   * `signal` when that aborts first.
   */
  enter(asks: Asking, signal: AbortSignal): Promise<() => void>;
}

interface Asking {
  readonly caller: string | undefined;
  readonly cluster?: string | undefined;
}

export interface AdmissionOptions {
  /** Calls that run at once. */
  readonly running?: number;
  /** Of them, calls of one caller. */
  readonly perCaller?: number;
  /** Calls that wait. */
  readonly waiting?: number;
  /** How long a call waits, in ms. */
  readonly waitMs?: number;
  readonly onShed?: (reason: ShedReason) => void;
}

interface Waiter extends Asking {
  /** Takes the room, unless the waiter has gone. */
  readonly admit: () => void;
}

/**
 * What calls to one cluster leave to the others, of all places and of a caller's, once a second one is asked for: while a
 * cluster hangs, its calls hold their places until their deadlines.
 */
const leftToOthers = 0.2;

/** A count of calls by what they have in common. */
function createTally(): Tally {
  const counts = new Map<string, number>();
  const of = (key: string): number => counts.get(key) ?? 0;
  return {
    of,
    add(key, change) {
      const count = of(key) + change;
      if (count === 0) counts.delete(key);
      else counts.set(key, count);
    },
  };
}

interface Tally {
  of(key: string): number;
  add(key: string, change: 1 | -1): void;
}

/** First come, first served, but that nobody waits behind a caller or a cluster that has as many as one may have. */
export function createAdmission({
  running: most = 100,
  perCaller = 10,
  waiting = 50,
  waitMs = 1_000,
  onShed = () => {},
}: AdmissionOptions = {}): Admission {
  const queue = new Set<Waiter>();
  const tally = createTally();
  let several = false;
  let first: string | undefined;

  const shareOf = (places: number): number => Math.ceil(several ? places * (1 - leftToOthers) : places);
  /** What a call takes a place of, and how many places that has. */
  const placesOf = ({ caller, cluster = '' }: Asking): ReadonlyMap<string, number> =>
    new Map([
      ['all', most],
      [JSON.stringify({ cluster }), shareOf(most)],
      ...(caller === undefined ? [] : ownPlaces({ caller, cluster })),
    ]);
  const ownPlaces = ({ caller, cluster }: Asking): readonly [string, number][] => [
    [JSON.stringify({ caller }), perCaller],
    [JSON.stringify({ caller, cluster }), shareOf(perCaller)],
  ];
  const hasRoom = (asks: Asking): boolean => [...placesOf(asks)].every(([key, places]) => tally.of(key) < places);

  function begin(asks: Asking): () => void {
    const keys = [...placesOf(asks).keys()];
    for (const key of keys) tally.add(key, 1);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      for (const key of keys) tally.add(key, -1);
      next();
    };
  }

  function next(): void {
    for (const waiter of queue) {
      if (!hasRoom(waiter)) continue;
      queue.delete(waiter);
      waiter.admit();
      return;
    }
  }

  const shed = (reason: ShedReason): AppError => {
    onShed(reason);
    return new AppError('unavailable', 'Too many calls run at this moment.', {
      hint: 'Call again in a second.',
      details: { retry_after_seconds: 1, reason },
    });
  };

  return {
    async enter(asks, signal) {
      signal.throwIfAborted();
      first ??= asks.cluster ?? '';
      several ||= first !== (asks.cluster ?? '');
      if (hasRoom(asks)) return begin(asks);
      if (queue.size >= waiting) throw shed('queue_full');
      return new Promise((resolve, reject) => {
        const waiter: Waiter = {
          ...asks,
          admit() {
            leave();
            resolve(begin(asks));
          },
        };
        const gone = (): void => {
          leave();
          reject(signal.reason);
        };
        const late = setTimeout(() => {
          leave();
          reject(shed('queue_timeout'));
        }, waitMs);
        function leave(): void {
          queue.delete(waiter);
          clearTimeout(late);
          signal.removeEventListener('abort', gone);
        }
        signal.addEventListener('abort', gone, { once: true });
        queue.add(waiter);
      });
    },
  };
}
