import type { ObjectRef } from '../objects.ts';
import type { Precondition } from './action.ts';
import type { Draft } from './draft.ts';
import type { KeptEvidence } from './evidence.ts';
import type { GuardVerdict } from './guards/guard.ts';

/**
 * planned → applying → verifying → healthy
 *    │          │          ├→ reverted   (not healthy by the deadline; the inverse was applied)
 *    │          │          └→ failed     (not healthy, and no safe way back)
 *    │          ├→ failed                (the API server refused the write)
 *    │          └→ expired               (another action was begun at the same moment; nothing was written)
 *    ├→ declined   (a person said no)
 *    └→ expired
 * healthy → undone
 */
export const actionStates = [
  'planned',
  'declined',
  'expired',
  'applying',
  'verifying',
  'healthy',
  'failed',
  'reverted',
  'undone',
] as const;
export type ActionState = (typeof actionStates)[number];

/** One thing that happened to an action. */
export interface ActionStep {
  /** ISO 8601. */
  readonly at: string;
  readonly state: ActionState;
  /** Who caused it. */
  readonly by: string;
  readonly text: string;
}

/** The diagnosis that an action is to mend, as it was when planned (G4, G5). */
export interface Finding {
  readonly rule: string;
  readonly object: ObjectRef;
  readonly summary: string;
  /** In [0, 1]. */
  readonly confidence: number;
}

/** What is kept of an action, from plan to end: its draft, without the template, which may hold secrets (G38). */
export interface ActionRecord extends Omit<Draft, 'template'> {
  /** 26 characters of base 32: 128 random bits. */
  readonly id: string;
  readonly cluster: string;
  readonly caller: string;
  readonly verdicts: readonly GuardVerdict[];
  readonly finding?: Finding | undefined;
  /** SHA-256 over what is approved: action, target, operations. Hex. */
  readonly digest: string;
  readonly state: ActionState;
  readonly steps: readonly ActionStep[];
  /** ISO 8601. */
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly approvedBy?: string | undefined;
  /** The target as our write left it: whose lineage is ours (G33). */
  readonly applied?: Precondition | undefined;
  readonly appliedAt?: string | undefined;
  /** What the broken pods told that the action takes away (G36). */
  readonly evidence?: readonly KeptEvidence[] | undefined;
  /** Ids of the causes that were there when it was planned: what appears besides is new. */
  readonly causesBefore: readonly string[];
}
