import { nameOf } from '../objects.ts';
import { formatQuantity, quantity } from '../quantity.ts';
import { matchesSelector } from '../selectors.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Claim, PersistentVolume } from './claims.ts';

/** An existing volume, and why it does not serve a claim. */
export interface Candidate {
  readonly volume: PersistentVolume;
  /** As clauses after the volume's name: `is bound to shop/data`. Empty when it fits. */
  readonly obstacles: readonly string[];
  /** It fits, but still belongs to a claim that is gone: nobody may take it until its claimRef is cleared. */
  readonly released: boolean;
}

/**
 * The volumes of a claim's class, those that come nearest first, as the volume controller judges them (pv_controller
 * `checkVolumeSatisfyClaim`, `FindMatchingVolume`).
 */
function candidatesFor(snapshot: Snapshot, claim: Claim): readonly Candidate[] {
  return snapshot
    .all('PersistentVolume')
    .filter(({ spec }) => (spec?.storageClassName ?? '') === (claim.spec?.storageClassName ?? ''))
    .map((volume) => candidateOf(claim, volume))
    .toSorted((a, b) => a.obstacles.length - b.obstacles.length || nearness(claim, b) - nearness(claim, a));
}

function candidateOf(claim: Claim, volume: PersistentVolume): Candidate {
  const obstacles = mismatches(claim, volume);
  const released = volume.status?.phase === 'Released';
  return { volume, released, obstacles: released ? obstacles : [...obstacles, ...taken(claim, volume)] };
}

/** A volume that was this very claim's, by its name, comes before others. */
const nearness = (claim: Claim, { volume }: Candidate): number =>
  volume.spec?.claimRef?.name === claim.metadata.name && volume.spec.claimRef.namespace === claim.metadata.namespace
    ? 1
    : 0;

function taken({ metadata }: Claim, { spec, status, metadata: { deletionTimestamp } }: PersistentVolume): string[] {
  const { namespace, name, uid } = spec?.claimRef ?? {};
  if (deletionTimestamp !== undefined) return ['is being deleted'];
  if (name === undefined) return status?.phase === 'Failed' ? ['is Failed'] : [];
  const own = name === metadata.name && namespace === metadata.namespace && (uid === undefined || uid === metadata.uid);
  return own ? [] : [`${status?.phase === 'Bound' ? 'is bound to' : 'is reserved for'} ${namespace}/${name}`];
}

/** What of a volume does not meet the claim, whoever has it. */
export function mismatches(claim: Claim, { spec, metadata }: PersistentVolume): readonly string[] {
  const asked = quantity(claim.spec?.resources?.requests?.['storage']);
  const has = quantity(spec?.capacity?.['storage']);
  const modes = (claim.spec?.accessModes ?? []).filter((mode) => spec?.accessModes?.includes(mode) !== true);
  const mode = spec?.volumeMode ?? 'Filesystem';
  const selector = claim.spec?.selector;
  return [
    ...(asked !== undefined && has !== undefined && has < asked
      ? [`has ${formatQuantity('storage', has)} of the ${formatQuantity('storage', asked)} asked for`]
      : []),
    ...(modes.length > 0 ? [`lacks access mode ${modes.join(', ')}`] : []),
    ...(mode === (claim.spec?.volumeMode ?? 'Filesystem') ? [] : [`has volumeMode ${mode}`]),
    ...(selector !== undefined && !matchesSelector(selector, metadata.labels)
      ? ["lacks the labels of the claim's selector"]
      : []),
  ];
}

/** `PersistentVolume/disk-1 has 5Gi of the 8Gi asked for`. */
export const candidateText = ({ volume, obstacles }: Candidate): string =>
  `${nameOf({ kind: 'PersistentVolume', name: volume.metadata.name })} ${obstacles.join(' and ')}`;

/** Of the volumes that meet a claim, those that nobody has, and those that a deleted claim still has. */
export function fittingFor(
  snapshot: Snapshot,
  claim: Claim,
): {
  readonly free: readonly Candidate[];
  readonly released: readonly Candidate[];
  readonly all: readonly Candidate[];
} {
  const wanted = claim.spec?.volumeName;
  const all = candidatesFor(snapshot, claim).filter(({ volume }) => !wanted || volume.metadata.name === wanted);
  const fitting = all.filter(({ obstacles }) => obstacles.length === 0);
  return {
    all,
    free: fitting.filter(({ released }) => !released),
    released: fitting.filter(({ released }) => released),
  };
}
