import { AppError } from './errors.ts';
import { currentRequest, runInRequest } from './request-context.ts';
import type { Span, SpanStart } from './tracing.ts';

/** Runs `work` in a span below the one that it is called in; outside of any it just runs. */
export async function inSpan<T>(start: SpanStart, work: (span?: Span) => Promise<T>): Promise<T> {
  const context = currentRequest();
  const span = context?.span?.child(start);
  if (context === undefined || span === undefined) return work();
  try {
    const result = await runInRequest({ ...context, span }, () => work(span));
    span.end();
    return result;
  } catch (error) {
    span.end(errorTypeOf(error));
    throw error;
  }
}

/** What a span says of an error: never its words. */
const errorTypeOf = (error: unknown): string => (error instanceof AppError ? error.code : 'internal_error');
