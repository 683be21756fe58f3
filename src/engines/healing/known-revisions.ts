import { type KubernetesObject, keyOf, type ObjectRef, type PodTemplate, refOf } from '../objects.ts';
import { controllerOf } from '../owners.ts';
import { perSnapshot } from '../per-snapshot.ts';
import { regressions } from '../regressions.ts';
import { revisionHashOf } from '../replaced-templates.ts';
import { replicaSetRef, revisionsOf } from '../revisions.ts';
import type { Snapshot } from '../snapshot.ts';
import { readyPods } from './subject.ts';

/** A revision of any workload, as far as it was read. */
export interface KnownRevision {
  readonly number: number;
  /** The ReplicaSet or ControllerRevision. */
  readonly object: ObjectRef;
  readonly template: PodTemplate | undefined;
  /** Whether all pods that are wanted of it are Ready now. */
  readonly available: boolean;
}

/** What a StatefulSet or DaemonSet keeps of a template (apps/v1 ControllerRevision). */
type ControllerRevision = KubernetesObject & {
  readonly revision?: number | undefined;
  readonly data?: { readonly spec?: { readonly template?: PodTemplate | undefined } | undefined } | undefined;
};

/** The revisions of a workload, newest first. */
export function knownRevisions(snapshot: Snapshot, workload: ObjectRef): readonly KnownRevision[] {
  if (workload.kind !== 'Deployment')
    return (controllerRevisions(snapshot).get(keyOf(workload)) ?? []).map(ofController);
  return revisionsOf(snapshot, workload).map((revision) => {
    const wanted = revision.replicaSet.spec?.replicas ?? 0;
    return {
      number: revision.number,
      object: replicaSetRef(revision),
      template: revision.template,
      available: wanted > 0 && revision.ready >= wanted,
    };
  });

  function ofController({ metadata, ...object }: ControllerRevision): KnownRevision {
    const pods = readyPods(snapshot, workload);
    return {
      number: object.revision ?? 0,
      object: refOf({ metadata, ...object }),
      template: object.data?.spec?.template,
      available: pods.some((pod) => isOf(metadata.name, revisionHashOf(pod))),
    };
  }
}

/** A StatefulSet labels its pods with the whole name of the revision, a DaemonSet with its hash. */
const isOf = (revision: string, hash: string | undefined): boolean =>
  hash !== undefined && (revision === hash || revision.endsWith(`-${hash}`));

const controllerRevisions = perSnapshot((snapshot) => {
  const read: readonly ControllerRevision[] = snapshot.data.objects.filter(({ kind }) => kind === 'ControllerRevision');
  const newestFirst = read.toSorted((a, b) => (b.revision ?? 0) - (a.revision ?? 0));
  return Map.groupBy(newestFirst, (revision) => {
    const owner = controllerOf(revision);
    return owner === undefined ? '' : keyOf(owner);
  });
});

/** Whether a revision was seen to work: it does now, or it did until the rollout after it. */
export const wasAvailable = (snapshot: Snapshot, workload: ObjectRef, revision: KnownRevision): boolean =>
  revision.available || workedBefore(snapshot).get(keyOf(workload)) === revision.number;

/** The revision of a broken Deployment that worked until the rollout, by its key. */
const workedBefore = perSnapshot(
  (snapshot) => new Map(regressions(snapshot).map(({ deployment, good }) => [keyOf(deployment), good.number])),
);
