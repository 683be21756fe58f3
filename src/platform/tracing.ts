import type { TraceContext } from './trace-context.ts';

/** Facts of a span or of a measured time, by the names of OpenTelemetry's conventions. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SpanStart {
  /** Of a closed set: never a namespace or an object. */
  readonly name: string;
  /** `server` answers a request, `client` makes one. */
  readonly kind: 'server' | 'client' | 'internal';
  readonly attributes?: Attributes | undefined;
}

/** One timed step of a trace. */
export interface Span {
  /** Of this span: what its children, and servers that are asked, are told. */
  readonly trace: TraceContext;
  child(start: SpanStart): Span;
  /** What became known meanwhile. */
  update(known: { readonly name?: string | undefined; readonly attributes?: Attributes | undefined }): void;
  /** @param errorType Of a closed set. Absent: it went well. */
  end(errorType?: string): void;
}

/** Where spans and times go. */
export interface Tracing {
  /** The first span of this process for a request, in the trace of its caller if it has one. `undefined`: none is wanted. */
  begin(start: SpanStart, caller: TraceContext | undefined): Span | undefined;
  /** The time that an operation of MCP took, in seconds. */
  operation(seconds: number, attributes: Attributes): void;
  /** Hands over what was not yet exported; resolves within a few seconds, whoever takes it. */
  stop(): Promise<void>;
}

/** Where no collector is named. */
export const noTracing: Tracing = { begin: () => undefined, operation() {}, stop: async () => {} };
