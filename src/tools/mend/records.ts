import type { ActionRecord, ActionState } from '../../engines/healing/record.ts';
import { nameOf } from '../../engines/objects.ts';
import type { StoredAction, Writer } from '../../kubernetes/ports.ts';
import type { Healing } from './healing.ts';

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
  readonly signal: AbortSignal;
  /** ISO 8601. */
  readonly at: string;
}

/**
 * Stores the next state by compare-and-swap, and tells the audit and whoever looks at the object (G35).
 * @throws AppError `conflict` when another process went on with it.
 */
export async function advance(
  stored: StoredAction,
  { state, by, text, more }: Step,
  { writer, healing, signal, at }: Keeping,
): Promise<StoredAction> {
  const { record } = stored;
  const next: ActionRecord = {
    ...record,
    ...more,
    state,
    steps: [...record.steps, { at, state, by, text }].slice(-maximumSteps),
  };
  const works = next.state === 'applying' || next.state === 'verifying';
  const kept = await writer.actions.replace(stored, next, signal, works ? holding(healing) : undefined);
  tell(next, text, healing);
  await writer.announce(record.target, eventOf(next, text), signal);
  return kept;
}

const maximumSteps = 40;

/** That this process works on an action; renewed three times as often as it runs out. */
export const holding = ({ holder }: Healing) => ({ identity: holder, seconds: holdSeconds });

const holdSeconds = 60;

export function tell(record: ActionRecord, text: string, healing: Healing): void {
  healing.audit({
    action: record.action.name,
    actionId: record.id,
    object: `${record.target.object.namespace ?? ''}/${nameOf(record.target.object)}`,
    outcome: record.state,
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
