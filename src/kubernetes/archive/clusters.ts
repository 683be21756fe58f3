import { AppError } from '../../platform/errors.ts';
import type { Clusters, NextReads } from '../ports.ts';
import { type OpenArchiveOptions, type OpenedArchive, openArchive } from './open.ts';
import { createArchiveReader } from './reader.ts';

export interface ArchiveClustersOptions extends OpenArchiveOptions {
  /** Tells what an archive that others made lacks for a question. */
  readonly nextReads?: NextReads | undefined;
}

/** The one cluster that the archive at `path` was made of. The file is read at the first use, and once. */
export function createArchiveClusters(path: string, { nextReads, ...options }: ArchiveClustersOptions = {}): Clusters {
  let loading: Promise<OpenedArchive> | undefined;
  const opened = (): Promise<OpenedArchive> => {
    loading ??= openArchive(path, options).catch((error: unknown) => {
      // A file that was not whole yet is looked at again.
      loading = undefined;
      throw error;
    });
    return loading;
  };

  const clusters: Clusters = {
    async list() {
      const { cluster, version } = (await opened()).data;
      return [{ name: cluster, default: true, reachable: true, version }];
    },
    async reader(wanted) {
      const { data, recorded } = await opened();
      if (wanted === undefined || wanted === data.cluster)
        return createArchiveReader(data, recorded ? undefined : nextReads);
      throw new AppError('not_found', `There is no cluster "${wanted}": this is an archive of "${data.cluster}".`, {
        hint: `Leave the cluster out, or name ${data.cluster}.`,
        details: { clusters: [data.cluster], suggestions: [data.cluster], archive: true },
      });
    },
    async writer() {
      throw new AppError('refused', 'An archive cannot be changed.');
    },
    as: () => clusters,
    async ping() {
      await opened();
    },
    async close() {},
  };
  return clusters;
}
