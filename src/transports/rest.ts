import { Hono } from 'hono';
import type { Pipeline } from '../call.ts';
import { lackingScope } from '../call-checks.ts';
import type { Caller } from '../caller.ts';
import type { Clusters } from '../kubernetes/ports.ts';
import { type Failure, failureOf, type Outcome } from '../outcome.ts';
import type { Scope } from '../platform/auth/scopes.ts';
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

/** The first scope that the caller lacks for one of these tools. */
export const lackedScope = ({ tools }: Pipeline, caller: Caller, names: readonly string[]): Scope | undefined =>
  tools
    .filter(({ name }) => names.includes(name))
    .map((tool) => lackingScope(tool, caller))
    .find((scope) => scope !== undefined);

/** The tools as plain HTTP: the same pipeline, the structured result as body. */
export function createRest({ pipeline, clusters, authentication }: RestFaceOptions): Hono<RequestEnv> {
  const tools = describeTools(pipeline.tools);
  return new Hono<RequestEnv>()
    .get('/tools', (context) => context.json({ tools }))
    .post('/tools/:name', async (context) => {
      const { raw } = context.req;
      const body = parseBody(context.get('body'));
      const tool = context.req.param('name');
      const caller = context.get('caller');
      const lacking = lackedScope(pipeline, caller, [tool]);
      if (lacking !== undefined && authentication !== undefined)
        return refusalResponse(authentication.lacksScope(raw, lacking));
      return respond(await pipeline.call({ tool, arguments: body, clusters, caller, signal: raw.signal }));
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
