import { keyOf, type Of, type Pod, refOf } from '../objects.ts';
import { isFinished, isTerminating } from '../pods.ts';
import { quantity } from '../quantity.ts';
import type { Snapshot } from '../snapshot.ts';

export type Claim = Of<'PersistentVolumeClaim'>;
export type PersistentVolume = Of<'PersistentVolume'>;

/** One volume of a pod that is a claim. */
export interface ClaimMount {
  /** The volume's name in the pod. */
  readonly volume: string;
  /** The claim's name; of a generic ephemeral volume it is `pod-volume`. */
  readonly claim: string;
}

/** The claims that a pod mounts, in the order of its volumes. */
export const claimMounts = ({ metadata, spec }: Pod): readonly ClaimMount[] =>
  (spec?.volumes ?? []).flatMap(({ name: volume = '', persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim?.claimName) return [{ volume, claim: persistentVolumeClaim.claimName }];
    return ephemeral?.volumeClaimTemplate === undefined ? [] : [{ volume, claim: `${metadata.name}-${volume}` }];
  });

/** The claims of a pod that were read. */
export const claimsOf = (snapshot: Snapshot, pod: Pod): readonly Claim[] =>
  claimMounts(pod).flatMap(({ claim }) => snapshot.find('PersistentVolumeClaim', pod.metadata.namespace, claim) ?? []);

const byClaim = new WeakMap<Snapshot, ReadonlyMap<string, readonly Pod[]>>();

/** Pods that mount a claim or want to; finished ones no longer do, terminating ones still do. */
export function consumersOf(snapshot: Snapshot, claim: Claim): readonly Pod[] {
  let index = byClaim.get(snapshot);
  if (index === undefined) {
    const uses = snapshot
      .all('Pod')
      .filter((pod) => !isFinished(pod))
      .flatMap((pod) =>
        claimMounts(pod).map(({ claim: name }) => ({
          pod,
          key: keyOf({ kind: 'PersistentVolumeClaim', namespace: pod.metadata.namespace, name }),
        })),
      );
    const groups = Map.groupBy(uses, ({ key }) => key);
    index = new Map([...groups].map(([key, group]) => [key, group.map(({ pod }) => pod)]));
    byClaim.set(snapshot, index);
  }
  return index.get(keyOf(refOf(claim))) ?? [];
}

/** Pods that wait for a node and want this claim. */
export const waitingFor = (snapshot: Snapshot, claim: Claim): readonly Pod[] =>
  consumersOf(snapshot, claim).filter((pod) => !pod.spec?.nodeName && !isTerminating(pod));

/** The class of a claim, when it names one that was read. */
export const classOf = (snapshot: Snapshot, { spec }: Claim): Of<'StorageClass'> | undefined =>
  spec?.storageClassName ? snapshot.find('StorageClass', undefined, spec.storageClassName) : undefined;

/** A class whose volumes are made by hand. */
export const noProvisioner = 'kubernetes.io/no-provisioner';

/** The controller manager sets it on a claim for which a volume is to be made now; its value is the provisioner (k8s.io/component-helpers `AnnStorageProvisioner`). */
export const provisionerOf = ({ metadata: { annotations } }: Claim): string | undefined =>
  annotations?.['volume.kubernetes.io/storage-provisioner'] ??
  annotations?.['volume.beta.kubernetes.io/storage-provisioner'];

/** The scheduler sets it once a pod that wants the claim has found a node (`AnnSelectedNode`). */
export const selectedNodeOf = ({ metadata: { annotations } }: Claim): string | undefined =>
  annotations?.['volume.kubernetes.io/selected-node'];

/** Whether a bound claim asks for more than its volume has. */
export function isGrowing({ spec, status }: Claim): boolean {
  const asked = quantity(spec?.resources?.requests?.['storage']);
  const has = quantity(status?.capacity?.['storage']);
  return status?.phase === 'Bound' && asked !== undefined && has !== undefined && asked > has;
}
