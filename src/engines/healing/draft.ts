import type { ObjectRef, PodTemplate } from '../objects.ts';
import type { Action, Operation, Precondition } from './action.ts';

/** One field that the action changes, as people read it: `spec.replicas 2 → 4`. Values of variables are not shown. */
export interface FieldChange {
  readonly object: ObjectRef;
  readonly field: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

/** What stands behind the target: who notices. */
export interface BlastRadius {
  readonly pods: number;
  readonly ready: number;
  readonly services: readonly string[];
  readonly routes: readonly string[];
  /** PodDisruptionBudgets over its pods: `web-pdb (1 disruption allowed)`. */
  readonly budgets: readonly string[];
}

/** How success is going to be seen. */
export interface Verification {
  /** In one sentence, for people. */
  readonly expects: string;
  readonly by: 'rollout' | 'replicas' | 'resized' | 'pod_replaced' | 'schedulable' | 'drained' | 'restored';
  /** Whose health tells, when it is not the target's: the workload of a pod that is evicted. */
  readonly watches?: ObjectRef | undefined;
  /** How long restarts have to stay flat, once ready, in s: max(120, 2 × the time to failure that was seen), 0 when none was. */
  readonly holdSeconds: number;
  /** From apply, in s; not healthy by then is failed. */
  readonly deadlineSeconds: number;
}

/** An action worked out against live objects, before any guard or dry-run has spoken. Nothing has changed. */
export interface Draft {
  readonly action: Action;
  readonly target: Precondition;
  /** In the order in which they are sent; each waits for the one before. */
  readonly operations: readonly Operation[];
  /** Undoes the operations once they are applied; empty when there is no way back, which `irreversible` then explains (G34). */
  readonly inverse: readonly Operation[];
  readonly irreversible?: string | undefined;
  readonly changes: readonly FieldChange[];
  /** The pod template after the action, where it changes: what a Pod is dry-run from (G8). Redacted where it is shown. */
  readonly template?: PodTemplate | undefined;
  readonly radius: BlastRadius;
  readonly verification: Verification;
}
