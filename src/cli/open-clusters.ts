import { firstReads } from '../engines/triage.ts';
import type { Clusters, NextReads } from '../kubernetes/ports.ts';
import type { Settings } from '../platform/config.ts';
import type { Logger } from '../platform/logging.ts';
import type { Metrics } from '../platform/metrics.ts';

export interface OpenOptions {
  readonly settings: Settings;
  readonly metrics: Metrics;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** Path of the embedded snapshot. */
  readonly demo: string;
  /** Whether they may be written to. */
  readonly writes?: boolean | undefined;
  readonly log?: Logger | undefined;
}

/**
 * The live clusters, or the archive that the settings name. Loaded at the first use: an assistant that starts us waits
 * for the first answer, which needs none of it.
 */
export function openClusters(options: OpenOptions): Clusters {
  let opened: Promise<Clusters> | undefined;
  const clusters = (): Promise<Clusters> => {
    // A failure is looked at again by the next call.
    opened ??= open(options).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  return { ...through(clusters), close: async () => (await opened)?.close() };
}

/** Clusters that are there once somebody asks. */
const through = (clusters: () => Promise<Clusters>): Clusters => ({
  list: async (signal, enough) => (await clusters()).list(signal, enough),
  reader: async (cluster) => (await clusters()).reader(cluster),
  writer: async (cluster) => (await clusters()).writer(cluster),
  as: (view) => through(async () => (await clusters()).as(view)),
  reviewToken: async (question, signal) => (await clusters()).reviewToken?.(question, signal),
  ping: async (signal) => (await clusters()).ping(signal),
  // Whoever opened them closes them.
  close: async () => {},
});

async function open(options: OpenOptions): Promise<Clusters> {
  const { demo, from } = options.settings;
  const path = from ?? (demo ? options.demo : undefined);
  if (path === undefined) return openLive(options);
  const { createArchiveClusters } = await import('../kubernetes/archive/clusters.ts');
  return createArchiveClusters(path, { nextReads });
}

async function openLive({ settings, metrics, environment, version, writes, log }: OpenOptions): Promise<Clusters> {
  const { createClusters } = await import('../kubernetes/live/clusters.ts');
  return createClusters({
    kubeconfigPath: settings.kubeconfig,
    inCluster: settings.k8sInCluster,
    allowed: settings.clusters,
    // Whoever reaches a service must not make it run commands.
    allowExec: !settings.http,
    pace: { perSecond: settings.k8sQps, burst: settings.k8sBurst },
    cacheTtlMs: settings.k8sCacheTtl * 1000,
    nextReads,
    metrics,
    userAgent: `kubemend/${version}`,
    environment,
    ...(writes === true && {
      healing: {
        signingKeys: () => signingKeys(settings, environment),
        stateNamespace: settings.stateNamespace,
        log,
      },
    }),
  });
}

/** Loaded when something is to be changed. */
export async function signingKeys(
  { signingKey }: Settings,
  environment: OpenOptions['environment'],
): Promise<readonly Buffer[]> {
  const { loadSigningKeys } = await import('../kubernetes/live/signing-key.ts');
  return loadSigningKeys({ setting: signingKey, environment });
}

/** The first questions are out before the engines are there. */
const nextReads: NextReads = async (soFar) => {
  if (soFar.reads.length === 0) return firstReads(soFar.scope);
  const engines = await import('../engines/index.ts');
  return engines.nextReads(soFar);
};
