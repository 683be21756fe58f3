/** Where a request stands in a trace (W3C Trace Context). */
export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits: the span that the next one is a child of. */
  readonly spanId: string;
  /** Whether whoever began the trace keeps it. */
  readonly sampled: boolean;
  /** `tracestate` as it came: what other systems need to go on. */
  readonly state?: string | undefined;
}

/** Versions to come may add fields at the end; `ff` and ids of zeros only are invalid (W3C Trace Context, 3.2). */
const traceparent = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(?:-[\x21-\x7e]*)?$/;
const tracestate = /^[\x20-\x7e]{1,512}$/;

/** What a caller says of its trace; `undefined` when it says nothing that can be read. */
export function traceContextFrom(parent: unknown, state?: unknown): TraceContext | undefined {
  if (typeof parent !== 'string' || parent.length > 255) return undefined;
  const [, traceId, spanId, flags = ''] = traceparent.exec(parent) ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  const sampled = Number.parseInt(flags, 16) % 2 === 1;
  return { traceId, spanId, sampled, ...(typeof state === 'string' && tracestate.test(state) && { state }) };
}

/** The header `traceparent`. */
export const traceparentOf = ({ traceId, spanId, sampled }: TraceContext): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
