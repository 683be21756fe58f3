import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/platform/errors.ts';
import { noMetrics } from '../../../src/platform/metrics.ts';
import { createRateLimiter, noRateLimit } from '../../../src/platform/rate-limit.ts';
import type { SharedRedis } from '../../../src/platform/redis.ts';

const window = { windowSeconds: 60, metrics: noMetrics };

describe('a limit of calls', () => {
  it('lets as many calls through as a window has, then says when to come back', async () => {
    const limiter = createRateLimiter({ ...window, requests: 2 });

    expect(await limiter.take('a')).toEqual({
      allowed: true,
      limit: 2,
      windowSeconds: 60,
      remaining: 1,
      resetSeconds: 60,
    });
    expect(await limiter.take('a')).toMatchObject({ allowed: true, remaining: 0 });
    expect(await limiter.take('a')).toMatchObject({ allowed: false, remaining: 0, resetSeconds: 60 });
  });

  it('counts callers apart', async () => {
    const limiter = createRateLimiter({ ...window, requests: 1 });

    expect(await limiter.take('a')).toMatchObject({ allowed: true });
    expect(await limiter.take('b')).toMatchObject({ allowed: true });
  });

  it('is not lifted by calls at the same moment', async () => {
    const limiter = createRateLimiter({ ...window, requests: 10 });

    const decisions = await Promise.all(Array.from({ length: 50 }, () => limiter.take('a')));

    expect(decisions.filter((decision) => decision?.allowed)).toHaveLength(10);
  });

  it('tells what it decided', async () => {
    const decided: string[] = [];
    const metrics = { ...noMetrics, rateLimit: (decision: string) => decided.push(decision) };
    const limiter = createRateLimiter({ ...window, metrics, requests: 1 });

    await limiter.take('a');
    await limiter.take('a');

    expect(decided).toEqual(['allowed', 'limited']);
  });
});

describe('a limit that a Redis shares, which does not answer', () => {
  const gone = (): SharedRedis & { asked: number } => ({
    asked: 0,
    async ask() {
      this.asked++;
      throw new AppError('unavailable', 'Redis does not answer.');
    },
    close() {},
  });

  it('is counted here, as if each replica had its part', async () => {
    let fallbacks = 0;
    const metrics = { ...noMetrics, rateLimitFallback: () => void fallbacks++ };
    const limiter = createRateLimiter({ ...window, metrics, requests: 20, redis: gone() });

    const decisions = [await limiter.take('a'), await limiter.take('a'), await limiter.take('a')];

    expect(decisions.map((decision) => decision?.allowed)).toEqual([true, true, false]);
    expect(decisions[0]).toMatchObject({ limit: 2 });
    expect(fallbacks).toBe(3);
  });

  it('leaves one call, however small the limit is', async () => {
    const limiter = createRateLimiter({ ...window, requests: 1, redis: gone() });

    expect(await limiter.take('a')).toMatchObject({ allowed: true, limit: 1 });
  });

  it('does not wait for it at every call, and asks it again after a while', async () => {
    let now = 0;
    const redis = gone();
    const limiter = createRateLimiter({ ...window, requests: 1_000, redis, now: () => now });

    for (let call = 0; call < 5; call++) await limiter.take('a');
    expect(redis.asked).toBe(1);
    now = 5_000;
    await limiter.take('a');
    expect(redis.asked).toBe(2);
  });
});

describe('no limit', () => {
  it('lets every call through', async () => {
    expect(await noRateLimit.take('a')).toBeUndefined();
  });
});
