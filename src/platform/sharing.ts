import { unlessAborted } from './unless-aborted.ts';

/**
 * Runs equal work once for all who ask for it meanwhile. One who gives up leaves the others their answer; when the
 * last one does, the work is aborted.
 */
export type Sharing<T> = (
  key: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
  joined?: () => void,
) => Promise<T>;

interface Flight<T> {
  readonly outcome: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
  landed: boolean;
}

export function createSharing<T>(): Sharing<T> {
  const flights = new Map<string, Flight<T>>();

  function start(key: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const outcome = work(controller.signal).finally(() => {
      flight.landed = true;
      forget(key, flight);
    });
    // Nobody may be left to hear of its failure.
    outcome.catch(() => {});
    const flight: Flight<T> = { outcome, controller, waiting: 0, landed: false };
    flights.set(key, flight);
    return flight;
  }

  function forget(key: string, flight: Flight<T>): void {
    if (flights.get(key) === flight) flights.delete(key);
  }

  return async (key, signal, work, joined) => {
    signal.throwIfAborted();
    const running = flights.get(key);
    if (running !== undefined) joined?.();
    const flight = running ?? start(key, work);
    flight.waiting += 1;
    try {
      return await unlessAborted(flight.outcome, signal);
    } finally {
      flight.waiting -= 1;
      if (flight.waiting === 0 && !flight.landed) {
        forget(key, flight);
        flight.controller.abort(signal.aborted ? signal.reason : undefined);
      }
    }
  };
}
