import type { RateDecision } from '../platform/rate-limit.ts';

/** Names the one limit there is. */
const name = '"calls"';

/** How the caller stands, as draft-ietf-httpapi-ratelimit-headers says it. */
export const rateHeaders = ({ limit, windowSeconds, remaining, resetSeconds }: RateDecision) => ({
  'RateLimit-Policy': `${name};q=${limit};w=${windowSeconds}`,
  RateLimit: `${name};r=${remaining};t=${resetSeconds}`,
});
