import { describe, expect, it } from 'vitest';
import { createReadCache } from '../../../src/kubernetes/live/read-cache.ts';
import { noMetrics } from '../../../src/platform/metrics.ts';
import { createSharing } from '../../../src/platform/sharing.ts';

const signal = new AbortController().signal;

describe('sharing', () => {
  it('runs equal work once', async () => {
    const share = createSharing<object>();
    const { promise, resolve } = Promise.withResolvers<object>();
    let runs = 0;
    const work = async () => {
      runs += 1;
      return promise;
    };

    const both = Promise.all([share('a', signal, work), share('a', signal, work)]);
    resolve({});
    const [first, second] = await both;

    expect([runs, first === second]).toEqual([1, true]);
  });

  it('runs it again once it has ended, well or not', async () => {
    const share = createSharing<number>();
    await expect(share('a', signal, () => Promise.reject(new Error('bad')))).rejects.toThrow('bad');

    expect([await share('a', signal, async () => 1), await share('a', signal, async () => 2)]).toEqual([1, 2]);
  });

  it('leaves the others their answer when one gives up', async () => {
    const share = createSharing<number>();
    const impatient = new AbortController();
    const { promise, resolve } = Promise.withResolvers<number>();

    const first = share('a', impatient.signal, () => promise);
    const second = share('a', signal, () => promise);
    impatient.abort(new Error('enough'));
    resolve(7);

    await expect(first).rejects.toThrow('enough');
    expect(await second).toBe(7);
  });

  it('aborts the work when the last one gives up; who comes after starts anew', async () => {
    const share = createSharing<number>();
    const [one, two] = [new AbortController(), new AbortController()];
    let seen: AbortSignal | undefined;
    const work = (own: AbortSignal) => {
      seen = own;
      return new Promise<number>(() => {});
    };

    const waiting = [share('a', one.signal, work), share('a', two.signal, work)];
    one.abort(new Error('enough'));
    await Promise.allSettled(waiting.slice(0, 1));
    const before = seen?.aborted;
    two.abort(new Error('enough'));
    await Promise.allSettled(waiting);

    expect([before, seen?.aborted]).toEqual([false, true]);
    expect(await share('a', signal, async () => 3)).toBe(3);
  });

  it('does nothing for one who gave up before', async () => {
    await expect(createSharing<number>()('a', AbortSignal.abort(new Error('enough')), async () => 1)).rejects.toThrow(
      'enough',
    );
  });
});

describe('the cache of reads', () => {
  const caching = (options: { ttlMs?: number; maximumBytes?: number } = {}) => {
    const counted: string[] = [];
    const time = { value: 1000 };
    const metrics = { ...noMetrics, cacheRequest: (_cache: string, result: string) => void counted.push(result) };
    const clock = { now: () => time.value };
    const cache = createReadCache<{ at: number }>({ ttlMs: 30_000, maximumBytes: 1000, metrics, clock, ...options });
    let loads = 0;
    const ask = (key: string, bytes = 10) => cache.get(key, signal, async () => ({ value: { at: ++loads }, bytes }));
    return { cache, ask, counted, time };
  };

  it('answers for as long as it may', async () => {
    const { ask, time, counted } = caching();

    const first = await ask('a');
    time.value += 29_999;
    const second = await ask('a');
    time.value += 2;
    const third = await ask('a');

    expect([first.at, second.at, third.at]).toEqual([1, 1, 2]);
    expect(counted).toEqual(['miss', 'hit', 'miss']);
  });

  it('counts a read that is shared', async () => {
    const { ask, counted } = caching();

    await Promise.all([ask('a'), ask('a')]);

    expect(counted).toEqual(['miss', 'shared']);
  });

  it('forgets the oldest when full, and keeps nothing larger than itself', async () => {
    const { ask } = caching();

    await ask('a', 600);
    await ask('b', 600);
    await ask('c', 5000);

    expect([(await ask('b')).at, (await ask('a')).at, (await ask('c')).at]).toEqual([2, 4, 5]);
  });

  it('keeps nothing when told so, or cleared', async () => {
    const off = caching({ ttlMs: 0 });
    const cleared = caching();
    await cleared.ask('a');
    cleared.cache.clear();

    expect([(await off.ask('a')).at, (await off.ask('a')).at, (await cleared.ask('a')).at]).toEqual([1, 2, 2]);
  });
});
