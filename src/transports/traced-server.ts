import {
  type Implementation,
  type JSONRPCRequest,
  type Result,
  Server,
  type ServerContext,
  type ServerOptions,
  TRACEPARENT_META_KEY,
  TRACESTATE_META_KEY,
} from '@modelcontextprotocol/server';
import { currentRequest, newRequestId, type RequestContext, runInRequest } from '../platform/request-context.ts';
import { type TraceContext, traceContextFrom } from '../platform/trace-context.ts';
import type { Tracing } from '../platform/tracing.ts';

type Handler = (request: JSONRPCRequest, context: ServerContext) => Promise<Result>;

/**
 * A server all of whose requests are spans and measured times, by OpenTelemetry's conventions for MCP (development):
 * `McpServer` wraps no handlers, least of all those of the SDK itself, such as `initialize`.
 */
export class TracedServer extends Server {
  readonly #tracing: Tracing | undefined;

  constructor(
    info: Implementation,
    { tracing, ...options }: ServerOptions & { readonly tracing: Tracing | undefined },
  ) {
    super(info, options);
    this.#tracing = tracing;
  }

  protected override _wrapHandler(method: string, handler: Handler): Handler {
    const wrapped = super._wrapHandler(method, handler);
    return (request, context) => this.#traced(request, context, () => wrapped(request, context));
  }

  async #traced(request: JSONRPCRequest, context: ServerContext, work: () => Promise<Result>): Promise<Result> {
    const callerTrace = traceOf(context) ?? currentRequest()?.callerTrace;
    const about = {
      'mcp.method.name': request.method,
      'network.transport': context.http === undefined ? 'pipe' : 'tcp',
    };
    const span = this.#tracing?.begin({ name: request.method, kind: 'server', attributes: about }, callerTrace);
    const started = performance.now();
    const ended = (tool: string | undefined, errorType?: string, code?: number): void => {
      const facts = {
        ...about,
        'mcp.protocol.version': this.getNegotiatedProtocolVersion(),
        'gen_ai.tool.name': tool,
        'rpc.response.status_code': code === undefined ? undefined : String(code),
      };
      span?.update({
        ...(tool !== undefined && { name: `${request.method} ${tool}` }),
        attributes: { ...facts, 'jsonrpc.request.id': String(request.id) },
      });
      span?.end(errorType);
      this.#tracing?.operation((performance.now() - started) / 1000, { ...facts, 'error.type': errorType });
    };
    try {
      const result = await (callerTrace === undefined && span === undefined
        ? work()
        : inTrace({ callerTrace, span }, work));
      ended(toolOf(request), result['isError'] === true ? 'tool_error' : undefined);
      return result;
    } catch (error) {
      const code = context.mcpReq.signal.aborted ? undefined : codeOf(error);
      ended(undefined, code === undefined ? 'cancelled' : String(code), code);
      throw error;
    }
  }
}

const inTrace = <T>(trace: Pick<RequestContext, 'callerTrace' | 'span'>, work: () => T): T => {
  const before = currentRequest() ?? { requestId: newRequestId() };
  return runInRequest({ ...before, ...trace }, work);
};

/** Beside the request, where it comes over any transport; headers are looked at by whoever has them. */
const traceOf = ({ mcpReq: { _meta } }: ServerContext): TraceContext | undefined =>
  traceContextFrom(_meta?.[TRACEPARENT_META_KEY], _meta?.[TRACESTATE_META_KEY]);

/** Only of a call that was answered: then there is such a tool, and its name is one of a closed set. */
function toolOf({ method, params }: JSONRPCRequest): string | undefined {
  const name: unknown = params?.['name'];
  return method === 'tools/call' && typeof name === 'string' ? name : undefined;
}

/** As the SDK answers: an error without a code of JSON-RPC is an internal one. */
function codeOf(error: unknown): number {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'number' && Number.isSafeInteger(code) ? code : -32_603;
}
