import type { Cause, Explanation } from '../../engines/diagnosis/explanation.ts';
import type { Action } from '../../engines/healing/action.ts';
import type { Finding } from '../../engines/healing/record.ts';
import { keyOf, type ObjectRef } from '../../engines/objects.ts';

/**
 * The cause that an action is to mend: one whose remedies name this very action, else the first one whose object, or
 * whose chain, is the target. None when the target is well.
 */
export function findingOf({ name, target }: Action, { causes }: Explanation): Finding | undefined {
  const offered = causes.find(({ fixes }) =>
    fixes.some((fix) => 'tool' in fix && fix.tool === name && isAbout(fix.arguments, target)),
  );
  const touching = offered ?? causes.find((cause) => touches(cause, target));
  return touching && findingFrom(touching);
}

const findingFrom = ({ rule, object, summary, confidence }: Cause): Finding => ({ rule, object, summary, confidence });

const touches = ({ object, chain }: Cause, target: ObjectRef): boolean =>
  [object, ...chain.map((link) => link.object)].some((each) => keyOf(each) === keyOf(target));

const isAbout = ({ kind, name, object }: Readonly<Record<string, unknown>>, target: ObjectRef): boolean => {
  const own = target.kind.toLowerCase();
  if (object === `${own}/${target.name}`) return true;
  return name === target.name && (typeof kind !== 'string' || kind.toLowerCase() === own);
};
