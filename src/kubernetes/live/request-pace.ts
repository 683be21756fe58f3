import { AppError } from '../../platform/errors.ts';

export interface PaceOptions {
  /** Requests a second, once the burst is used up; 0 for no limit. */
  readonly perSecond: number;
  /** Requests that need not wait after a quiet time. */
  readonly burst: number;
}

/** Where requests to one API server wait for their turn, in the order in which they come. */
export interface RequestPace {
  /**
   * Waits until one more request may be sent. Throws `unavailable` at once when that would take longer than `longestMs`,
   * and the reason of `signal`.
   */
  turn(signal: AbortSignal, longestMs: number): Promise<void>;
}

export interface PaceClock {
  /** Milliseconds that never go back. */
  readonly now: () => number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** As client-go's flow control, which kubectl and controllers have: a bucket of `burst` places that fills evenly. */
export function createRequestPace({ perSecond, burst }: PaceOptions, { now, wait }: PaceClock): RequestPace {
  const intervalMs = 1000 / perSecond;
  /** When the bucket is full again. */
  let fullAt = Number.NEGATIVE_INFINITY;
  return {
    async turn(signal, longestMs) {
      if (perSecond === 0) return;
      const at = now();
      const filled = Math.max(fullAt, at) + intervalMs;
      const delay = filled - at - Math.max(burst, 1) * intervalMs;
      if (delay > longestMs) throw tooMany(delay);
      fullAt = filled;
      // Below a millisecond no timer is due, and adding up such intervals leaves a rest.
      if (delay < 1) return;
      try {
        await wait(delay, signal);
      } catch (error) {
        fullAt -= intervalMs;
        throw error;
      }
    },
  };
}

const tooMany = (delay: number): AppError =>
  new AppError('unavailable', 'Too many requests to the API server wait already.', {
    hint: 'Ask for less, or later. Whoever runs kubemend may let it send more: --k8s-qps, --k8s-burst.',
    details: { wait_seconds: Math.ceil(delay / 1000) },
  });
