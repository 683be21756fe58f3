import type { RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import type { Metrics } from './metrics.ts';
import type { SharedRedis } from './redis.ts';

/** How a caller stands after one call was counted. */
export interface RateDecision {
  readonly allowed: boolean;
  /** Calls that a window has, and its length in s. */
  readonly limit: number;
  readonly windowSeconds: number;
  readonly remaining: number;
  /** Seconds until the window ends, 1 at least. */
  readonly resetSeconds: number;
}

/** Whether a caller may call now. */
export interface RateLimiter {
  /** Counts one call. `undefined` where nothing is limited. */
  take(caller: string): Promise<RateDecision | undefined>;
}

export const noRateLimit: RateLimiter = { take: async () => undefined };

export interface RateLimitOptions {
  readonly requests: number;
  readonly windowSeconds: number;
  /** Counts for all replicas together. */
  readonly redis?: SharedRedis | undefined;
  readonly metrics: Pick<Metrics, 'rateLimit' | 'rateLimitFallback'>;
  /** Milliseconds since some moment. */
  readonly now?: () => number;
}

/** While Redis is away each replica counts alone, as if there were as many as may be (HorizontalPodAutoscaler of k8s/). */
const mostReplicas = 10;
/** How long Redis is not asked after it did not answer, in ms: not every call shall wait for it. */
const restMs = 5_000;

/**
 * At most `requests` calls of each caller in windows of `windowSeconds`: counted in this process, or by a Redis for all
 * replicas. A Redis that does not answer limits nobody's access; it is counted here then, more strictly.
 */
export function createRateLimiter(options: RateLimitOptions): RateLimiter {
  const { redis, metrics, now = () => performance.now() } = options;
  const here = inMemory(options, redis === undefined ? 1 : mostReplicas);
  const shared = redis && inRedis(options, redis);
  let restUntil = 0;

  async function counted(caller: string): Promise<RateDecision> {
    if (shared === undefined) return here(caller);
    if (now() >= restUntil) {
      try {
        return await shared(caller);
      } catch {
        restUntil = now() + restMs;
      }
    }
    metrics.rateLimitFallback();
    return here(caller);
  }

  return {
    async take(caller) {
      const decision = await counted(caller);
      metrics.rateLimit(decision.allowed ? 'allowed' : 'limited');
      return decision;
    },
  };
}

type Counting = (caller: string) => Promise<RateDecision>;

function inMemory({ requests, windowSeconds }: RateLimitOptions, replicas: number): Counting {
  const limit = Math.max(1, Math.floor(requests / replicas));
  // Loaded at the first call: whoever starts us waits for the first answer, which needs none of it.
  const limiter = once(async () => {
    const { RateLimiterMemory } = await import('./rate-limiters.ts');
    return new RateLimiterMemory({ points: limit, duration: windowSeconds });
  });
  return async (caller) => decided(await consumed(await limiter(), caller), { limit, windowSeconds });
}

/** Of every key. */
const keyPrefix = 'kubemend:calls';

function inRedis({ requests, windowSeconds }: RateLimitOptions, redis: SharedRedis): Counting {
  let limiter: RateLimiterAbstract | undefined;
  return async (caller) => {
    const { RateLimiterRedis } = await import('./rate-limiters.ts');
    const result = await redis.ask((storeClient) => {
      limiter ??= new RateLimiterRedis({ storeClient, keyPrefix, points: requests, duration: windowSeconds });
      return consumed(limiter, caller);
    });
    return decided(result, { limit: requests, windowSeconds });
  };
}

interface Consumed {
  readonly allowed: boolean;
  readonly result: RateLimiterRes;
}

/** The library rejects with its result when there are no calls left, and with an error when it cannot count. */
async function consumed(limiter: RateLimiterAbstract, caller: string): Promise<Consumed> {
  try {
    return { allowed: true, result: await limiter.consume(caller) };
  } catch (result) {
    const { RateLimiterRes: Result } = await import('./rate-limiters.ts');
    if (result instanceof Result) return { allowed: false, result };
    throw result;
  }
}

const decided = (
  { allowed, result }: Consumed,
  window: Pick<RateDecision, 'limit' | 'windowSeconds'>,
): RateDecision => ({
  allowed,
  ...window,
  remaining: Math.max(0, result.remainingPoints),
  resetSeconds: Math.max(1, Math.ceil(result.msBeforeNext / 1000)),
});

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
