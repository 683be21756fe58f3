import type { ErrorType } from '../platform/errors.ts';

/** The status that says most about an `error_type` to HTTP clients, proxies and dashboards. */
export const statusOf = {
  validation_error: 400,
  permission_denied: 403,
  refused: 403,
  not_found: 404,
  conflict: 409,
  approval_required: 428,
  rate_limited: 429,
  internal_error: 500,
  api_error: 502,
  unavailable: 503,
  timeout: 504,
} as const satisfies Record<ErrorType, number>;
