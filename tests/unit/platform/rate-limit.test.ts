import { describe, expect, it } from 'vitest';
import { createRateLimiter, noRateLimit } from '../../../src/platform/rate-limit.ts';

describe('createRateLimiter', () => {
  it('lets as many calls through as a window has, then says when to come back', async () => {
    const limiter = createRateLimiter(2, 60);

    expect(await limiter.take('a')).toBeUndefined();
    expect(await limiter.take('a')).toBeUndefined();
    expect(await limiter.take('a')).toBe(60);
  });

  it('counts callers apart', async () => {
    const limiter = createRateLimiter(1, 60);

    expect(await limiter.take('a')).toBeUndefined();
    expect(await limiter.take('b')).toBeUndefined();
  });
});

describe('noRateLimit', () => {
  it('lets every call through', async () => {
    expect(await noRateLimit.take('a')).toBeUndefined();
  });
});
