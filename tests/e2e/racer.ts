/** A process of its own that plans and approves scalings, as its parent tells it: one replica of a service. */
import { createPipeline } from '../../src/call.ts';
import { createHealing } from '../../src/cli/healing-service.ts';
import { openClusters } from '../../src/cli/open-clusters.ts';
import { loadSettings } from '../../src/platform/load-settings.ts';
import { silentLogger } from '../../src/platform/logging.ts';
import { noMetrics } from '../../src/platform/metrics.ts';
import { noRateLimit } from '../../src/platform/rate-limit.ts';
import { healingTools } from '../../src/tools/healing-tools.ts';
import { anAudit } from '../support/audits.ts';

/** What to do: plan, or, with the id of a plan, approve it. */
export interface Order {
  readonly object: string;
  readonly replicas: number;
  readonly approve?: string;
}

/** The id of a plan; or how an approval ended: a state, or the type of an error. */
export type Report = string;

const environment = process.env;
const settings = loadSettings({ flags: {}, environment, dotenv: {}, defaults: { k8s_cache_ttl: '0' } });
const [log, metrics, signal] = [silentLogger, noMetrics, AbortSignal.timeout(3_600_000)];
const clusters = openClusters({ settings, metrics, environment, version: '0', demo: '', writes: true, log });
const service = await createHealing({
  policy: settings.policy,
  ownNamespace: undefined,
  log,
  audit: anAudit(),
  signal,
});
const pipeline = createPipeline({
  tools: healingTools,
  settings: { namespace: settings.k8sNamespace, allowSystemNamespaces: false },
  timeoutMs: 60_000,
  log,
  metrics,
  limiter: noRateLimit,
  healing: service.options,
});

async function done({ approve, ...args }: Order): Promise<Report> {
  const approval = approve === undefined ? undefined : ({ actionId: approve, answer: 'approved', by: 'ann' } as const);
  const { result } = await pipeline.call({ tool: 'scale_workload', arguments: args, clusters, approval });
  await service.idle();
  if (result.success) return String(result['state']);
  if (approve !== undefined) return result.error_type;
  return result.error_type === 'approval_required' ? String(result.details['action_id']) : `no plan: ${result.error}`;
}

process.on('message', (order: Order) => {
  void done(order).then((report) => process.send?.(report));
});
