import type { ErrorType } from './platform/errors.ts';

/** What a caller gets: `success`, then the tool's data. */
export interface Success {
  readonly success: true;
  readonly [field: string]: unknown;
}

export interface Failure {
  readonly success: false;
  readonly error: string;
  readonly error_type: ErrorType;
  readonly details: Readonly<Record<string, unknown>>;
  /** What to do next. */
  readonly hint?: string;
}

/** How a call ended: the structured result, and the same as text. Redacted and capped. */
export interface Outcome {
  readonly requestId: string;
  readonly result: Success | Failure;
  readonly text: string;
}
