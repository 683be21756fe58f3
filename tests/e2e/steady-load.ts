import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';

/** Calls at a steady pace, from several clients at once. */
export interface SteadyLoad {
  /** Ends it; the last answers are waited for. What each failed call saw. */
  stop(): Promise<{ readonly sent: number; readonly failed: readonly string[] }>;
}

/** @param call says the status of its answer; throws when there was none. */
export function aSteadyLoad(perSecond: number, call: () => Promise<number>): SteadyLoad {
  const calls: Promise<void>[] = [];
  const failed: string[] = [];
  const end = new AbortController();

  async function one(): Promise<void> {
    try {
      const status = await call();
      if (status !== 200) failed.push(String(status));
    } catch (error) {
      failed.push(inspect(error));
    }
  }
  const sending = (async () => {
    while (!end.signal.aborted) {
      calls.push(one());
      await sleep(1000 / perSecond);
    }
  })();

  return {
    async stop() {
      end.abort();
      await sending;
      await Promise.all(calls);
      return { sent: calls.length, failed };
    },
  };
}
