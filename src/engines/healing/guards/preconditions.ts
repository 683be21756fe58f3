import { keyOf, nameOf } from '../../objects.ts';
import type { Operation } from '../action.ts';
import type { Draft } from '../draft.ts';
import type { Guard } from './guard.ts';
import { allow, refuse } from './verdicts.ts';

/** G6: every write is conditional on the object that was read. */
export const preconditions: Guard = {
  id: 'G6',
  title: 'writes only to the objects that were read, as they were read',

  check(draft) {
    const { operations, inverse } = draft;
    const loose = operations.find(({ on }) => !on.uid || !on.resourceVersion);
    if (loose !== undefined)
      return refuse(
        `The ${loose.verb} on ${nameOf(loose.on.object)} is not conditional on its uid and resourceVersion.`,
        'plan again: the object has to be read first',
      );
    const other = operations.find((operation) => isAnotherState(operation, draft));
    if (other !== undefined)
      return refuse(
        `The ${other.verb} is conditional on another state of ${nameOf(other.on.object)} than the plan.`,
        'plan again',
      );
    const uids = new Set([draft.target.uid, ...operations.map(({ on }) => on.uid)]);
    // The resourceVersion of the way back is known only after apply.
    const back = inverse.find(({ on }) => !on.uid || !uids.has(on.uid));
    if (back !== undefined)
      return refuse(`The way back would write to another ${nameOf(back.on.object)} than the action.`, 'plan again');
    return allow(`Every write is conditional on uid and resourceVersion.`);
  },
};

const isAnotherState = ({ on }: Operation, { target }: Draft): boolean =>
  keyOf(on.object) === keyOf(target.object) && (on.uid !== target.uid || on.resourceVersion !== target.resourceVersion);
