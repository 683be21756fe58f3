import type { HealingPolicy } from '../../../platform/healing-policy.ts';
import type { Explanation } from '../../diagnosis/explanation.ts';
import type { KubernetesObject } from '../../objects.ts';
import type { Snapshot } from '../../snapshot.ts';
import type { Draft } from '../draft.ts';
import type { ActionRecord, Finding } from '../record.ts';

/** What the API server said when the writes were tried without effect (G8, G9). */
export interface DryRun {
  /** Of the writes themselves. */
  readonly write?: { readonly ok: boolean; readonly message?: string | undefined } | undefined;
  /** Of a Pod made from the new template. */
  readonly pod?: { readonly ok: boolean; readonly message?: string | undefined } | undefined;
  /** The permission that trying a Pod takes, when it is lacking: `create pods`. */
  readonly untried?: string | undefined;
  /** Fields that the server would change besides those of the draft. */
  readonly unexpected: readonly string[];
}

/** All that a guard may look at. Nothing in it changes; no guard reads a clock but `snapshot.now`. */
export interface Situation {
  readonly snapshot: Snapshot;
  /** The live target, slimmed. */
  readonly target: KubernetesObject;
  readonly explanation: Explanation;
  /** The cause among `explanation` that the action is to mend, if any. */
  readonly finding?: Finding | undefined;
  /** The one that the action was planned for, when it is judged again at apply (G5). */
  readonly plannedFor?: Finding | undefined;
  /** What was done on this cluster before, newest first, as far as it can be read. */
  readonly history: readonly ActionRecord[];
  /** The id of the action's own record, which the history may hold by then. */
  readonly recordId?: string | undefined;
  readonly policy: HealingPolicy;
  /** Whether a person will be asked, or nobody. */
  readonly tier: 'approve' | 'unattended';
  /** Whether healing is switched on at all (`--heal`). */
  readonly healing: boolean;
  /** Permissions that the writes need and the credentials lack (G7): `patch apps/deployments`. */
  readonly lacking: readonly string[];
  readonly dryRun: DryRun;
  /** The namespace kubemend itself runs in, if it runs in the cluster (G14). */
  readonly ownNamespace?: string | undefined;
}

export type Verdict =
  | { readonly decision: 'allow'; readonly reason: string }
  /** A person has to be asked even where policy would not. */
  | { readonly decision: 'approve'; readonly reason: string }
  | { readonly decision: 'refuse'; readonly reason: string /** What would be possible. */; readonly instead?: string };

/** One guard rule of the contract: pure, and `undefined` when it has nothing to do with this action. */
export interface Guard {
  /** `G20`. */
  readonly id: string;
  /** As one reads it in a plan: "rolls back to a revision that was healthy". */
  readonly title: string;
  check(draft: Draft, situation: Situation): Verdict | undefined;
}

/** What a plan lists of each guard that applied. */
export type GuardVerdict = Verdict & { readonly guard: string; readonly title: string };
