import { AppError } from './errors.ts';
import type { ShedReason } from './metrics.ts';

/** How many calls may run at once. */
export interface Admission {
  /**
   * Resolves when the call may run, with what says that it ended.
   * @throws AppError `unavailable` when there is no room, now or within the time that a call may wait; the reason of
   * `signal` when that aborts first.
   */
  enter(caller: string, signal: AbortSignal): Promise<() => void>;
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

interface Waiter {
  readonly caller: string;
  /** Takes the room, unless the waiter has gone. */
  readonly admit: () => void;
}

/** First come, first served, but that nobody waits behind a caller who has as many as one may have. */
export function createAdmission({
  running: most = 100,
  perCaller = 10,
  waiting = 50,
  waitMs = 1_000,
  onShed = () => {},
}: AdmissionOptions = {}): Admission {
  const queue = new Set<Waiter>();
  const ofCaller = new Map<string, number>();
  let running = 0;

  const count = (caller: string): number => ofCaller.get(caller) ?? 0;
  const hasRoom = (caller: string): boolean => running < most && count(caller) < perCaller;

  function begin(caller: string): () => void {
    running++;
    ofCaller.set(caller, count(caller) + 1);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      running--;
      if (count(caller) === 1) ofCaller.delete(caller);
      else ofCaller.set(caller, count(caller) - 1);
      next();
    };
  }

  function next(): void {
    for (const waiter of queue) {
      if (!hasRoom(waiter.caller)) continue;
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
    async enter(caller, signal) {
      signal.throwIfAborted();
      if (hasRoom(caller)) return begin(caller);
      if (queue.size >= waiting) throw shed('queue_full');
      return new Promise((resolve, reject) => {
        const waiter: Waiter = {
          caller,
          admit() {
            leave();
            resolve(begin(caller));
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
