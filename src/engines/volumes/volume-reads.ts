import type { Pod } from '../objects.ts';
import { isTerminating, podCondition } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Read } from '../snapshot-data.ts';
import { type Claim, claimsOf, classOf, isGrowing, noProvisioner, provisionerOf } from './claims.ts';
import { fullVolumes } from './full.ts';

/** Volumes that are read by name. */
const maximumVolumes = 20;
const bindsVolumes = /persistent ?volume|volume zone|volume count|csi driver/i;
const countsVolumes = /max volume count|csi driver is not installed/i;

/** Volumes and what attaches them, for claims and pods that look wrong: these kinds are the whole cluster's. */
export function volumeReads(snapshot: Snapshot, suspects: readonly Pod[]): readonly Read[] {
  const claims = snapshot.all('PersistentVolumeClaim');
  const unplaced = suspects.filter(({ spec }) => !spec?.nodeName);
  const says = (pattern: RegExp) => (pod: Pod) => pattern.test(podCondition(pod, 'PodScheduled')?.message ?? '');
  const awaited = [
    ...claims.filter(isOdd),
    ...unplaced.filter(says(bindsVolumes)).flatMap((pod) => claimsOf(snapshot, pod)),
  ];
  const names = new Set(awaited.flatMap(({ spec }) => spec?.volumeName || []));
  const byHand = claims.some((claim) => waitsForVolumeByHand(snapshot, claim));
  return [
    ...[...names].slice(0, maximumVolumes).map((name): Read => ({ verb: 'get', kind: 'PersistentVolume', name })),
    ...(byHand ? [{ verb: 'list', kind: 'PersistentVolume', as: 'full' } as const] : []),
    ...drivers(snapshot, claims),
    ...classesOfSizes(snapshot, claims),
    ...(unplaced.some(says(countsVolumes))
      ? (['CSINode', 'VolumeAttachment'] as const).map((kind): Read => ({ verb: 'list', kind, as: 'full' }))
      : []),
    ...holders(snapshot, suspects),
  ];
}

/** A claim that has a volume by name and is not in order. */
const isOdd = ({ spec, status }: Claim): boolean =>
  Boolean(spec?.volumeName) && (status?.phase === 'Lost' || status?.phase === 'Pending');

/** Nobody makes a volume for it: its class is empty, has no provisioner, or is only a name. */
function waitsForVolumeByHand(snapshot: Snapshot, claim: Claim): boolean {
  const { storageClassName, volumeName } = claim.spec ?? {};
  if (claim.status?.phase !== 'Pending' || volumeName) return false;
  if (storageClassName === '') return true;
  if (storageClassName === undefined) return false;
  return (
    classOf(snapshot, claim)?.provisioner === noProvisioner ||
    snapshot.presence('StorageClass', undefined, storageClassName) === 'absent'
  );
}

/** Whether the driver of a claim that gets no volume is installed. Provisioners with a slash in their name are no CSI drivers. */
function drivers(snapshot: Snapshot, claims: readonly Claim[]): readonly Read[] {
  const wanted = claims
    .filter(({ status }) => status?.phase === 'Pending')
    .flatMap((claim) => provisionerOf(claim) ?? classOf(snapshot, claim)?.provisioner ?? [])
    .filter((name) => !name.includes('/'));
  return [...new Set(wanted)].map((name): Read => ({ verb: 'get', kind: 'CSIDriver', name }));
}

/** Whether a claim that is full, or is to grow, may grow. */
function classesOfSizes(snapshot: Snapshot, claims: readonly Claim[]): readonly Read[] {
  const full = fullVolumes(snapshot).flatMap(({ claim }) => claim ?? []);
  const names = [...full, ...claims.filter(isGrowing)].flatMap(({ spec }) => spec?.storageClassName || []);
  return [...new Set(names)].map((name): Read => ({ verb: 'get', kind: 'StorageClass', name }));
}

/** The nodes of pods that hold the claim of a pod that cannot get it: is the holder alive? */
function holders(snapshot: Snapshot, suspects: readonly Pod[]): readonly Read[] {
  const held = suspects.filter(
    (pod) =>
      !isTerminating(pod) &&
      snapshot
        .eventsAbout(pod)
        .some(({ reason, message }) => reason === 'FailedAttachVolume' && /multi-attach/i.test(message)),
  );
  const claims = new Set(held.flatMap((pod) => claimsOf(snapshot, pod)).map(({ metadata }) => metadata.uid));
  const nodes = snapshot
    .all('Pod')
    .filter((pod) => claimsOf(snapshot, pod).some(({ metadata }) => claims.has(metadata.uid)))
    .flatMap(({ spec }) => spec?.nodeName || []);
  return claims.size === 0
    ? []
    : [...new Set(nodes)].slice(0, maximumVolumes).map((name): Read => ({ verb: 'get', kind: 'Node', name }));
}
