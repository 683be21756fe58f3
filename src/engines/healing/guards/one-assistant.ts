import { keyOf, nameOf, refOf } from '../../objects.ts';
import { isRunning, pastActions } from '../past-actions.ts';
import type { Guard } from './guard.ts';
import { allow, refuse } from './verdicts.ts';

/** G29: of two assistants, one acts. */
export const oneAssistant: Guard = {
  id: 'G29',
  title: 'is the only action on its object',

  check(_, situation) {
    const { target } = situation;
    const other = pastActions(situation).find(
      (record) => isRunning(record) && keyOf(record.target.object) === keyOf(refOf(target)),
    );
    return other === undefined
      ? allow(`No other action on ${nameOf(refOf(target))} is under way; only one process can begin this one.`)
      : refuse(
          `${other.action.name} of ${other.caller} on ${nameOf(refOf(target))} is under way (action ${other.id}).`,
          'wait until it has ended; list_actions tells',
        );
  },
};
