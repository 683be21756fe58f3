import type { Settings } from '../platform/config.ts';
import type { Logger } from '../platform/logging.ts';
import type { SharedRedis } from '../platform/redis.ts';

/** The one connection of this process to the Redis that replicas share. */
export interface RedisAccess {
  /** Absent where no Redis is named. Its client is loaded, and connects, when it is first asked. */
  readonly open: (() => Promise<SharedRedis>) | undefined;
  close(): Promise<void>;
}

export function redisOf({ redisUrl: url }: Settings, log: Logger): RedisAccess {
  let opened: Promise<SharedRedis> | undefined;
  const open = (of: string) => (): Promise<SharedRedis> => {
    opened ??= import('../platform/redis.ts').then(({ openRedis }) => openRedis(of, log));
    return opened;
  };
  return { open: url === undefined ? undefined : open(url), close: async () => (await opened)?.close() };
}
