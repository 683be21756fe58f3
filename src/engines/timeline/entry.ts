import type { ObjectRef } from '../objects.ts';

export const entryKinds = [
  /** A new version of a workload's pod template. */
  'rollout',
  /** Somebody wrote an object. */
  'change',
  /** Another number of replicas. */
  'scaling',
  /** Pods were made. */
  'pods',
  /** A container ended. */
  'container',
  /** A condition or a taint of a node. */
  'node',
  /** What a controller, the scheduler or a kubelet reported. */
  'event',
] as const;
export type EntryKind = (typeof entryKinds)[number];

/** One thing that happened, or several equal ones. */
export interface TimelineEntry {
  /** ISO 8601: when it happened last. */
  readonly at: string;
  /** ISO 8601: when it happened first, if it happened more than once. */
  readonly first?: string | undefined;
  readonly kind: EntryKind;
  readonly object: ObjectRef;
  readonly what: string;
  /** Who wrote it (the field manager), as far as that is known. */
  readonly by?: string | undefined;
  /** How often. */
  readonly count?: number | undefined;
}

/** Milliseconds as ISO 8601 without fractions. */
export const isoOf = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;
