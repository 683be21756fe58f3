import { keyOf, type ObjectRef } from './objects.ts';
import type { Snapshot } from './snapshot.ts';

/** Whether the question is about this very object: whoever asks about one thing wants to know sooner, and more. */
export const isAskedAbout = ({ scope: { object: asked } }: Snapshot, object: ObjectRef): boolean =>
  asked !== undefined && keyOf(asked) === keyOf(object);
