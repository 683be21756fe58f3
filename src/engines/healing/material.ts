import type { KubernetesObject, ObjectRef, PodTemplate } from '../objects.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Draft } from './draft.ts';
import type { ActionRecord } from './record.ts';

/** A revision of a workload's template that can be gone back to. */
export interface RevisionFacts {
  readonly number: number;
  /** A ReplicaSet or ControllerRevision. */
  readonly object: ObjectRef;
  readonly template: PodTemplate;
  /** SHA-256 of the template, hex. */
  readonly digest: string;
}

/** What a draft is made of: all read just now. */
export interface Material {
  readonly snapshot: Snapshot;
  /** The live target. */
  readonly target: KubernetesObject;
  /** Newest first; empty for kinds without. */
  readonly revisions: readonly RevisionFacts[];
  /** The action to undo, for `undo_action`. */
  readonly earlier?: ActionRecord | undefined;
  /** ISO 8601: when the action was planned, also when it is drafted again at apply. */
  readonly at: string;
}

/** Why there is nothing that could be done as asked. */
export interface Impossible {
  readonly impossible: string;
  /** What would be possible. */
  readonly instead: string;
  /** The guard rule that stands against it, where one does: `G33`. */
  readonly rule?: string | undefined;
}

/** What is possible where all is as wanted. */
export const nothingToDo = 'Nothing has to be done.';

export type Drafted = Draft | Impossible;
