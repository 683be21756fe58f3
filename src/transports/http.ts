import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import { failureOf } from '../outcome.ts';
import { AppError } from '../platform/errors.ts';
import type { Logger } from '../platform/logging.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Tracing } from '../platform/tracing.ts';
import type { Authentication } from './authentication.ts';
import type { PeopleOptions } from './console/people.ts';
import { createHttpApp } from './http-app.ts';
import { addressOf, listen } from './listener.ts';
import { createMcpFactory, type Service } from './mcp.ts';
import { createMcpHttp } from './mcp-http.ts';
import { createReadiness } from './probes.ts';
import { protocolProblem } from './protocol-problem.ts';
import { failureResponse } from './rest.ts';
import { countCalls } from './running-calls.ts';

export interface HttpOptions extends Service {
  readonly metrics: Metrics;
  readonly tracing?: Tracing | undefined;
  readonly log: Logger;
  readonly version: string;
  readonly host: string;
  readonly port: number;
  readonly allowedHosts: readonly string[];
  readonly authentication?: Authentication | undefined;
  /** Absent: nobody signs in at the console. */
  readonly people?: PeopleOptions | undefined;
  /** Besides the API server, what has to answer before calls make sense. */
  readonly ready?: (() => Promise<boolean>) | undefined;
  /** How long it serves on once it is told to stop, in ms: whoever sends calls here has to see first that it is not ready. */
  readonly drainDelayMs?: number | undefined;
  /** How long calls that run then may still run, in ms. */
  readonly drainMs?: number | undefined;
}

export interface HttpService {
  /** `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Not ready at once; serves on for a while; no new connections; calls that run may end; then everything is closed. */
  stop(): Promise<void>;
}

/** Serves MCP, REST and probes until it is stopped. */
export async function startHttp(options: HttpOptions): Promise<HttpService> {
  const { clusters, rules, assets, approvalKey, metrics, log, host, port, version, authentication, people } = options;
  const { ready = async () => true, drainDelayMs = 0, drainMs = 25_000 } = options;
  const calls = countCalls(options.pipeline);
  const approving = people?.approving && countCalls(people.approving);
  const mcp = createMcpHttp({
    factory: createMcpFactory({
      service: async () => ({ pipeline: calls.pipeline, clusters, rules, assets, approvalKey }),
      version,
      tracing: options.tracing,
    }),
    onError: (error) => log.warn({ problem: protocolProblem(error) }, 'protocol error'),
    maxSessionsOfCaller: authentication && sessionsOfCaller,
  });
  const readiness = createReadiness(clusters, log);
  let stopping = false;
  const app = createHttpApp({
    pipeline: calls.pipeline,
    clusters,
    mcp,
    readiness: { ready: async () => !stopping && (await ready()) && (await readiness.ready()) },
    authentication,
    people: people && { ...people, approving: approving?.pipeline },
    metrics,
    tracing: options.tracing,
    log,
    allowedHosts: [...options.allowedHosts, host],
    version,
    assets,
  });
  const refused = (code: number) => metrics.httpRequest({ method: 'other', route: 'other', code });
  const listener = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    errorHandler: () => {
      refused(400);
      const requestId = randomUUID();
      const response = failureResponse(failureOf(badTarget, 'request', requestId), 400);
      response.headers.set('X-Request-ID', requestId);
      return response;
    },
  });
  const server = await listen(
    (request, response) => {
      // Whoever keeps a connection open would use it for its next call, and meet its end; a body that nobody asked for is not
      // read to its end only to find the next request behind it.
      if (stopping || hasNeedlessBody(request)) response.setHeader('Connection', 'close');
      void listener(request, response);
    },
    { host, port, refused },
  );

  return {
    url: addressOf(server),
    async stop() {
      stopping = true;
      if (drainDelayMs > 0) await pause(drainDelayMs);
      const closed = once(server, 'close');
      server.close();
      const idle = Promise.all([calls.idle(), approving?.idle()]);
      await Promise.race([idle, pause(drainMs, undefined, { ref: false })]);
      calls.abort();
      approving?.abort();
      // Answers are written just after their calls end.
      await pause(answerMs);
      await mcp.close();
      server.closeIdleConnections();
      await Promise.race([closed, pause(readMs, undefined, { ref: false })]);
      server.closeAllConnections();
      await closed;
    },
  };
}

/** hono ends other bodies that are not read, half a second after the answer; Node reads these to their ends. */
const hasNeedlessBody = ({ method, headers }: IncomingMessage): boolean =>
  (method === 'GET' || method === 'HEAD') &&
  (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0);

const badTarget = new AppError('validation_error', 'The request names no host, or nothing that could be found there.', {
  hint: 'Send a Host header, and a path that begins with a slash.',
});

const sessionsOfCaller = 100;

/** How long an answer takes to be written, and to be read by a slow client, in ms. */
const answerMs = 50;
const readMs = 1000;
