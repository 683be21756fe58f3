import type { Cause, Explanation, Risk } from '../../engines/diagnosis/explanation.ts';
import type { Action } from '../../engines/healing/action.ts';
import type { Finding } from '../../engines/healing/record.ts';
import { isRemedy } from '../../engines/healing/remedy.ts';
import { keyOf, type ObjectRef } from '../../engines/objects.ts';

/**
 * The cause that an action is to mend: one whose remedies name this very action, be it a mere risk, else the first one
 * whose object, or whose chain, is the target. None when the target is well.
 */
export function findingOf(action: Action, { causes, risks }: Explanation): Finding | undefined {
  const offered = [...causes, ...risks].find(({ fixes }) => fixes.some((fix) => isRemedy(fix, action)));
  const touching = offered ?? causes.find((cause) => touches(cause, action.target));
  return touching && findingFrom(touching);
}

const findingFrom = ({ rule, object, summary, confidence }: Risk): Finding => ({ rule, object, summary, confidence });

const touches = ({ object, chain }: Cause, target: ObjectRef): boolean =>
  [object, ...chain.map((link) => link.object)].some((each) => keyOf(each) === keyOf(target));
