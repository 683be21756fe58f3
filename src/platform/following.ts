/** A signal that aborts with the first of others. */
export interface Following {
  readonly signal: AbortSignal;
  /** Stops following: nothing aborts the signal any more. */
  readonly end: () => void;
}

/**
 * What `AbortSignal.any` does, for what happens a thousand times a second: that leaves its ties to the garbage collector.
 */
export function following(...leaders: readonly (AbortSignal | undefined)[]): Following {
  const controller = new AbortController();
  const there = leaders.filter((leader) => leader !== undefined);
  const aborted = there.find((leader) => leader.aborted);
  function follow(this: AbortSignal): void {
    end();
    controller.abort(this.reason);
  }
  function end(): void {
    for (const leader of there) leader.removeEventListener('abort', follow);
  }
  if (aborted !== undefined) controller.abort(aborted.reason);
  else for (const leader of there) leader.addEventListener('abort', follow);
  return { signal: controller.signal, end };
}
