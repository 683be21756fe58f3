/** Everything of the service but the tools and the cluster: limits, metrics, log and audit as in production. */
import { createPipeline } from '../../src/call.ts';
import { auditTrail } from '../../src/cli/audit-trail.ts';
import { createAdmission } from '../../src/platform/admission.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { createPrometheusMetrics } from '../../src/platform/prometheus.ts';
import { createRateLimiter } from '../../src/platform/rate-limit.ts';
import { startHttp } from '../../src/transports/http.ts';
import { echo } from './echo.ts';

const metrics = createPrometheusMetrics({ version: '1', nodeVersion: process.version, tools: [echo.name] });
const log = createLogger({ level: 'info', format: 'json', stream: process.stderr });
const never = (): Promise<never> => Promise.reject(new Error('There is no cluster.'));
const clusters = {
  list: never,
  reader: never,
  writer: never,
  as: () => clusters,
  ping: async () => {},
  close: async () => {},
};
const { url } = await startHttp({
  pipeline: createPipeline({
    tools: [echo],
    settings: { namespace: 'default', allowSystemNamespaces: false },
    timeoutMs: 45_000,
    log,
    metrics,
    limiter: createRateLimiter({ requests: 1_000_000, windowSeconds: 60, redis: undefined, metrics }),
    admission: createAdmission(),
    audit: auditTrail({ file: undefined, log, stream: process.stderr }),
  }),
  clusters,
  rules: () => import('../../src/tools/report/rule-page.ts'),
  metrics,
  log,
  version: '1',
  host: '127.0.0.1',
  port: 0,
  allowedHosts: [],
  assets: 'dist/assets',
});
log.info({ url }, 'serving');
