import { type Attributes, createTraceState, type SpanContext } from '@opentelemetry/api';
import type { ViewOptions } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { safeText } from '../safe-text.ts';

/** Facts that are known, without secrets. */
export const cleanAttributes = (attributes: Attributes): Attributes =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [[key, cleanValue(value)]])),
  );

function cleanValue(value: Attributes[string]): Attributes[string] {
  if (typeof value === 'string') return safeText(value);
  return Array.isArray(value) ? value.map(cleanValue) : value;
}

/** All spans leave through here, without secrets. */
export const cleanSpans = (exporter: SpanExporter): SpanExporter => ({
  export: (spans, done) => exporter.export(spans.map(cleanSpan), done),
  shutdown: () => exporter.shutdown(),
  forceFlush: async () => exporter.forceFlush?.(),
});

/** Whatever is measured is kept without secrets. */
export const cleanMeasurements: ViewOptions = {
  instrumentName: '*',
  attributesProcessors: [{ process: cleanAttributes }],
};

/** What a span says; an instance of the SDK keeps it in fields that cannot be copied one and all. */
function cleanSpan(span: ReadableSpan): ReadableSpan {
  const { parentSpanContext, status } = span;
  return {
    kind: span.kind,
    startTime: span.startTime,
    endTime: span.endTime,
    duration: span.duration,
    ended: span.ended,
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
    name: safeText(span.name),
    spanContext: () => cleanContext(span.spanContext()),
    ...(parentSpanContext !== undefined && { parentSpanContext: cleanContext(parentSpanContext) }),
    status: status.message === undefined ? status : { ...status, message: safeText(status.message) },
    attributes: cleanAttributes(span.attributes),
    links: span.links.map(({ context, attributes = {}, ...link }) => ({
      ...link,
      context: cleanContext(context),
      attributes: cleanAttributes(attributes),
    })),
    events: span.events.map(({ name, attributes = {}, ...event }) => ({
      ...event,
      name: safeText(name),
      attributes: cleanAttributes(attributes),
    })),
  };
}

/** The state is the caller's word. */
function cleanContext({ traceState, ...context }: SpanContext): SpanContext {
  return traceState === undefined
    ? context
    : { ...context, traceState: createTraceState(safeText(traceState.serialize())) };
}
