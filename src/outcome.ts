import { AppError, type ErrorType } from './platform/errors.ts';
import { mapStrings } from './platform/map-strings.ts';
import { safeText } from './platform/safe-text.ts';
import { capData, capText } from './platform/size-limits.ts';

/** What a caller gets: `success`, then the tool's data. */
export interface Success {
  readonly success: true;
  /** What was left out because the result was too large. */
  readonly truncated_fields?: readonly string[];
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

/** The result of an error. Only an `AppError` speaks for itself; the words of any other stay in the log. */
export function failureOf(error: unknown, tool: string, requestId: string): Failure {
  if (!(error instanceof AppError)) {
    return {
      success: false,
      error: `${tool} failed unexpectedly.`,
      error_type: 'internal_error',
      details: { request_id: requestId },
      hint: `The log has the cause under request id ${requestId}.`,
    };
  }
  const { message, code, details, hint } = error;
  return { success: false, error: message, error_type: code, details, ...(hint === undefined ? {} : { hint }) };
}

/** What a failure says to those who read text only. */
export const failureText = ({ error, error_type, hint }: Failure): string =>
  [`${error_type}: ${error}`, ...(hint === undefined ? [] : [`Next: ${hint}`])].join('\n');

export interface FitResult {
  readonly result: Success | Failure;
  readonly text: string;
  readonly truncated: boolean;
}

/**
 * A result without secrets, without characters that steer or hide, and within the size limits. Throws when it cannot be
 * made to fit, or is no JSON.
 */
export function fitToLeave(result: Success | Failure, text: string): FitResult {
  const capped = capText(safeText(text));
  const { success: _success, ...rest } = result;
  const fit = capData(safeFields(rest));
  if (fit === undefined) throw new Error('The result is too large, and nothing in it can be cut.');
  const truncated = capped.cut || fit.cut.length > 0;
  const note = fit.cut.length === 0 ? {} : { truncated_fields: fit.cut };
  if (result.success) return { result: { success: true, ...fit.data, ...note }, text: capped.text, truncated };
  return { result: { ...result, ...fit.data, ...note }, text: capped.text, truncated };
}

const safeFields = (fields: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, mapStrings(value, safeText)]));
