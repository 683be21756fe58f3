import { Hono } from 'hono';
import type { Pipeline } from '../call.ts';
import type { Clusters } from '../kubernetes/ports.ts';
import { type Failure, failureOf, type Outcome } from '../outcome.ts';
import { AppError } from '../platform/errors.ts';
import { currentRequest } from '../platform/request-context.ts';
import { type BodyEnv, parseBody } from './json-body.ts';
import { statusOf } from './status-of.ts';
import { describeTools } from './tool-schemas.ts';

/** The tools as plain HTTP: the same pipeline, the structured result as body. */
export function createRest(pipeline: Pipeline, clusters: Clusters): Hono<BodyEnv> {
  const tools = describeTools(pipeline.tools);
  return new Hono<BodyEnv>()
    .get('/tools', (context) => context.json({ tools }))
    .post('/tools/:name', async (context) => {
      const { raw } = context.req;
      const body = parseBody(context.get('body'), context.req.header('content-type'));
      const tool = context.req.param('name');
      return respond(await pipeline.call({ tool, arguments: body, clusters, signal: raw.signal }));
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

/** A failure as an HTTP response, with `Retry-After` where that is known. */
export function failureResponse(failure: Failure, status: number): Response {
  const { retry_after_seconds: seconds } = failure.details;
  const headers = typeof seconds === 'number' ? { 'Retry-After': String(seconds) } : {};
  return Response.json(failure, { status, headers });
}
