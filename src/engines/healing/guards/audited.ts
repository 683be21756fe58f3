import { nameOf, refOf } from '../../objects.ts';
import type { Guard } from './guard.ts';
import { allow, approve, refuse } from './verdicts.ts';

/** What an Event takes; without it an action is told in the audit alone. */
export const isForEvents = (permission: string): boolean => /^create (?:events\.k8s\.io\/)?events$/.test(permission);

/** G35: every step leaves a trace. */
export const audited: Guard = {
  id: 'G35',
  title: 'leaves a trace of every step',

  check({ target: { uid } }, { lacking, target }) {
    const name = nameOf(refOf(target));
    if (!uid)
      return refuse(`The plan does not name the uid of ${name}, so no Event could be tied to it.`, 'plan again');
    const events = lacking.find(isForEvents);
    return events === undefined
      ? allow(`Every step is told in the audit and by an Event on ${name}.`)
      : approve(`No Event on ${name} can be written, as ${events} is not permitted: only the audit will tell.`);
  },
};
