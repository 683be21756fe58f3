/** Whether a caller may call now, and if not, when. */
export interface RateLimiter {
  /** Counts one call; `undefined` when it is allowed, else the seconds until the next one would be. */
  take(caller: string): Promise<number | undefined>;
}

export const noRateLimit: RateLimiter = { take: async () => undefined };

/** Callers that are remembered; beyond it the one that called longest ago starts afresh. */
const maxCallers = 10_000;

/** At most `requests` calls of each caller in windows of `windowSeconds`, counted in this process. */
export function createRateLimiter(requests: number, windowSeconds: number): RateLimiter {
  const windows = (async () => {
    const { LRUCache } = await import('lru-cache');
    return new LRUCache<string, { used: number }>({ max: maxCallers, ttl: windowSeconds * 1000 });
  })();
  return {
    async take(caller) {
      const cache = await windows;
      const window = cache.get(caller) ?? { used: 0 };
      if (window.used === 0) cache.set(caller, window);
      window.used++;
      return window.used <= requests ? undefined : Math.max(1, Math.ceil(cache.getRemainingTTL(caller) / 1000));
    },
  };
}
