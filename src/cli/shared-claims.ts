import { createClaims } from '../platform/claims.ts';
import type { Logger } from '../platform/logging.ts';

/** Claims by the Redis of a URL; its client is loaded, and connects, when it is first asked. */
export const claimsBy = (url: string, holder: string, log: Logger) =>
  createClaims({
    holder,
    async redis() {
      const { openRedis } = await import('../platform/redis.ts');
      return openRedis(url, log);
    },
  });
