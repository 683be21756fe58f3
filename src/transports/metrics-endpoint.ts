import type { PrometheusMetrics } from '../platform/prometheus.ts';
import { addressOf, listen } from './listener.ts';

export interface MetricsService {
  /** `http://127.0.0.1:9090`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves the metrics, and nothing else, on a port of their own. */
export async function startMetrics(
  metrics: PrometheusMetrics,
  host: string,
  port: number,
  path: string,
): Promise<MetricsService> {
  const server = await listen(
    async (request, response) => {
      if (request.method !== 'GET' || request.url?.split('?')[0] !== path) {
        response.writeHead(404).end();
        return;
      }
      const { contentType, text } = await metrics.expose(request.headers.accept);
      response.writeHead(200, { 'Content-Type': contentType }).end(text);
    },
    { host, port },
  );
  return {
    url: addressOf(server),
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
