import type { TraceContext } from '../../src/platform/trace-context.ts';
import type { Attributes, Span, SpanStart } from '../../src/platform/tracing.ts';

/** A span that keeps what it is told. */
export interface KeptSpan extends Span {
  readonly start: SpanStart;
  readonly known: { name?: string | undefined; attributes: Attributes; errorType?: string | undefined; ended: boolean };
  readonly children: readonly KeptSpan[];
}

const somewhere: TraceContext = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true };

export function aSpan(trace = somewhere, start: SpanStart = { name: 'a span', kind: 'internal' }): KeptSpan {
  const children: KeptSpan[] = [];
  const known: KeptSpan['known'] = { name: start.name, attributes: start.attributes ?? {}, ended: false };
  return {
    trace,
    start,
    known,
    children,
    child(next) {
      const spanId = `${trace.spanId.slice(0, 14)}0${children.length}`;
      const made = aSpan({ ...trace, spanId }, next);
      children.push(made);
      return made;
    },
    update({ name = known.name, attributes = {} }) {
      known.name = name;
      known.attributes = { ...known.attributes, ...attributes };
    },
    end(errorType) {
      known.errorType = errorType;
      known.ended = true;
    },
  };
}
