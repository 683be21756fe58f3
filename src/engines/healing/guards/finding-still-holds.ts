import { keyOf, nameOf } from '../../objects.ts';
import type { Guard } from './guard.ts';
import { allow, refuse } from './verdicts.ts';

/** G5: what has mended itself is left alone. */
export const findingStillHolds: Guard = {
  id: 'G5',
  title: 'is done only while what it mends is still wrong',

  check(_, { plannedFor, explanation }) {
    if (plannedFor === undefined) return undefined;
    const { rule, object } = plannedFor;
    const said = `${rule} on ${nameOf(object)}`;
    const isThere = [...explanation.causes, ...explanation.risks].some(
      (found) => found.rule === rule && keyOf(found.object) === keyOf(object),
    );
    if (isThere) return allow(`${said} is still found.`);
    return explanation.verdict === 'unknown'
      ? refuse(`Whether ${said} still holds could not be read.`, 'plan again once everything can be read')
      : refuse(`${said} is no longer found.`, 'nothing has to be done; diagnose again to see what is left');
  },
};
