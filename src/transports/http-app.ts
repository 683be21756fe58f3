import {
  hostHeaderValidationResponse,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  originValidationResponse,
} from '@modelcontextprotocol/server';
import { type Context, Hono } from 'hono';
import * as z from 'zod';
import type { Pipeline, RefusedCall } from '../call.ts';
import { type Caller, localCaller, subjectOf } from '../caller.ts';
import type { Clusters } from '../kubernetes/ports.ts';
import { failureOf } from '../outcome.ts';
import { AppError } from '../platform/errors.ts';
import type { Logger } from '../platform/logging.ts';
import type { Metrics } from '../platform/metrics.ts';
import { currentRequest, type RequestContext, requestIdFrom, runInRequest } from '../platform/request-context.ts';
import { safeText } from '../platform/safe-text.ts';
import { traceContextFrom } from '../platform/trace-context.ts';
import type { Tracing } from '../platform/tracing.ts';
import { createTurns } from '../platform/turns.ts';
import { createApiDocs } from './api-docs.ts';
import { type Authentication, isRefusal } from './authentication.ts';
import { createConsole } from './console/console.ts';
import type { PeopleOptions } from './console/people.ts';
import { limitedBody, parseBody, type RequestEnv } from './json-body.ts';
import type { McpHttp } from './mcp-http.ts';
import type { Readiness } from './probes.ts';
import { rateHeaders } from './rate-headers.ts';
import { createRest, failureResponse, lacksScope, refusalResponse } from './rest.ts';
import { rpcError } from './rpc-error.ts';
import { statusOf } from './status-of.ts';

export interface HttpAppOptions {
  readonly pipeline: Pipeline;
  readonly clusters: Clusters;
  readonly mcp: McpHttp;
  readonly readiness: Readiness;
  readonly metrics: Metrics;
  readonly tracing?: Tracing | undefined;
  readonly log: Logger;
  /** Host names besides loopback ones. */
  readonly allowedHosts: readonly string[];
  readonly version: string;
  /** Where the files of the documentation's pages are. */
  readonly assets: string;
  /** Absent: everybody who reaches the port may call. */
  readonly authentication?: Authentication | undefined;
  /** Absent: nobody signs in at the console. */
  readonly people?: PeopleOptions | undefined;
}

/** Requests that are begun before `/health` is looked at again: some 10 ms of work. */
const requestsAtOnce = 16;

/** Everything that the service port serves, as a fetch handler. */
export function createHttpApp(options: HttpAppOptions): Hono<RequestEnv> {
  const { pipeline, clusters, mcp, readiness, metrics, log, version, assets, authentication, people } = options;
  const app = new Hono<RequestEnv>();

  app.use(async (context, next) => {
    const requestId = requestIdFrom(context.req.header('x-request-id'));
    const notes: NonNullable<RequestContext['notes']> = {};
    const traced = traceOf(context, options.tracing);
    await runInRequest({ requestId, notes, ...traced }, next);
    context.res.headers.set('X-Request-ID', requestId);
    for (const [name, value] of Object.entries(notes.rate === undefined ? {} : rateHeaders(notes.rate)))
      context.res.headers.set(name, value);
    const request = { method: methodOf(context), route: routeOf(context.req.path), code: context.res.status };
    metrics.httpRequest(request);
    traced.span?.update({ attributes: { 'http.response.status_code': request.code } });
    traced.span?.end(request.code < 500 ? undefined : String(request.code));
    runInRequest({ requestId, notes, ...traced }, () => log.debug(request, 'http request'));
  });

  // Probes come from the kubelet, which knows the pod's address only; they tell nothing worth protecting.
  app.get('/health', (context) => context.json({ status: 'healthy', timestamp: new Date().toISOString() }));
  app.get('/ready', async (context) =>
    (await readiness.ready()) ? context.json({ status: 'ready' }) : context.json({ status: 'not ready' }, 503),
  );

  app.use(async (context, next) => {
    const refusal = rejected(context.req.raw, options.allowedHosts);
    if (refusal === undefined) return next();
    return context.req.path === '/mcp'
      ? refusal
      : failureResponse(failureOf(notAllowed(), 'request', requestId()), 403);
  });
  if (authentication !== undefined)
    app.get('/.well-known/oauth-protected-resource/mcp', (context) =>
      context.json(authentication.metadata(context.req.raw)),
    );
  for (const path of ['/mcp', '/api/*']) {
    // Before the body is read: whoever is nobody costs no more than this.
    app.use(path, async (context, next) => {
      const sender = await authentication?.whoSends(context.req.raw);
      if (sender !== undefined && isRefusal(sender)) return refusalResponse(sender);
      const caller = sender === undefined ? localCaller : { id: sender.id, principal: sender };
      context.set('caller', caller);
      const notes = currentRequest()?.notes;
      if (notes !== undefined) notes.subject = subjectOf(caller);
      return next();
    });
  }
  app.use(
    limitedBody(({ error, status }, { req }) =>
      req.path === '/mcp'
        ? rpcError(status, -32_000, error.message)
        : failureResponse(failureOf(error, 'request', requestId()), status),
    ),
  );
  const turn = createTurns(requestsAtOnce);
  app.use(async (_context, next) => {
    await turn();
    return next();
  });

  app.all('/mcp', async (context) => {
    const { raw } = context.req;
    try {
      const body = parseBody(context.get('body'));
      if (body === undefined && raw.method === 'POST') return rpcError(400, -32_700, 'The body is empty.');
      const caller = context.get('caller');
      const refusal = lacksScope(callsIn(body, caller), { pipeline, authentication }, raw);
      return refusal ?? (await mcp.fetch(raw, body, caller));
    } catch (error) {
      if (error instanceof AppError) return rpcError(400, -32_700, error.message);
      throw error;
    }
  });
  app.route('/api/v1', createRest({ pipeline, clusters, authentication }));
  app.route('/', createApiDocs({ tools: pipeline.tools, version, assets }));
  app.route('/', createConsole({ assets, authentication, people, clusters, log }));

  app.notFound((context) => {
    const error = new AppError('not_found', `There is nothing at ${pathShown(context.req.path)}.`, {
      hint: 'MCP is at /mcp, the tools are at /api/v1/tools, their description at /docs, the console at /ui.',
    });
    return failureResponse(failureOf(error, 'request', requestId()), 404);
  });
  app.onError((error) => {
    if (!(error instanceof AppError)) log.error({ err: error }, 'http request failed unexpectedly');
    const failure = failureOf(error, 'The request', requestId());
    return failureResponse(failure, statusOf[failure.error_type]);
  });
  return app;
}

const toolCall = z.object({
  method: z.literal('tools/call'),
  params: z.looseObject({ name: z.string(), arguments: z.unknown().optional() }),
});

/** The calls in a JSON-RPC message; older clients send several in one. */
const callsIn = (body: unknown, caller: Caller): readonly RefusedCall[] =>
  (Array.isArray(body) ? body : [body]).flatMap((message) => {
    const { params } = toolCall.safeParse(message).data ?? {};
    return params === undefined ? [] : [{ tool: params.name, arguments: params.arguments, caller }];
  });

const requestId = (): string => currentRequest()?.requestId ?? 'unknown';

/**
 * A page in a browser can reach a service on loopback: by its own name that resolves to 127.0.0.1, which shows in Host,
 * or across origins, which shows in Origin. The SDK's handler checks neither.
 */
function rejected(request: Request, allowedHosts: readonly string[]): Response | undefined {
  const hosts = [...localhostAllowedHostnames(), ...allowedHosts];
  return (
    hostHeaderValidationResponse(request, hosts) ??
    // A target in full, as to a proxy, names a host of its own (RFC 9112, 3.2.2).
    (hosts.includes(new URL(request.url).hostname)
      ? undefined
      : rpcError(403, -32_000, 'Invalid host of the target')) ??
    originValidationResponse(request, [...localhostAllowedOrigins(), ...allowedHosts])
  );
}

/** A path that is no plain one may hold anything, encoded so that no pattern sees it. */
const pathShown = (path: string): string => (/^[\w./-]{1,100}$/.test(path) ? safeText(path) : 'this address');

const notAllowed = (): AppError =>
  new AppError('refused', 'This service does not answer to that Host or Origin.', {
    hint: 'KUBEMEND_ALLOWED_HOSTS (or --allowed-hosts) names the hosts besides loopback under which it may be reached.',
  });

const methods = new Set(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS']);
const methodOf = ({ req }: Context): string => (methods.has(req.method) ? req.method : 'other');

/** What the caller says of its trace, and, where the request is a call by itself, our span in it. */
function traceOf(context: Context, tracing: Tracing | undefined): Pick<RequestContext, 'callerTrace' | 'span'> {
  const callerTrace = traceContextFrom(context.req.header('traceparent'), context.req.header('tracestate'));
  const [method, route] = [methodOf(context), routeOf(context.req.path)];
  if (!route.startsWith('/api/')) return { callerTrace };
  const attributes = { 'http.request.method': method, 'http.route': route, 'url.scheme': 'http' };
  return { callerTrace, span: tracing?.begin({ name: `${method} ${route}`, kind: 'server', attributes }, callerTrace) };
}

/** The pattern of a path: a closed set, as metrics need. */
function routeOf(path: string): string {
  if (['/mcp', '/health', '/ready', '/api/v1/tools', '/openapi.json', '/docs', '/ui'].includes(path)) return path;
  if (path.startsWith('/docs/')) return '/docs/{asset}';
  if (path.startsWith('/ui/')) return '/ui/{part}';
  return /^\/api\/v1\/tools\/[^/]+$/.test(path) ? '/api/v1/tools/{tool_name}' : 'other';
}
