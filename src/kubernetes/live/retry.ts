import { codesOf } from '../error-codes.ts';

/** Statuses that say "later": too many requests, and gateways without an API server behind them. */
const passingStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** A connection that broke or was refused while an API server restarts. */
const passingCodes: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'EAI_AGAIN',
  'UND_ERR_SOCKET',
  // A stream or session of HTTP/2 that ended early.
  'UND_ERR_INFO',
  'ERR_HTTP2_STREAM_ERROR',
  'ERR_HTTP2_SESSION_ERROR',
  'ERR_HTTP2_GOAWAY_SESSION',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'ERR_TRUNCATED_BODY',
  'Z_BUF_ERROR',
  'Z_DATA_ERROR',
]);

export const isPassingStatus = (status: number): boolean => passingStatuses.has(status);
export const isPassingFailure = (error: unknown): boolean => codesOf(error).some((code) => passingCodes.has(code));

export const maximumRetries = 3;
const shortestMs = 100;
const longestMs = 5000;
const longestRetryAfterMs = 30_000;

/**
 * How long to wait before retry `retry` (from 0): full jitter up to a bound that grows fourfold, or what the server
 * asks for, at most 30 s.
 */
export function delayOf(retry: number, retryAfter: string | undefined, random: () => number): number {
  const asked = Number(retryAfter);
  if (retryAfter !== undefined && Number.isFinite(asked) && asked >= 0)
    return Math.min(asked * 1000, longestRetryAfterMs);
  const bound = Math.min(longestMs, 4 * shortestMs * 4 ** retry);
  return shortestMs + random() * (bound - shortestMs);
}

/**
 * Retries may be a tenth of all requests, beside a reserve for quiet times: when an API server is down, trying three
 * times as often does not help it up.
 */
export interface RetryBudget {
  /** Counts a request. */
  earn(): void;
  /** Takes one retry, if there is one left. */
  spend(): boolean;
}

export function createRetryBudget(reserve = 10, share = 0.1): RetryBudget {
  let left = reserve;
  return {
    earn() {
      left = Math.min(reserve, left + share);
    },
    spend() {
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
