import { AsyncLocalStorage } from 'node:async_hooks';
import type { RateDecision } from './rate-limit.ts';
import { type TraceContext, traceparentOf } from './trace-context.ts';
import type { Span } from './tracing.ts';

/** What a request carries wherever it is worked on. */
export interface RequestContext {
  /** Passed on to the API server. */
  readonly requestId: string;
  /** Who calls. */
  readonly subject?: string | undefined;
  readonly tool?: string | undefined;
  /** What the caller says of its trace. */
  readonly callerTrace?: TraceContext | undefined;
  /** The span that this code runs in; absent where nothing is traced. */
  readonly span?: Span | undefined;
  /** Written by whoever works on the request: what the answer says besides its body, and who calls once that is known. */
  readonly notes?: { rate?: RateDecision; subject?: string };
}

const contexts = new AsyncLocalStorage<RequestContext>();

/** Accepted from callers as it is; anything else is replaced (docs/api.md). */
const acceptable = /^[A-Za-z0-9._-]{1,64}$/;

/** The caller's id when it is well-formed, else a new one. */
export function requestIdFrom(offered: string | null | undefined): string {
  return typeof offered === 'string' && acceptable.test(offered) ? offered : newRequestId();
}

/** Node loads its cryptography with the first: the handshake, for which an assistant waits, needs none. */
export const newRequestId = (): string => crypto.randomUUID();

/** The context of the request that this code runs for; undefined outside of any. */
export const currentRequest = (): RequestContext | undefined => contexts.getStore();

/** Where this code stands in a trace: in our span, or, where we make none, in that of the caller. */
export const currentTrace = (): TraceContext | undefined => {
  const context = contexts.getStore();
  return context?.span?.trace ?? context?.callerTrace;
};

/** The same as the header that tells a server of it. */
export function currentTraceparent(): string | undefined {
  const trace = currentTrace();
  return trace && traceparentOf(trace);
}

/** What every log line of a request has; `trace_id` and `span_id` as collectors of logs join them with traces. */
export function requestFields(): object {
  const { requestId, tool, span, notes, subject = notes?.subject } = contexts.getStore() ?? {};
  return { requestId, trace_id: currentTrace()?.traceId, span_id: span?.trace.spanId, subject, tool };
}

/** Runs `work`, and everything that it starts, in `context`. */
export const runInRequest = <T>(context: RequestContext, work: () => T): T => contexts.run(context, work);
