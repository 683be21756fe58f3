import type { Pipeline } from '../call.ts';
import { AppError } from '../platform/errors.ts';
import { following } from '../platform/following.ts';

export interface RunningCalls {
  /** The same pipeline, watched. */
  readonly pipeline: Pipeline;
  /** Resolves when no call runs. */
  idle(): Promise<void>;
  /** Ends the calls that run, and all that come later. */
  abort(): void;
}

const stopping = new AppError('unavailable', 'The service is being stopped, and the call had not ended.', {
  hint: 'Call again: another replica answers, or this one once it is back. list_actions tells how far an action came.',
  details: { retry_after_seconds: 1 },
});

/** Knows which calls run, so that a service can stop between them. */
export function countCalls(pipeline: Pipeline): RunningCalls {
  const running = new Set<Promise<unknown>>();
  const stop = new AbortController();
  return {
    pipeline: {
      ...pipeline,
      async call(call) {
        const ending = following(stop.signal, call.signal);
        const outcome = pipeline.call({ ...call, signal: ending.signal });
        running.add(outcome);
        return outcome.finally(() => {
          running.delete(outcome);
          ending.end();
        });
      },
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
    abort: () => stop.abort(stopping),
  };
}
