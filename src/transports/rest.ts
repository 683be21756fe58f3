import { Hono } from 'hono';
import type { Pipeline, RefusedCall } from '../call.ts';
import { lackingScope } from '../call-checks.ts';
import type { Clusters } from '../kubernetes/ports.ts';
import { type Failure, failureOf, type Outcome } from '../outcome.ts';
import { AppError } from '../platform/errors.ts';
import { currentRequest } from '../platform/request-context.ts';
import type { Authentication, Refusal } from './authentication.ts';
import { parseBody, type RequestEnv } from './json-body.ts';
import { statusOf } from './status-of.ts';
import { describeTools } from './tool-schemas.ts';

export interface RestFaceOptions {
  readonly pipeline: Pipeline;
  readonly clusters: Clusters;
  /** Absent: everybody may call. */
  readonly authentication?: Authentication | undefined;
}

/** The answer to a request with a token that lacks a scope for one of the calls in it; `undefined` when it lacks none. */
export function lacksScope(
  calls: readonly RefusedCall[],
  { pipeline, authentication }: Pick<RestFaceOptions, 'pipeline' | 'authentication'>,
  request: Request,
): Response | undefined {
  if (authentication === undefined) return undefined;
  for (const call of calls) {
    const tool = pipeline.tools.find(({ name }) => name === call.tool);
    const scope = tool && call.caller && lackingScope(tool, call.caller);
    if (scope === undefined) continue;
    const refusal = authentication.lacksScope(request, scope);
    pipeline.refused(call, refusal.error);
    return refusalResponse(refusal);
  }
  return undefined;
}

/** The tools as plain HTTP: the same pipeline, the structured result as body. */
export function createRest({ pipeline, clusters, authentication }: RestFaceOptions): Hono<RequestEnv> {
  const tools = describeTools(pipeline.tools);
  return new Hono<RequestEnv>()
    .get('/tools', (context) => context.json({ tools }))
    .post('/tools/:name', async (context) => {
      const { raw } = context.req;
      const call = {
        tool: context.req.param('name'),
        arguments: parseBody(context.get('body')),
        caller: context.get('caller'),
      };
      return (
        lacksScope([call], { pipeline, authentication }, raw) ??
        respond(await pipeline.call({ ...call, clusters, signal: raw.signal }))
      );
    })
    .all('/tools/:name', () => {
      const failure = failureOf(wrongMethod, 'request', currentRequest()?.requestId ?? 'unknown');
      const response = failureResponse(failure, 405);
      response.headers.set('Allow', 'POST');
      return response;
    });
}

const wrongMethod = new AppError('validation_error', 'A tool is called with POST.', {
  hint: 'POST its arguments as JSON; GET /api/v1/tools describes them.',
});

const respond = ({ result }: Outcome): Response =>
  result.success ? Response.json(result) : failureResponse(result, statusOf[result.error_type]);

/** A request that is not let in, as an HTTP response. */
export function refusalResponse({ status, error, headers }: Refusal): Response {
  const response = failureResponse(failureOf(error, 'request', currentRequest()?.requestId ?? 'unknown'), status);
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}

/** A failure as an HTTP response, with `Retry-After` where that is known. */
export function failureResponse(failure: Failure, status: number): Response {
  const { retry_after_seconds: seconds } = failure.details;
  const headers = typeof seconds === 'number' ? { 'Retry-After': String(seconds) } : {};
  return Response.json(failure, { status, headers });
}
