import { rollbackFix } from './diagnosis/heal-fixes.ts';
import type { Fix } from './diagnosis/rule.ts';
import type { KubernetesObject } from './objects.ts';
import { workloadOf } from './owners.ts';
import { describeChange, previousRevision, revisionsOf, templateChanges } from './revisions.ts';
import type { Snapshot } from './snapshot.ts';

const namedChanges = 2;

/**
 * Advice to go back to the revision before, when it differs in what is broken; none otherwise, because an older
 * revision with the same fault is no help.
 * @param matters Whether a field of the pod template (`containers[app].image`) has to do with the fault.
 */
export function rollbackAdvice(
  snapshot: Snapshot,
  object: KubernetesObject,
  matters: (field: string) => boolean,
): readonly Fix[] {
  const workload = workloadOf(snapshot, object);
  const previous = previousRevision(snapshot, workload);
  const current = revisionsOf(snapshot, workload)[0];
  const changes = templateChanges(previous?.template, current?.template).filter(({ field }) => matters(field));
  if (previous === undefined || changes.length === 0) return [];
  return [
    rollbackFix(
      workload,
      previous.number,
      `since revision ${previous.number}: ${changes.slice(0, namedChanges).map(describeChange).join(', ')}`,
    ),
  ];
}
