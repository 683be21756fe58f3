/** Resolves when it is one's turn. */
export type Turns = () => Promise<void>;

/**
 * Lets work begin so many at a time, with a look at what else came in between: a burst of calls then delays a probe by
 * those, not by all.
 */
export function createTurns(together = 1): Turns {
  let begun = 0;
  let turn = Promise.resolve();
  return () => {
    if (begun++ % together === 0) turn = turn.then(() => new Promise((resolve) => setImmediate(resolve)));
    return turn;
  };
}
