import { type ClustersOptions, createClusters } from '../../src/kubernetes/live/clusters.ts';
import type { Clusters } from '../../src/kubernetes/ports.ts';
import { noMetrics } from '../../src/platform/metrics.ts';
import type { FakeApiServer } from './fake-api-server.ts';

/** Live clusters over a kubeconfig, with retries that do not wait and nothing read unless `nextReads` says so. */
export const liveClusters = (kubeconfigPath: string, options: Partial<ClustersOptions> = {}): Clusters =>
  createClusters({
    kubeconfigPath,
    inCluster: false,
    allowExec: true,
    cacheTtlMs: 30_000,
    nextReads: () => [],
    metrics: noMetrics,
    environment: {},
    rest: { wait: async () => {}, random: () => 0 },
    ...options,
  });

/** Live clusters whose only context is the fake server. */
export const clustersOf = async (server: FakeApiServer, options: Partial<ClustersOptions> = {}): Promise<Clusters> =>
  liveClusters(await server.kubeconfig(), options);
