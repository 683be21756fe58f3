import type { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { createClaims } from '../../../src/platform/claims.ts';
import { AppError } from '../../../src/platform/errors.ts';

const down = new AppError('unavailable', 'Redis does not answer in time.', { details: { redis: 'timeout' } });

/** What claims need of a Redis; `fails` lets it do the next command and lose the answer. */
function aRedis() {
  const keys = new Map<string, string>();
  const calls: string[] = [];
  const state = { fails: false, keys, calls, closed: false };
  const client = {
    async set(key: string, value: string, ...options: readonly (string | number)[]) {
      calls.push(`SET ${options.join(' ')}`);
      if (keys.has(key)) return null;
      keys.set(key, value);
      return 'OK';
    },
    async eval(_: string, __: number, key: string, value: string) {
      calls.push('EVAL');
      return keys.get(key) === value && keys.delete(key) ? 1 : 0;
    },
  } as unknown as Redis;
  return {
    state,
    async ask<T>(command: (connected: Redis) => Promise<T>): Promise<T> {
      const lost = state.fails;
      state.fails = false;
      const answer = await command(client);
      if (lost) throw down;
      return answer;
    },
    close() {
      state.closed = true;
    },
  };
}

const plan = { cluster: 'prod', id: 'a1' };
const claimsOf = (redis: ReturnType<typeof aRedis>, holder = 'host-1') =>
  createClaims({ holder, redis: async () => redis });

describe('a claim', () => {
  it('is made once, and kept for an hour under a digest of the plan', async () => {
    const redis = aRedis();
    await claimsOf(redis).claim(plan);

    expect(redis.state.calls).toEqual(['SET EX 3600 NX']);
    expect([...redis.state.keys]).toEqual([
      [expect.stringMatching(/^kubemend:approval:prod:[0-9a-f]{64}$/), expect.stringMatching(/^host-1 /)],
    ]);
    await expect(claimsOf(redis, 'host-2').claim(plan)).rejects.toMatchObject({
      code: 'conflict',
      hint: expect.stringContaining('list_actions'),
    });
  });

  it('of the same plan by the same process is another one', async () => {
    const claims = claimsOf(aRedis());
    await claims.claim(plan);

    await expect(claims.claim(plan)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('on another cluster, or of another plan, is another one', async () => {
    const claims = claimsOf(aRedis());
    await claims.claim(plan);

    await expect(claims.claim({ ...plan, cluster: 'test' })).resolves.toBeTypeOf('function');
    await expect(claims.claim({ ...plan, id: 'a2' })).resolves.toBeTypeOf('function');
  });

  it('that was given back can be made again, and is not given back twice', async () => {
    const redis = aRedis();
    const giveBack = await claimsOf(redis).claim(plan);
    await giveBack();
    await claimsOf(redis, 'host-2').claim(plan);
    await giveBack();

    expect(redis.state.keys.size).toBe(1);
  });

  it('whose answer was lost is taken back, and says that the plan is as it was', async () => {
    const redis = aRedis();
    redis.state.fails = true;

    await expect(claimsOf(redis).claim(plan)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('Nothing has changed.'),
      hint: 'The plan stays as it is: approve it again once Redis answers.',
      details: { redis: 'timeout' },
    });
    expect(redis.state.calls).toEqual(['SET EX 3600 NX', 'EVAL']);
    expect(redis.state.keys.size).toBe(0);
  });
});

describe('claims', () => {
  it('say when none could be made', async () => {
    const redis = aRedis();
    await expect(claimsOf(redis).check()).resolves.toBeUndefined();
    redis.state.fails = true;

    await expect(claimsOf(redis).check()).rejects.toBe(down);
  });
});
