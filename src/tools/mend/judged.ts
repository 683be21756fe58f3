import type { GuardVerdict } from '../../engines/healing/guards/guard.ts';
import { judge } from '../../engines/healing/guards/judge.ts';
import { nameOf } from '../../engines/objects.ts';
import { AppError } from '../../platform/errors.ts';
import type { Considered } from './consider.ts';
import { auditedName, type Healing } from './healing.ts';

/**
 * The verdict of every guard that has a say.
 * @throws AppError `refused` with the guard's name when one refuses, or wants a person where nobody is asked;
 * `details.guards` lists all of them.
 */
export function judged({ draft, situation }: Considered, healing: Healing): readonly GuardVerdict[] {
  const verdicts = judge(draft, situation);
  const against: readonly string[] = situation.tier === 'unattended' ? ['refuse', 'approve'] : ['refuse'];
  const refusals = verdicts.filter(({ decision }) => against.includes(decision));
  if (refusals.length === 0) return verdicts;
  const text = refusals.map(({ guard, reason }) => `${guard}: ${reason}`).join(' ');
  const instead = refusals.map((verdict) => (verdict.decision === 'refuse' ? verdict.instead : undefined) ?? byPerson);
  const { object } = draft.target;
  healing.audit({
    action: draft.action.name,
    object: auditedName(object),
    outcome: 'refused',
    guards: refusals.map(({ guard, decision }) => ({ guard, decision })),
    text,
  });
  throw new AppError('refused', `${draft.action.name} of ${nameOf(object)} is refused. ${text}`, {
    hint: [...new Set(instead)].join('; '),
    details: {
      rules: refusals.map(({ guard }) => guard),
      guards: verdicts.map(({ guard, decision, reason }) => ({ guard, decision, reason })),
      // What would have been done, for whoever does it by hand.
      changes: draft.changes,
    },
  });
}

/** What is possible where a guard wants a person to be asked. */
const byPerson = 'ask a person, who may approve it';
