import type { Draft } from '../draft.ts';
import type { GuardVerdict, Situation, Verdict } from './guard.ts';
import { guards } from './index.ts';

/** What every guard that has to do with an action says, in the order of their numbers. */
export const judge = (draft: Draft, situation: Situation): readonly GuardVerdict[] =>
  guards.flatMap((guard): readonly GuardVerdict[] => {
    const verdict = guard.check(draft, situation);
    return verdict === undefined ? [] : [{ ...verdict, guard: guard.id, title: guard.title }];
  });

/** What the verdicts come to: one that refuses outweighs all, then one that wants a person asked. */
export function decisionOf(verdicts: readonly Pick<Verdict, 'decision'>[]): Verdict['decision'] {
  const said = new Set(verdicts.map(({ decision }) => decision));
  if (said.has('refuse')) return 'refuse';
  // Nobody said anything: that is no permission.
  return said.has('approve') || said.size === 0 ? 'approve' : 'allow';
}
