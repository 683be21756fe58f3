import { afterAll, beforeAll, expect, it } from 'vitest';
import { aRedisServer, type RedisServer } from '../support/redis-server.ts';
import { aService, eventually, type Service } from './bed.ts';

let redis: RedisServer;
let replicas: readonly Service[];

beforeAll(async () => {
  redis = await aRedisServer();
  const env = { REDIS_URL: redis.url, RATE_LIMIT_REQUESTS: '20', RATE_LIMIT_WINDOW: '5' };
  replicas = await Promise.all([aService(['--demo'], env), aService(['--demo'], env)]);
});

afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  await redis[Symbol.asyncDispose]();
});

const call = ({ url }: Service): Promise<Response> =>
  fetch(`${url}/api/v1/tools/list_clusters`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });

/** How many of so many calls, to both replicas in turn, are let through. */
async function passed(calls: number): Promise<number> {
  const turns = Array.from({ length: calls }, (_, turn) => replicas[turn % 2]).flatMap((replica) => replica ?? []);
  const statuses = await Promise.all(turns.map(async (replica) => (await call(replica)).status));
  expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([]);
  return statuses.filter((status) => status === 200).length;
}

const aNewWindow = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5_500));

/** Redis has 200 ms for an answer, and a replica that has just begun may need them itself: then it counts alone for a while. */
const shared = (): Promise<void> =>
  eventually(
    async () => {
      await aNewWindow();
      expect(await passed(60)).toBe(20);
    },
    { seconds: 40 },
  );

it('is one limit for all replicas, and says how much of it is left', async () => {
  await shared();

  const [replica] = replicas;
  const { status, headers } = replica === undefined ? await Promise.reject(new Error('none')) : await call(replica);
  expect([status, headers.get('ratelimit-policy'), headers.get('ratelimit')]).toEqual([
    429,
    '"calls";q=20;w=5',
    expect.stringMatching(/^"calls";r=0;t=[1-5]$/),
  ]);
  expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
});

it.each([
  ['was killed', 'SIGKILL', () => redis.start()],
  ['hangs', 'SIGSTOP', () => redis.signal('SIGCONT')],
] as const)('is smaller while Redis %s, not gone, and one again afterwards', async (_, signal, back) => {
  await aNewWindow();
  await redis.signal(signal);
  const startedAt = Date.now();

  // Each replica alone has a tenth.
  expect(await passed(60)).toBe(4);
  expect(Date.now() - startedAt).toBeLessThan(4_000);

  await back();
  await shared();
});
