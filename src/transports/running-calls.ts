import type { Pipeline } from '../call.ts';
import { AppError } from '../platform/errors.ts';

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
        const signal = call.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, call.signal]);
        const outcome = pipeline.call({ ...call, signal });
        running.add(outcome);
        return outcome.finally(() => running.delete(outcome));
      },
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
    abort: () => stop.abort(stopping),
  };
}
