/** The closed set of `error_type` values a caller can see (docs/api.md). */
export const errorTypes = [
  'validation_error',
  'not_found',
  'permission_denied',
  'timeout',
  'api_error',
  'internal_error',
  'conflict',
  'refused',
  'approval_required',
  'rate_limited',
  'unavailable',
] as const;
export type ErrorType = (typeof errorTypes)[number];

export interface ErrorContext {
  /** What the caller can do next. */
  readonly hint?: string | undefined;
  /** Machine-readable facts: `status`, `namespace`, `required_permission`, `problems`, `suggestions`. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

/** The only error that reaches a caller with its own words. Anything else is answered as `internal_error`. */
export class AppError extends Error {
  readonly code: ErrorType;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorType, message: string, { hint, details = {}, cause }: ErrorContext = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'AppError';
    this.code = code;
    this.hint = hint;
    this.details = details;
  }
}
