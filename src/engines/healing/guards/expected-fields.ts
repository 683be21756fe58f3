import { nameOf, refOf } from '../../objects.ts';
import type { Guard } from './guard.ts';
import { allow, refuse } from './verdicts.ts';

const namedFields = 5;

/** G9: what changes is what was shown. */
export const expectedFields: Guard = {
  id: 'G9',
  title: 'changes what is shown and nothing else',

  check({ operations, changes }, { dryRun: { unexpected }, target }) {
    const name = nameOf(refOf(target));
    if (unexpected.length > 0) {
      const more = unexpected.length > namedFields ? ` and ${unexpected.length - namedFields} more` : '';
      return refuse(
        `The API server would change fields of ${name} that the action does not: ${unexpected.slice(0, namedFields).join(', ')}${more}.`,
        'look which webhook or admission policy changes them; until then do it by hand',
      );
    }
    if (operations.every(({ verb }) => verb === 'evict')) return allow('No field changes.');
    const shown = changes.map(({ field }) => field);
    return shown.length === 0
      ? refuse(`The action changes no field of ${name}.`, 'nothing has to be done: it is as wanted')
      : allow(`Only ${[...new Set(shown)].slice(0, namedFields).join(', ')} of ${name} changes.`);
  },
};
