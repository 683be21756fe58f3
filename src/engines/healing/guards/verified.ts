import { nameOf, refOf } from '../../objects.ts';
import type { Guard } from './guard.ts';
import { allow, clause, refuse } from './verdicts.ts';

/** Restarts have to stay flat for at least so long, in s, where they are watched at all. */
const shortestHold = 120;

/** G32: applied is not healed. */
export const verified: Guard = {
  id: 'G32',
  title: 'is seen to have helped, or is taken back',

  check({ verification: { expects, holdSeconds, deadlineSeconds } }, { target }) {
    const name = nameOf(refOf(target));
    const again = 'plan again with a way to see success';
    if (expects.trim() === '' || !(deadlineSeconds > 0))
      return refuse(`The plan for ${name} does not say how success would be seen, and by when.`, again);
    if (!(holdSeconds === 0 || holdSeconds >= shortestHold))
      return refuse(
        `Restarts of ${name} would be watched for ${holdSeconds} s only, less than ${shortestHold} s.`,
        again,
      );
    if (holdSeconds >= deadlineSeconds)
      return refuse(
        `${name} would have to hold for ${holdSeconds} s, and the deadline is ${deadlineSeconds} s: it could never be met.`,
        again,
      );
    return allow(`Success is seen within ${deadlineSeconds} s: ${clause(expects)}.`);
  },
};
