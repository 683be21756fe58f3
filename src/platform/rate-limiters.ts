/** What kubemend uses of the library: a module of CommonJS, which has no names of its own when it is imported dynamically. */
export { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
