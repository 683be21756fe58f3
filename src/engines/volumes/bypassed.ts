import type { Pod } from '../objects.ts';
import type { Snapshot } from '../snapshot.ts';
import { type Claim, claimsOf, classOf, selectedNodeOf } from './claims.ts';

/**
 * Claims that wait for their first consumer while a pod that mounts them already has a node: the scheduler, which would
 * have had the volume made before it gave the pod a node, was never asked (spec.nodeName was written by hand).
 */
export const bypassedClaims = (snapshot: Snapshot, pod: Pod): readonly Claim[] =>
  pod.spec?.nodeName
    ? claimsOf(snapshot, pod).filter(
        (claim) =>
          claim.status?.phase === 'Pending' &&
          !claim.spec?.volumeName &&
          selectedNodeOf(claim) === undefined &&
          classOf(snapshot, claim)?.volumeBindingMode === 'WaitForFirstConsumer',
      )
    : [];
