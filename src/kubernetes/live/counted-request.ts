import { currentRequest, runInRequest } from '../../platform/request-context.ts';
import type { Span } from '../../platform/tracing.ts';
import { type Asking, labelOf } from './asking.ts';
import type { Connection } from './connection.ts';
import type { ClusterMetrics } from './rest.ts';

export interface RequestStart {
  readonly asking: Asking;
  readonly method: string;
  readonly connection: Pick<Connection, 'server'>;
  readonly metrics: Pick<ClusterMetrics, 'kubernetesRequest'>;
  /** How often it was sent before. */
  readonly resent?: number | undefined;
}

/** One request to an API server, once it is sent. */
export interface CountedRequest {
  /** By the clock of `performance.now()`. */
  readonly startedAt: number;
  /** Runs what sends it, so that the API server is told of the span. */
  send<T>(work: () => T): T;
  answered(status: number): void;
  /** Once it is over; when no status was told it failed. */
  ended(): void;
}

/** Counts and times a request, and makes a span of it where its call is traced. */
export function countedRequest(start: RequestStart): CountedRequest {
  const { asking, metrics } = start;
  const startedAt = performance.now();
  const context = currentRequest();
  const span = context?.span && spanBelow(context.span, start);
  let code: number | 'error' = 'error';
  return {
    startedAt,
    send: (work) => (context === undefined || span === undefined ? work() : runInRequest({ ...context, span }, work)),
    answered(status) {
      code = status;
    },
    ended() {
      const seconds = (performance.now() - startedAt) / 1000;
      metrics.kubernetesRequest({ verb: asking.verb, resource: labelOf(asking), code, seconds });
      if (code !== 'error') span?.update({ attributes: { 'http.response.status_code': code } });
      span?.end(code === 'error' || code >= 400 ? String(code) : undefined);
    },
  };
}

/** Says no more than verb and resource: paths and queries hold names. */
function spanBelow(parent: Span, { asking, method, connection, resent = 0 }: RequestStart): Span {
  const { hostname, port } = new URL(connection.server);
  const resource = labelOf(asking);
  return parent.child({
    name: asking.type === undefined ? asking.verb : `${asking.verb} ${resource}`,
    kind: 'client',
    attributes: {
      'http.request.method': method,
      'server.address': hostname,
      ...(port !== '' && { 'server.port': Number(port) }),
      'kubernetes.verb': asking.verb,
      'kubernetes.resource': resource,
      ...(resent > 0 && { 'http.request.resend_count': resent }),
    },
  });
}
