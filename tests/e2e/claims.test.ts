import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createClaims } from '../../src/platform/claims.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { openRedis } from '../../src/platform/redis.ts';
import { aRedisServer, type RedisServer } from '../support/redis-server.ts';

const ending: (() => PromiseLike<unknown>)[] = [];
afterEach(() => Promise.all(ending.splice(0).map((end) => end())));

async function redis(...flags: readonly string[]): Promise<RedisServer> {
  const server = await aRedisServer(flags);
  ending.push(() => server[Symbol.asyncDispose]());
  return server;
}

type Plan = Parameters<ReturnType<typeof createClaims>['claim']>[0];

/** What a replica claims plans with, and all that it logs. */
function replica(url: string, holder = 'replica-1') {
  const lines: string[] = [];
  const stream = { write: (line: string) => lines.push(line) > 0, writableLength: 0, on: () => {} };
  const log = createLogger({ level: 'debug', format: 'json', stream });
  const shared = openRedis(url, log);
  const claims = createClaims({ holder, redis: async () => shared });
  ending.push(async () => shared.close());
  return { check: () => claims.check(), claim: (wanted: Plan) => claims.claim(wanted), lines };
}

const plan = (id: string): Plan => ({ cluster: 'prod', id });
const outcome = (claimed: Promise<unknown>): Promise<string> =>
  claimed.then(
    () => 'claimed',
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );

/** How it ended, and whether about within a second, as is promised. */
async function timed(claimed: () => Promise<unknown>) {
  const began = performance.now();
  const said = await outcome(claimed());
  return { said, soon: performance.now() - began < 1_500 };
}

describe('replicas that share a Redis', () => {
  it('claim each plan once, whoever is first', async () => {
    const { url, ask } = await redis();
    const replicas = ['a', 'b', 'c', 'd'].map((holder) => replica(url, holder));
    const ids = Array.from({ length: 250 }, (_, index) => `plan-${index}`);

    const ended: string[][] = [];
    // Redis has 200 ms for each, and all at once might take longer.
    for (let next = 0; next < ids.length; next += 25) {
      const some = ids.slice(next, next + 25);
      const claimed = some.map((id) => Promise.all(replicas.map(({ claim }) => outcome(claim(plan(id))))));
      ended.push(...(await Promise.all(claimed)));
    }

    const conflict = 'conflict: Another process has taken this approval. Nothing was changed by this one.';
    expect(ended.map((each) => each.toSorted())).toEqual(ids.map(() => ['claimed', conflict, conflict, conflict]));
    expect(await ask('DBSIZE')).toBe(':250');
  });

  it('keep a claim longer than a plan is valid, under a name that does not tell its id', async () => {
    const { url, ask } = await redis();
    await replica(url, 'host-1').claim(plan('plan-1'));
    const [, , , key = ''] = (await ask('KEYS', 'kubemend:*')).split(/\r?\n|\$/);

    expect(key).toMatch(/^kubemend:approval:prod:[0-9a-f]{64}$/);
    expect(Number((await ask('TTL', key)).slice(1))).toBeGreaterThan(3_500);
    expect(await ask('GET', key)).toContain('host-1 ');
  });

  it('may claim again what was given back, by whoever had it only', async () => {
    const { url } = await redis();
    const [one, two] = [replica(url, 'one'), replica(url, 'two')];
    const giveBack = await one.claim(plan('plan-1'));
    await giveBack();
    await two.claim(plan('plan-1'));
    await giveBack();

    expect(await outcome(one.claim(plan('plan-1')))).toContain('conflict');
  });
});

describe('a Redis that was killed', () => {
  it('lets nothing be claimed until it is back, whether it was known before or not', async () => {
    const { url, signal, start } = await redis();
    const [known, fresh] = [replica(url), replica(url)];
    await known.check();
    await signal('SIGKILL');

    const refused = [await timed(() => known.claim(plan('plan-1'))), await timed(() => fresh.claim(plan('plan-1')))];
    const said = expect.stringMatching(/^unavailable: Redis does not answer \(.+\)\. .* Nothing has changed\.$/);
    expect(refused).toEqual(refused.map(() => ({ said, soon: true })));

    await start();
    expect(await outcome(known.claim(plan('plan-1')))).toBe('claimed');
    expect(await outcome(fresh.claim(plan('plan-2')))).toBe('claimed');
    expect(known.lines.filter((line) => line.includes('Redis cannot be asked')).length).toBeLessThanOrEqual(2);
  });
});

describe('a Redis that hangs', () => {
  it('lets nothing be claimed, within a second, and nothing is claimed once it goes on', async () => {
    const { url, signal, ask } = await redis();
    const [known, fresh] = [replica(url), replica(url)];
    await known.check();
    await signal('SIGSTOP');

    const refused = [await timed(() => known.claim(plan('plan-1'))), await timed(() => fresh.claim(plan('plan-1')))];
    const said = expect.stringMatching(/^unavailable: Redis does not answer in time\./);
    expect(refused).toEqual(refused.map(() => ({ said, soon: true })));

    await signal('SIGCONT');
    await sleep(300);
    expect(await ask('KEYS', 'kubemend:approval:*')).toBe('*0');
    expect(await outcome(fresh.claim(plan('plan-1')))).toBe('claimed');
  });
});

describe('a Redis that cannot be used', () => {
  const dead = ['--replicaof', '127.0.0.1', '1'];

  it.each<[string, readonly string[], (url: string) => string, string]>([
    [
      'a read-only replica',
      [...dead, '--replica-read-only', 'yes'],
      (url) => url,
      'Redis is read-only: it is a replica.',
    ],
    [
      'one with another password',
      ['--requirepass', 'right-Horse'],
      (url) => url.replace('//', '//:hunter2-Secret@'),
      'Redis does not take the user or the password of REDIS_URL.',
    ],
    [
      'one whose password is not given',
      ['--requirepass', 'right-Horse'],
      (url) => url,
      'Redis wants a password, and REDIS_URL has none.',
    ],
    ['one that speaks no TLS', [], (url) => url.replace('redis:', 'rediss:'), 'Redis does not answer'],
    ['one that is full', ['--maxmemory', '1'], (url) => url, 'Redis has no memory left.'],
  ])('as %s lets nothing be claimed, and says why without any secret', async (_, flags, address, why) => {
    const { url } = await redis(...flags);
    const { claim, lines } = replica(address(url));

    const { said, soon } = await timed(() => claim(plan('plan-1')));

    expect([said, soon]).toEqual([expect.stringContaining(`unavailable: ${why}`), true]);
    expect(await outcome(replica(address(url)).check())).toContain(`unavailable: ${why}`);
    expect(`${said}${lines.join('')}`).not.toMatch(/hunter2|right-Horse/);
  });

  it('with the right password it can', async () => {
    const { url } = await redis('--requirepass', 'right-Horse');

    expect(await outcome(replica(url.replace('//', '//:right-Horse@')).claim(plan('plan-1')))).toBe('claimed');
  });
});
