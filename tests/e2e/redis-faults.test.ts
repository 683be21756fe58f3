import { afterEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/platform/logging.ts';
import { createPrometheusMetrics } from '../../src/platform/prometheus.ts';
import { createRateLimiter } from '../../src/platform/rate-limit.ts';
import { openRedis } from '../../src/platform/redis.ts';
import { somePipeline } from '../integration/transports/fixtures.ts';
import { aPost } from '../integration/transports/http-fixture.ts';
import { aRunningService } from '../integration/transports/service-fixture.ts';
import { aFaultProxy, type Fault } from '../support/fault-proxy.ts';
import { aRedisServer } from '../support/redis-server.ts';

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

/** A service that lets twenty calls through in a minute, counted by a Redis behind a proxy. */
async function aService(flags: readonly string[] = []) {
  const redis = await aRedisServer(flags);
  const proxy = await aFaultProxy(redis.port);
  const lines: string[] = [];
  const stream = { write: (line: string) => lines.push(line) > 0, writableLength: 0, on: () => {} };
  const shared = openRedis(`redis://127.0.0.1:${proxy.port}`, createLogger({ level: 'info', format: 'json', stream }));
  const metrics = createPrometheusMetrics({ version: '0.0.0', nodeVersion: 'v24', tools: [] });
  let ahead = 0;
  const limiter = createRateLimiter({
    requests: 20,
    windowSeconds: 60,
    redis: shared,
    metrics,
    now: () => performance.now() + ahead,
  });
  const service = await aRunningService({ pipeline: somePipeline({ limiter }), metrics });
  ending.push(
    () => redis[Symbol.asyncDispose](),
    () => proxy[Symbol.asyncDispose](),
    () => shared.close(),
    () => service.stop(),
  );
  return {
    proxy,
    lines,
    health: async () => (await fetch(`${service.url}/health`)).status,
    ready: async () => (await fetch(`${service.url}/ready`)).status,
    /** How many of so many calls are let through; the others are 429. */
    passed: async (calls: number): Promise<number> => {
      const statuses: number[] = [];
      for (let call = 0; call < calls; call++)
        statuses.push((await fetch(`${service.url}/api/v1/tools/echo_text`, aPost({ text: 'x' }))).status);
      expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([]);
      return statuses.filter((status) => status === 200).length;
    },
    /** As if the time had passed after which Redis is asked again. */
    later: () => {
      ahead += 6_000;
    },
    fallbacks: async () => {
      const { text } = await metrics.expose();
      return Number(/^mcp_rate_limit_fallback_total (\d+)/m.exec(text)?.[1]);
    },
  };
}

describe('a Redis that counts calls', { timeout: 30_000 }, () => {
  it.each<readonly [string, Fault]>([
    ['closes connections', 'close'],
    ['says nothing', 'hang'],
    ['stops in the middle of an answer', { hangAfter: 1 }],
    ['resets in the middle of an answer', { resetAfter: 1 }],
    ['speaks another language', { says: 'HTTP/1.1 400 Bad Request\r\n\r\n' }],
    ['is too slow', { lateMs: 1_000 }],
  ])('%s: each replica lets a tenth through, and counts with it again once it is back', async (_what, fault) => {
    const { proxy, lines, passed, later, fallbacks, health, ready } = await aService();
    expect(await passed(5)).toBe(5);
    proxy.fault = fault;

    expect(await passed(10)).toBe(2);
    expect([await health(), await ready(), await fallbacks()]).toEqual([200, 200, 10]);
    expect(lines.filter((line) => line.includes('Redis cannot be asked')).length).toBeLessThanOrEqual(3);
    proxy.fault = undefined;
    await expect
      .poll(
        async () => {
          later();
          return (await passed(20)) > 0;
        },
        { timeout: 10_000 },
      )
      .toBe(true);
    // It has counted the calls before, so that nobody gains by an outage.
    later();
    expect(await passed(5)).toBe(0);
  });

  it.each<readonly [string, Fault]>([
    ['a few bytes at a time', { piece: 8, everyMs: 0 }],
    ['a little late', { lateMs: 50 }],
  ])('that answers %s is as good as any', async (_what, fault) => {
    const { proxy, passed, fallbacks } = await aService();
    proxy.fault = fault;

    expect([await passed(25), await fallbacks()]).toEqual([20, 0]);
  });

  it('and is read-only counts nothing: each replica lets a tenth through', async () => {
    const { passed, fallbacks } = await aService(['--replicaof', '127.0.0.1', '1', '--replica-read-only', 'yes']);

    expect([await passed(10), await fallbacks()]).toEqual([2, 10]);
  });
});
