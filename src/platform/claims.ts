import { randomUUID } from 'node:crypto';
import { digestOf } from './digest.ts';
import { AppError } from './errors.ts';
import type { SharedRedis } from './redis.ts';

interface ClaimsOptions {
  /** Names this process, for whoever looks at a key. */
  readonly holder: string;
  /** Called at each claim. */
  readonly redis: () => Promise<SharedRedis>;
}

/** Of every key. */
const prefix = 'kubemend:';
/** Longer than any plan is valid. */
const keptSeconds = 3600;

/** Deletes a key as long as it has our value. */
const deleteOwn = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0";

/** Gives a plan to one of several replicas, by `SET NX EX` in the Redis that they share. */
export function createClaims({ holder, redis }: ClaimsOptions) {
  return {
    /** @throws AppError `unavailable` when Redis does not answer, or takes no writes. */
    async check(): Promise<void> {
      await (await redis()).ask((client) => client.set(`${prefix}check`, holder, 'EX', 1));
    },

    /**
     * Resolves with how the plan is given back, for when it was not taken after all.
     * @throws AppError `conflict` when another process has or had it; `unavailable` when nobody can tell, and then the plan
     * is as it was.
     */
    async claim(plan: { readonly cluster: string; readonly id: string }): Promise<() => Promise<void>> {
      const server = await redis();
      const [key, value] = [keyOf(plan), `${holder} ${randomUUID()}`];
      // Whatever comes of that: the key runs out, and nothing depends on it.
      const giveBack = () => server.ask((client) => client.eval(deleteOwn, 1, key, value)).then(noop, noop);
      let answer: string | null;
      try {
        answer = await server.ask((client) => client.set(key, value, 'EX', keptSeconds, 'NX'));
      } catch (error) {
        // A server that hangs may still do it; it then does this too, as it comes by the same connection.
        void giveBack();
        throw error instanceof AppError ? stillPlanned(error) : error;
      }
      if (answer === 'OK') return giveBack;
      throw new AppError('conflict', 'Another process has taken this approval. Nothing was changed by this one.', {
        hint: 'list_actions shows how it stands. If it stays planned, that process has ended: plan it again.',
      });
    },
  };
}

const noop = (): void => {};

const keyOf = ({ cluster, id }: { readonly cluster: string; readonly id: string }): string =>
  `${prefix}approval:${cluster}:${digestOf(id)}`;

const stillPlanned = ({ code, message, details }: AppError): AppError =>
  new AppError(code, `${message} Without it nobody knows whether this approval was used. Nothing has changed.`, {
    hint: 'The plan stays as it is: approve it again once Redis answers.',
    details,
  });
