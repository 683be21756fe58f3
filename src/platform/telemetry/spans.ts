import {
  createTraceState,
  type Span as OpenTelemetrySpan,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { TraceContext } from '../trace-context.ts';
import type { Span, SpanStart, Tracing } from '../tracing.ts';

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

/**
 * Spans of our port, made by a tracer. Parents are handed over, not looked up: the request's context carries them
 * (`request-context.ts`), so that the API of OpenTelemetry needs no context of its own.
 */
export const spansOf =
  (tracer: Tracer): Tracing['begin'] =>
  (start, caller) => {
    const parent = caller === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote(caller));
    return spanIn(tracer, parent, start);
  };

function spanIn(tracer: Tracer, parent: typeof ROOT_CONTEXT, { name, kind, attributes = {} }: SpanStart): Span {
  const span = tracer.startSpan(name, { kind: kinds[kind], attributes }, parent);
  return {
    trace: traceOf(span),
    child: (start) => spanIn(tracer, trace.setSpan(ROOT_CONTEXT, span), start),
    update(known) {
      if (known.name !== undefined) span.updateName(known.name);
      for (const [key, value] of Object.entries(known.attributes ?? {}))
        if (value !== undefined) span.setAttribute(key, value);
    },
    end(errorType) {
      if (errorType !== undefined) span.setAttribute('error.type', errorType).setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

function traceOf(span: OpenTelemetrySpan): TraceContext {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return { traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 };
}

const remote = ({ traceId, spanId, sampled, state }: TraceContext): SpanContext => ({
  traceId,
  spanId,
  traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
  isRemote: true,
  ...(state !== undefined && { traceState: createTraceState(state) }),
});
