/** A signal that aborts once its time is over. */
export interface TimedSignal {
  readonly signal: AbortSignal;
  /** Stops the clock: it aborts no more. */
  readonly end: () => void;
}

/** What `AbortSignal.timeout` is, for what mostly ends long before: that keeps its timer, and what listens to it, until then. */
export function timedSignal(ms: number): TimedSignal {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DOMException('The time is over.', 'TimeoutError')), ms).unref();
  return { signal: controller.signal, end: () => clearTimeout(timer) };
}
