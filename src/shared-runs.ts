import type { Caller } from './caller.ts';
import type { FitResult } from './outcome.ts';
import { canonical } from './platform/digest.ts';
import { createSharing } from './platform/sharing.ts';
import { createTurns } from './platform/turns.ts';
import type { AnyTool } from './tools/tool.ts';

interface Asked {
  readonly tool: AnyTool;
  /** As it was validated. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
  /** Whether the caller hears of progress, which is each run's own. */
  readonly heard: boolean;
}

/** Runs a tool, or shares the run of an equal call. */
export type SharedRuns = (
  asked: Asked,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<FitResult>,
) => Promise<FitResult>;

/**
 * Equal calls of one caller that only read share one run while it lasts: twenty windows that show the same cost as much as
 * one. None joins a run that began before the caller's or anybody's change ended.
 */
export function createSharedRuns(): SharedRuns {
  const share = createSharing<FitResult>();
  let changes = 0;
  const turn = createTurns();
  return async ({ tool, input, caller, heard }, signal, run) => {
    if (tool.access === 'read' && !heard) {
      let joined = false;
      const key = canonical([changes, tool.name, input, whoAsks(caller)]);
      const soon = async (aborted: AbortSignal): Promise<FitResult> => {
        await othersCame();
        aborted.throwIfAborted();
        return run(aborted);
      };
      const result = await share(key, signal, soon, () => {
        joined = true;
      });
      // All who share it would go on at the same moment.
      if (joined) await turn();
      return result;
    }
    if (tool.access === 'read') return run(signal);
    changes++;
    return run(signal).finally(() => changes++);
  };
}

/** Until all that has come by now has been looked at: the busier the process, the more share a run, however short. */
const othersCame = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What a caller may see follows from all of this; two tokens of one user may have different scopes. */
const whoAsks = ({ id, principal }: Caller): unknown =>
  principal === undefined ? id : [id, principal.user, principal.groups, [...principal.scopes].toSorted()];
