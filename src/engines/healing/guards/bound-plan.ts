import { keyOf, nameOf, refOf } from '../../objects.ts';
import type { Guard } from './guard.ts';
import { allow, refuse } from './verdicts.ts';

/** G3: a plan is for one object in one state. */
export const boundPlan: Guard = {
  id: 'G3',
  title: 'is bound to one object in the state that was shown',

  check({ target: bound }, { target }) {
    const name = nameOf(refOf(target));
    const { uid, resourceVersion, generation } = target.metadata;
    const again = 'make a new plan: it shows what it is like now';
    if (!bound.uid || !bound.resourceVersion)
      return refuse(`The plan for ${name} says neither which object nor which state it is for.`, again);
    if (keyOf(bound.object) !== keyOf(refOf(target)) || bound.uid !== uid)
      return refuse(`${name} is another object than the one that the plan is for: its uid is ${uid}.`, again);
    if (bound.generation !== generation)
      return refuse(
        `The spec of ${name} has changed: the plan is for generation ${bound.generation}, and it is ${generation}.`,
        again,
      );
    if (bound.resourceVersion !== resourceVersion)
      return refuse(
        `${name} has changed: the plan is for resourceVersion ${bound.resourceVersion}, and it is ${resourceVersion}.`,
        again,
      );
    return allow(`The plan holds for ${name} with uid ${uid} at resourceVersion ${resourceVersion} only.`);
  },
};
