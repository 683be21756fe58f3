import { nameOf, refOf } from '../../objects.ts';
import type { Guard } from './guard.ts';
import { allow, approve, clause, refuse } from './verdicts.ts';

const silent = 'it does not say why';
const repair = 'mend what it names, then plan again';

/** G8: the API server tries it without effect first. */
export const triedBefore: Guard = {
  id: 'G8',
  title: 'was tried by the API server without effect',

  check({ template }, { dryRun: { write, pod, untried }, target }) {
    const name = nameOf(refOf(target));
    if (write === undefined) return refuse(`The change of ${name} was not tried without effect.`, 'plan again');
    if (!write.ok)
      return refuse(`The API server would refuse the change of ${name}: ${clause(write.message ?? silent)}.`, repair);
    if (template === undefined) return allow(`The API server would take the change of ${name}.`);
    if (untried !== undefined)
      return approve(`No pod of the new template of ${name} was tried, as ${untried} is not permitted.`);
    if (pod === undefined) return refuse(`No pod of the new template of ${name} was tried.`, 'plan again');
    if (!pod.ok)
      return refuse(
        `The API server would refuse the pods of the new template of ${name}: ${clause(pod.message ?? silent)}.`,
        repair,
      );
    return allow(`The API server would take the change of ${name} and the pods of its new template.`);
  },
};
