import { nameOf, refOf } from '../../objects.ts';
import { isForEvents } from './audited.ts';
import type { Guard } from './guard.ts';
import { allow, refuse } from './verdicts.ts';

/** G7: what is not permitted fails before anything is planned. */
export const permitted: Guard = {
  id: 'G7',
  title: 'is permitted to whoever asks',

  check(_, { lacking: all, target }) {
    const lacking = all.filter((permission) => !isForEvents(permission));
    const { namespace } = target.metadata;
    const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
    return lacking.length === 0
      ? allow(`Every write that this takes is permitted${where}.`)
      : refuse(
          `Changing ${nameOf(refOf(target))} needs permissions that are lacking${where}: ${lacking.join(', ')}.`,
          'have them granted by a Role, or let somebody do it who has them',
        );
  },
};
