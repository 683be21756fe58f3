/** A call of every reading tool on the demo snapshot, for the documentation of the REST face. */
import { join } from 'node:path';
import { createPipeline } from '../src/call.ts';
import { nextReads } from '../src/engines/index.ts';
import { createArchiveClusters } from '../src/kubernetes/archive/clusters.ts';
import { silentLogger } from '../src/platform/logging.ts';
import { noMetrics } from '../src/platform/metrics.ts';
import { noRateLimit } from '../src/platform/rate-limit.ts';
import { tools } from '../src/tools/index.ts';
import type { ToolExample } from '../src/transports/openapi.ts';

const namespace = 'shop';
const calls: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  diagnose: { namespace, object: 'deployment/payments' },
  check_pod_health: { namespace, pod_name: 'cart-5ff4b9ffdf-95252' },
  analyze_logs: { namespace, object: 'deployment/cart' },
  get_timeline: { namespace, object: 'deployment/payments' },
  trace_route: { namespace, to: 'ingress/shop' },
  list_resources: { namespace, kind: 'deployment' },
  get_resource: { namespace, kind: 'service', name: 'payments' },
  get_usage: {},
  check_access: { verb: 'list', resource: 'pods', namespace },
  list_clusters: {},
};

/** Of a list two entries show what it holds. */
const shownEntries = 2;

const shortened = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.slice(0, shownEntries).map(shortened);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shortened(each)]));
};

/** By the name of the tool; without an answer where an archive has none. */
export async function demoExamples(): Promise<Readonly<Record<string, ToolExample>>> {
  const clusters = createArchiveClusters(join(import.meta.dirname, '../demo/shop.kubemend.gz'), { nextReads });
  const pipeline = createPipeline({
    tools,
    settings: { namespace, allowSystemNamespaces: false, archive: true },
    timeoutMs: 60_000,
    log: silentLogger,
    metrics: noMetrics,
    limiter: noRateLimit,
  });
  const examples: [string, ToolExample][] = [];
  for (const { name } of tools) {
    const args = calls[name] ?? {};
    const { result } = await pipeline.call({ tool: name, arguments: args, clusters });
    if (!result.success) process.stderr.write(`${name}: ${result.error}\n`);
    examples.push([name, { arguments: args, ...(result.success && { answer: shortened(result) as typeof args }) }]);
  }
  await clusters.close();
  return Object.fromEntries(examples);
}
