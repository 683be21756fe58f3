import type { SnapshotData } from '../../engines/snapshot-data.ts';
import { AppError } from '../../platform/errors.ts';
import type { Clusters } from '../ports.ts';
import { type ReadArchiveOptions, readArchive } from './read.ts';
import { createArchiveReader } from './reader.ts';

/** The one cluster that the snapshot at `path` was made of. The file is read at the first use, and once. */
export function createArchiveClusters(path: string, options: ReadArchiveOptions = {}): Clusters {
  return clustersOfSnapshot(() => readArchive(path, options));
}

/** The same for a snapshot that comes from elsewhere. */
export function clustersOfSnapshot(load: () => Promise<SnapshotData>): Clusters {
  let loading: Promise<SnapshotData> | undefined;
  const snapshot = (): Promise<SnapshotData> => {
    loading ??= load().catch((error: unknown) => {
      // A file that was not whole yet is looked at again.
      loading = undefined;
      throw error;
    });
    return loading;
  };

  return {
    async list() {
      const { cluster, version } = await snapshot();
      return [{ name: cluster, default: true, reachable: true, version }];
    },
    async reader(wanted) {
      const data = await snapshot();
      if (wanted === undefined || wanted === data.cluster) return createArchiveReader(data);
      throw new AppError('not_found', `There is no cluster "${wanted}": this is an archive of "${data.cluster}".`, {
        hint: `Leave the cluster out, or name ${data.cluster}.`,
        details: { clusters: [data.cluster], suggestions: [data.cluster], archive: true },
      });
    },
    async ping() {
      await snapshot();
    },
    async close() {},
  };
}
