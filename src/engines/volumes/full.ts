import { isMissed } from '../crashes/crashing.ts';
import { deathLog } from '../crashes/death-log.ts';
import { isUnder, pathIn } from '../file-paths.ts';
import { type Pod, refOf, type Volume } from '../objects.ts';
import { unsettledPods } from '../pod-groups.ts';
import { containersOf, isReady, lastTermination, type PodContainer } from '../pods.ts';
import { quantity } from '../quantity.ts';
import type { Snapshot } from '../snapshot.ts';
import type { LogExcerpt } from '../snapshot-data.ts';
import { type Claim, claimMounts } from './claims.ts';

/** A volume of which a program says that nothing more can be written. */
export interface FullVolume {
  readonly pod: Pod;
  readonly container: string;
  readonly volume: Volume;
  readonly mountPath: string;
  readonly claim: Claim | undefined;
  /** Bytes that the volume has; `undefined` when nothing says. */
  readonly capacity: number | undefined;
  readonly line: string;
  readonly at: string | undefined;
  /** The line names a path on the volume; otherwise it is the only one that the program can fill. */
  readonly named: boolean;
}

const noSpace = /no space left on device|disk quota exceeded|\bENOSPC\b|disk (?:is )?full/i;

/** Volumes that broken containers could not write to any more, by the last such line of their logs. */
export function fullVolumes(snapshot: Snapshot): readonly FullVolume[] {
  if (!isSaidAnywhere(snapshot)) return [];
  return unsettledPods(snapshot)
    .filter((pod) => isMissed(snapshot, pod) && !isReady(pod))
    .flatMap((pod) => containersOf(pod).flatMap((container) => fullVolume(snapshot, pod, container) ?? []));
}

/** Looking for the log of each container costs more than looking whether any says so: few logs are read. */
const isSaidAnywhere = (snapshot: Snapshot): boolean =>
  snapshot.data.logs.some((log) => lastLine(log) !== undefined) ||
  unsettledPods(snapshot).some((pod) =>
    containersOf(pod).some(({ status }) => noSpace.test(lastTermination(status)?.message ?? '')),
  );

function fullVolume(snapshot: Snapshot, pod: Pod, container: PodContainer): FullVolume | undefined {
  const logs = [snapshot.log(refOf(pod), container.name, false), deathLog(snapshot, pod, container)];
  const line = logs.flatMap((log) => lastLine(log) ?? [])[0];
  if (line === undefined) return undefined;
  const path = pathIn(line.text);
  const mounts = (container.spec.volumeMounts ?? []).filter(({ readOnly }) => readOnly !== true);
  const mount =
    path === undefined
      ? onlyLimited(pod, mounts)
      : mounts
          .filter(({ mountPath = '' }) => isUnder(path, mountPath))
          .toSorted((a, b) => (b.mountPath ?? '').length - (a.mountPath ?? '').length)[0];
  const volume = pod.spec?.volumes?.find(({ name }) => name === mount?.name);
  if (volume === undefined || mount?.mountPath === undefined || !isLimited(volume)) return undefined;
  const name = claimMounts(pod).find((each) => each.volume === volume.name)?.claim;
  const claim = name === undefined ? undefined : snapshot.find('PersistentVolumeClaim', pod.metadata.namespace, name);
  const capacity = quantity(claim?.status?.capacity?.['storage'] ?? volume.emptyDir?.sizeLimit);
  return {
    pod,
    container: container.name,
    volume,
    mountPath: mount.mountPath,
    claim,
    capacity,
    line: line.text,
    at: line.at,
    named: path !== undefined,
  };
}

const lastLine = (log: LogExcerpt | undefined) => log?.lines.findLast(({ text }) => noSpace.test(text));

/** Volumes with a size of their own. What else is full is the node's disk. */
const isLimited = ({ persistentVolumeClaim, ephemeral, emptyDir }: Volume): boolean =>
  persistentVolumeClaim !== undefined || ephemeral !== undefined || emptyDir?.medium === 'Memory';

/** The one volume that a line without a path can mean. */
function onlyLimited<T extends { readonly name?: string | undefined }>(pod: Pod, mounts: readonly T[]): T | undefined {
  const limited = mounts.filter((mount) =>
    pod.spec?.volumes?.some((volume) => volume.name === mount.name && isLimited(volume)),
  );
  return limited.length === 1 ? limited[0] : undefined;
}
