import { nameOf, refOf } from '../../objects.ts';
import { policyAnswer } from '../healing-tier.ts';
import type { Guard } from './guard.ts';
import { allow, approve, refuse } from './verdicts.ts';

/** G1: read-only unless told otherwise. */
export const allowedByPolicy: Guard = {
  id: 'G1',
  title: 'acts only where healing is switched on and the policy lets it',

  check({ action }, { healing, policy, target, tier }) {
    if (!healing) return refuse('Healing is switched off.', 'start kubemend with --heal, or do it by hand');
    const { namespace, labels = {} } = target.metadata;
    const answer = policyAnswer(policy, { action: action.name, namespace, labels });
    const what = `${action.name} on ${nameOf(refOf(target))}`;
    if (answer.tier === 'denied')
      return refuse(
        `The policy denies every action ${namespace === undefined ? 'on nodes' : `in namespace ${namespace}`}, by ${answer.by}.`,
        'change namespaces in the policy file, or do it by hand',
      );
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
