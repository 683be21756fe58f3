import type { Clusters } from '../kubernetes/ports.ts';
import type { Logger } from '../platform/logging.ts';

/** Whether calls make sense now. */
export interface Readiness {
  ready(): Promise<boolean>;
}

/** How long an answer of the API server stands, and how long it is waited for, in ms. */
const freshMs = 3000;
const patienceMs = 5000;

/** Ready when the default cluster's API server answers a real call. Callers within three seconds share one. */
export function createReadiness(clusters: Clusters, log: Logger, now = () => performance.now()): Readiness {
  let last: { readonly at: number; readonly ready: Promise<boolean> } | undefined;
  const ask = async (): Promise<boolean> => {
    const patience = AbortSignal.timeout(patienceMs);
    try {
      await clusters.ping(patience);
      return true;
    } catch (error) {
      const late = `The API server did not answer within ${patienceMs / 1000} s.`;
      const said = error instanceof Error ? error.message : 'unknown error';
      log.warn({ problem: error === patience.reason ? late : said }, 'not ready');
      return false;
    }
  };
  return {
    ready() {
      if (last === undefined || now() - last.at > freshMs) last = { at: now(), ready: ask() };
      return last.ready;
    },
  };
}
