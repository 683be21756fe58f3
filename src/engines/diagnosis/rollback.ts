import type { ObjectRef, PodTemplate } from '../objects.ts';
import { previousRevision } from '../revisions.ts';
import type { Snapshot } from '../snapshot.ts';
import { rollbackFix } from './heal-fixes.ts';
import type { Fix } from './rule.ts';

/**
 * The advice to go back to a Deployment's revision before, when that one is free of the fault.
 * @param better What the template before has that this one lacks, as a clause after its number; `undefined` when it is no better.
 */
export function rollback(
  snapshot: Snapshot,
  workload: ObjectRef,
  better: (template: PodTemplate) => string | undefined,
): readonly Fix[] {
  const previous = previousRevision(snapshot, workload);
  const reason = previous?.template === undefined ? undefined : better(previous.template);
  if (previous === undefined || reason === undefined) return [];
  return [rollbackFix(workload, previous.number, `revision ${previous.number} ${reason}`)];
}
