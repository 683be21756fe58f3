import type { Clusters } from '../kubernetes/ports.ts';
import type { Settings } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import type { Logger } from '../platform/logging.ts';
import type { Metrics } from '../platform/metrics.ts';

export interface OpenOptions {
  readonly settings: Settings;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** Live clusters or an archive, as the settings say; opened at the first use, because reading starts there. */
export async function openClusters(options: OpenOptions): Promise<Clusters> {
  let opened: Promise<Clusters> | undefined;
  const clusters = (): Promise<Clusters> => (opened ??= open(options));
  return {
    list: async (signal) => (await clusters()).list(signal),
    reader: async (cluster) => (await clusters()).reader(cluster),
    ping: async (signal) => (await clusters()).ping(signal),
    close: async () => (opened === undefined ? undefined : (await opened).close()),
  };
}

async function open({ settings }: OpenOptions): Promise<Clusters> {
  throw new AppError('unavailable', `No cluster can be opened yet: ${settings.k8sNamespace}`);
}
