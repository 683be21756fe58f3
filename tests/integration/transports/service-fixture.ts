import { silentLogger } from '../../../src/platform/logging.ts';
import { noMetrics } from '../../../src/platform/metrics.ts';
import { type HttpOptions, type HttpService, startHttp } from '../../../src/transports/http.ts';
import { rulePages, someClusters, somePipeline } from './fixtures.ts';

/** The HTTP service on a free port of loopback, with the fixture tools. */
export const aRunningService = (options: Partial<HttpOptions> = {}): Promise<HttpService> =>
  startHttp({
    pipeline: somePipeline(),
    clusters: someClusters(),
    rules: rulePages,
    metrics: noMetrics,
    log: silentLogger,
    version: '0.0.0',
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    assets: '/nowhere',
    drainMs: 200,
    ...options,
  });
