import { nameOf, refOf } from '../../objects.ts';
import { placeRefusal, tierOf } from '../policy-decision.ts';
import type { Guard } from './guard.ts';
import { allow, approve, refuse } from './verdicts.ts';

/** G1: read-only unless told otherwise. */
export const allowedByPolicy: Guard = {
  id: 'G1',
  title: 'acts only where healing is switched on and the policy lets it',

  check({ action }, { healing, policy, target, tier }) {
    if (!healing) return refuse('Healing is switched off.', 'start kubemend with --heal, or do it by hand');
    const { namespace, labels = {} } = target.metadata;
    const what = `${action.name} on ${nameOf(refOf(target))}`;
    const denial = placeRefusal(policy, action.name, namespace);
    if (denial !== undefined)
      return refuse(
        `The policy denies ${what}, by ${denial.by}: ${denial.reason}.`,
        'change namespaces in the policy file, or do it by hand',
      );
    const answer = tierOf(policy, { action: action.name, namespace, labels });
    if (answer.tier === 'advice')
      return refuse(
        `The policy only gives advice on ${what}, by ${answer.by}.`,
        'do by hand what the plan shows, or raise the tier in the policy file',
      );
    if (answer.tier === 'unattended') return allow(`The policy allows ${what}, by ${answer.by}.`);
    return tier === 'unattended'
      ? approve(`The policy wants a person to approve ${what}, by ${answer.by}.`)
      : allow(`The policy lets a person approve ${what}, by ${answer.by}.`);
  },
};
