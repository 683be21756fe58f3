import type { Cause } from '../../diagnosis/explanation.ts';
import { keyOf, nameOf, type ObjectRef, refOf } from '../../objects.ts';
import type { Action, ActionName } from '../action.ts';
import type { Finding } from '../record.ts';
import { isRemedy } from '../remedy.ts';
import { affectedWorkload } from '../subject.ts';
import type { Guard, Situation } from './guard.ts';
import { allow, approve, clause, refuse } from './verdicts.ts';

/** Confidence from which an action may be done alone, and from which a person may be asked. */
const sureAlone = 0.85;
const sureEnough = 0.6;

/** What hides a cause for a while when it is done to its effects. */
const hiding: ReadonlySet<ActionName> = new Set([
  'restart_workload',
  'scale_workload',
  'rollback_workload',
  'evict_pod',
]);

/** G4: roots only, and only what is known well enough. */
export const actsOnRoots: Guard = {
  id: 'G4',
  title: 'mends a cause that is known well enough, not what follows from it',

  check({ action }, situation) {
    const { finding, tier, target } = situation;
    if (action.name === 'undo_action') return undefined;
    const own = [refOf(target), affectedWorkload(situation)];
    const name = nameOf(refOf(target));
    const elsewhere = finding === undefined ? rootElsewhere(action, situation, own) : undefined;
    if (elsewhere !== undefined) return insteadOf(name, elsewhere);
    if (finding !== undefined) return judged(action, finding, situation, own);
    return tier === 'unattended'
      ? refuse(`No cause was found that ${action.name} on ${name} would mend.`, 'ask a person, or diagnose again')
      : approve(`${action.name} on ${name} is a wish of its own: no cause was found that it would mend.`);
  },
};

function judged(action: Action, finding: Finding, situation: Situation, own: readonly ObjectRef[]) {
  const { confidence, rule, object } = finding;
  const cause = causeOf(situation, finding);
  const isOwn = own.some((ref) => keyOf(ref) === keyOf(object));
  if (!isOwn && !(cause?.fixes ?? []).some((fix) => isRemedy(fix, action))) {
    if (cause !== undefined && passesThrough(cause, own)) return insteadOf(nameOf(refOf(situation.target)), cause);
    return approve(`${rule} was found on ${nameOf(object)}, not on ${nameOf(refOf(situation.target))}.`);
  }
  const known = `${rule} on ${nameOf(object)} is known with a confidence of ${confidence}`;
  if (!(confidence >= sureEnough))
    return refuse(
      `${known}, less than ${sureEnough}.`,
      cause?.next_check === undefined
        ? 'find out more first: diagnose the object alone'
        : `look first: ${cause.next_check}`,
    );
  if (situation.tier === 'unattended' && confidence < sureAlone)
    return approve(`${known}, less than the ${sureAlone} that nobody has to be asked for.`);
  return allow(`${known}.`);
}

const causeOf = ({ explanation }: Situation, { rule, object }: Finding): Cause | undefined =>
  explanation.causes.find((cause) => cause.rule === rule && keyOf(cause.object) === keyOf(object));

/** A cause that lies elsewhere and breaks the target by way of others; none when the target has one of its own. */
function rootElsewhere(action: Action, { explanation }: Situation, own: readonly ObjectRef[]): Cause | undefined {
  if (!hiding.has(action.name)) return undefined;
  const isOwn = ({ object }: Cause): boolean => own.some((ref) => keyOf(ref) === keyOf(object));
  if (explanation.causes.some((cause) => isOwn(cause) || cause.fixes.some((fix) => isRemedy(fix, action))))
    return undefined;
  return explanation.causes.find((cause) => passesThrough(cause, own));
}

const passesThrough = ({ chain }: Cause, own: readonly ObjectRef[]): boolean =>
  chain.some(({ object }) => own.some((ref) => keyOf(ref) === keyOf(object)));

function insteadOf(name: string, { object, summary, fixes }: Cause) {
  const [fix] = fixes;
  const told = fix === undefined ? summary : 'tool' in fix ? `${fix.tool}: ${fix.reason}` : fix.advice;
  return refuse(
    `What ${name} shows follows from ${nameOf(object)}: ${clause(summary)}.`,
    `mend ${nameOf(object)}: ${told}`,
  );
}
