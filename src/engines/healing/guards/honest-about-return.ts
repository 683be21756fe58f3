import { nameOf, type Pod, refOf } from '../../objects.ts';
import { counted, evictionsOf, podOf } from '../subject.ts';
import type { Guard } from './guard.ts';
import { allow, approve, clause, refuse } from './verdicts.ts';

/** G34: a plan says what cannot be taken back. */
export const honestAboutReturn: Guard = {
  id: 'G34',
  title: 'says what cannot be taken back',

  check(draft, situation) {
    const { inverse, irreversible = '', action } = draft;
    const name = nameOf(refOf(situation.target));
    const evictions = evictionsOf(draft);
    const told = clause(irreversible);
    if (told === '' && (inverse.length === 0 || evictions.length > 0))
      return refuse(
        evictions.length > 0
          ? `The plan does not say that the eviction of ${counted(evictions.length, 'pod')} cannot be taken back.`
          : `The plan for ${name} has no way back and does not say why.`,
        'plan again',
      );
    if (evictions.length > 0) {
      const lost = evictions.flatMap(({ on }) => podOf(situation, on.object) ?? []).filter(hasOwnData);
      const loss = lost.length === 0 ? '' : `; what ${counted(lost.length, 'pod')} keeps in emptyDir volumes is lost`;
      return allow(`An eviction cannot be taken back: ${told}${loss}.`);
    }
    if (inverse.length > 0) return allow(`What was there before is stored, and ${action.name} can be undone.`);
    return approve(`${action.name} on ${name} cannot be undone: ${told}.`);
  },
};

const hasOwnData = ({ spec }: Pod): boolean =>
  spec?.volumes?.some(({ emptyDir }) => emptyDir !== undefined && emptyDir.medium !== 'Memory') === true;
