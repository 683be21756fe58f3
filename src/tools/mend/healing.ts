import type { ActionName, Operation } from '../../engines/healing/action.ts';
import type { GuardVerdict } from '../../engines/healing/guards/guard.ts';
import type { ActionRecord, ActionState } from '../../engines/healing/record.ts';
import { nameOf, type ObjectRef } from '../../engines/objects.ts';
import type { HealingPolicy } from '../../platform/healing-policy.ts';

/** A person's answer to a plan that a face showed; bound to that plan and to whoever asked for it. */
export interface Approval {
  readonly actionId: string;
  readonly answer: 'approved' | 'declined';
  /** Who answered, as far as the face knows. */
  readonly by: string;
  /** Nobody was asked: the policy lets this be done, and every guard that would want a person refuses. */
  readonly unattended?: true | undefined;
}

/** One thing that was decided about an action (G35). */
export interface ActionDecided {
  readonly action: ActionName;
  readonly actionId?: string | undefined;
  readonly object: string;
  readonly outcome: ActionState | 'refused';
  /** Who caused it, where that is not the caller alone. */
  readonly by?: string | undefined;
  /** The rules that had a say in it, and what each said. */
  readonly guards?: readonly Pick<GuardVerdict, 'guard' | 'decision'>[] | undefined;
  /** Of the target, where all was written by then. */
  readonly resourceVersion?: WrittenVersion | undefined;
  readonly text: string;
}

/** One write of an action that was done. */
export interface ActionWrote {
  /** Of the action, or of its way back (`wayBackOf`). */
  readonly actionId: string;
  readonly object: string;
  readonly outcome: 'written';
  readonly verb: Operation['verb'];
  readonly resourceVersion: WrittenVersion;
}

interface WrittenVersion {
  readonly before: string;
  /** Absent where the object is gone by it. */
  readonly after?: string | undefined;
}

export type HealingEvent = ActionDecided | ActionWrote;

/** An object as the audit names it. */
export const auditedName = (object: ObjectRef): string => `${object.namespace ?? ''}/${nameOf(object)}`;

/** Time as this process has it: handed in, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Rejects when `signal` aborts. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

/** Lets one process at most have a plan, whichever replica it is, besides the compare-and-swap on its record. */
export interface Claims {
  /** @throws AppError `unavailable` when no plan could be claimed now. */
  check(): Promise<void>;
  /**
   * Resolves with how the plan is given back, for when it was not taken after all.
   * @throws AppError `conflict` when another process has or had it; `unavailable` when nobody can tell, and then the plan is
   * as it was.
   */
  claim(plan: { readonly cluster: string; readonly id: string }): Promise<() => Promise<void>>;
}

/** What actions need besides clusters: only there when healing is switched on. */
export interface Healing {
  readonly policy: HealingPolicy;
  /** Whoever asked; plans of another caller look as if they did not exist. */
  readonly caller: string;
  /** Names this process in the records of what it is doing. */
  readonly holder: string;
  readonly ownNamespace?: string | undefined;
  readonly approval?: Approval | undefined;
  /** Where replicas share a Redis. */
  readonly claims?: Claims | undefined;
  readonly clock: Clock;
  /** How a person approves elsewhere, when this face cannot ask: a command. */
  approveElsewhere(plan: Pick<ActionRecord, 'id' | 'cluster' | 'target' | 'caller'>): string;
  audit(event: HealingEvent): void;
  /** Goes on after the call was answered, until it ends or the process is told to stop. */
  background(work: (signal: AbortSignal) => Promise<void>): void;
}
