import type { ActionRecord, ActionState } from '../../engines/healing/record.ts';
import type { StoredAction, Writer } from '../../kubernetes/ports.ts';
import type { ClusterClock } from './cluster-clock.ts';
import { auditedName, type Healing } from './healing.ts';

/** How an action goes on: its next state, who brought it there, and what is to be said about it. */
export interface Step {
  readonly state: ActionState;
  readonly by: string;
  readonly text: string;
  readonly more?: Partial<Pick<ActionRecord, 'approvedBy' | 'applied' | 'appliedAt'>> | undefined;
}

export interface Keeping {
  readonly writer: Writer;
  readonly healing: Healing;
  readonly clock: ClusterClock;
  readonly signal: AbortSignal;
}

/**
 * Stores the next state by compare-and-swap, and tells the audit and whoever looks at the object (G35).
 * @throws AppError `conflict` when another process went on with it.
 */
export async function advance(stored: StoredAction, step: Step, keeping: Keeping): Promise<StoredAction> {
  const { writer, healing, clock, signal } = keeping;
  const next = nextOf(stored.record, step, clock.at());
  const kept = await writer.actions.replace(stored, next, signal, holderOf(next, healing));
  await say(next, step.text, keeping);
  return kept;
}

/** The record in its next state. */
export const nextOf = (record: ActionRecord, { state, by, text, more }: Step, at: string): ActionRecord => ({
  ...record,
  ...more,
  state,
  steps: [...record.steps, { at, state, by, text }].slice(-maximumSteps),
});

const maximumSteps = 40;

/** That this process works on an action, in the states in which somebody has to. */
export const holderOf = ({ state }: ActionRecord, { holder }: Healing) =>
  state === 'applying' || state === 'verifying' ? { identity: holder, seconds: holdSeconds } : undefined;

const holdSeconds = 60;

/** Tells the audit, and by an Event whoever looks at the object. */
export async function say(
  record: ActionRecord,
  text: string,
  { writer, healing, signal }: Omit<Keeping, 'clock'>,
): Promise<void> {
  tell(record, text, healing);
  await writer.announce(record.target, eventOf(record, text), signal);
}

function tell(record: ActionRecord, text: string, healing: Healing): void {
  const { action, id, target, applied, state, verdicts, steps } = record;
  healing.audit({
    action: action.name,
    actionId: id,
    object: auditedName(target.object),
    outcome: state,
    by: steps.at(-1)?.by,
    ...(state === 'planned' && { guards: verdicts.map(({ guard, decision }) => ({ guard, decision })) }),
    ...(state === 'verifying' && {
      resourceVersion: { before: target.resourceVersion, after: applied?.resourceVersion },
    }),
    text,
  });
}

const reasons: Readonly<Record<ActionState, string>> = {
  planned: 'MendPlanned',
  declined: 'MendDeclined',
  expired: 'MendExpired',
  applying: 'MendApproved',
  verifying: 'MendApplied',
  healthy: 'MendVerified',
  failed: 'MendFailed',
  reverted: 'MendReverted',
  undone: 'MendUndone',
};

const eventOf = ({ state, action, id }: ActionRecord, text: string) => ({
  type: state === 'failed' || state === 'reverted' ? ('Warning' as const) : ('Normal' as const),
  reason: reasons[state],
  message: `${action.name} ${id}: ${text}`,
});
