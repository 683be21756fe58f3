import { LRUCache } from 'lru-cache';
import { createSharing } from '../../platform/sharing.ts';
import type { ClusterMetrics } from './rest.ts';

export interface Weighed<T> {
  readonly value: T;
  /** Bytes of the answers that it was made of. */
  readonly bytes: number;
}

/** Remembers answers for a while, and asks only once for what is being asked for already. */
export interface ReadCache<T extends object> {
  get(key: string, signal: AbortSignal, load: (signal: AbortSignal) => Promise<Weighed<T>>): Promise<T>;
  /** Forgets one answer: whoever asks next hears what holds then. */
  forget(key: string): void;
  clear(): void;
}

export interface ReadCacheOptions {
  /** 0 remembers nothing. */
  readonly ttlMs: number;
  readonly maximumBytes: number;
  readonly metrics: Pick<ClusterMetrics, 'cacheRequest'>;
  /** What metrics call it. */
  readonly name?: 'reads' | 'access';
  /** Milliseconds that only grow; for tests. */
  readonly clock?: { now(): number } | undefined;
}

export function createReadCache<T extends object>({
  ttlMs,
  maximumBytes,
  metrics,
  name = 'reads',
  clock,
}: ReadCacheOptions): ReadCache<T> {
  const share = createSharing<T>();
  const answers = new LRUCache<string, T>({
    maxSize: maximumBytes,
    ttl: Math.max(1, ttlMs),
    ...(clock !== undefined && { perf: clock, ttlResolution: 0 }),
  });

  return {
    async get(key, signal, load) {
      signal.throwIfAborted();
      const kept = answers.get(key);
      if (kept !== undefined) {
        metrics.cacheRequest(name, 'hit');
        return kept;
      }
      let result: 'miss' | 'shared' = 'miss';
      const sharedLoad = share(
        key,
        signal,
        async (ownSignal) => {
          const { value, bytes } = await load(ownSignal);
          if (ttlMs > 0) answers.set(key, value, { size: Math.max(1, bytes) });
          return value;
        },
        () => {
          result = 'shared';
        },
      );
      metrics.cacheRequest(name, result);
      return sharedLoad;
    },
    forget: (key) => void answers.delete(key),
    clear: () => answers.clear(),
  };
}
