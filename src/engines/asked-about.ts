import { keyOf, type ObjectRef, type Pod, refOf } from './objects.ts';
import { workloadOf } from './owners.ts';
import type { Snapshot } from './snapshot.ts';

/** Whether the question is about this very object: whoever asks about one thing wants to know sooner, and more. */
export const isAskedAbout = ({ scope: { object: asked } }: Snapshot, object: ObjectRef): boolean =>
  asked !== undefined && keyOf(asked) === keyOf(object);

/** The same for a pod, or the workload that it belongs to. */
export const isPodAskedAbout = (snapshot: Snapshot, pod: Pod): boolean =>
  snapshot.scope.object !== undefined &&
  [refOf(pod), workloadOf(snapshot, pod)].some((ref) => isAskedAbout(snapshot, ref));
