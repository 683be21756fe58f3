/** The conformance fixture on the HTTP stack of the service; says its address and serves until it is told to stop. */
import { getRequestListener } from '@hono/node-server';
import { silentLogger } from '../../src/platform/logging.ts';
import { noMetrics } from '../../src/platform/metrics.ts';
import { createHttpApp } from '../../src/transports/http-app.ts';
import { addressOf, listen } from '../../src/transports/listener.ts';
import { createMcpHttp } from '../../src/transports/mcp-http.ts';
import { someClusters, somePipeline } from '../integration/transports/fixtures.ts';
import { fixture } from './fixture.ts';

const app = createHttpApp({
  pipeline: somePipeline(),
  clusters: someClusters(),
  mcp: createMcpHttp({ factory: fixture, onError: () => {} }),
  readiness: { ready: async () => true },
  metrics: noMetrics,
  log: silentLogger,
  allowedHosts: [],
  version: '0.0.0',
  assets: '/nowhere',
});
const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
const server = await listen((request, response) => void listener(request, response), { host: '127.0.0.1', port: 0 });
process.stderr.write(`${JSON.stringify({ url: addressOf(server) })}\n`);
