import { isNodeAction, type PolicyQuestion } from '../../engines/healing/policy-decision.ts';
import { checkedName } from '../../kubernetes/names.ts';
import { AppError } from '../../platform/errors.ts';
import { healingActions } from '../../platform/healing-policy.ts';
import { nearest } from '../../platform/nearest.ts';

interface Asked {
  readonly action: string;
  /** `deployment/web`. */
  readonly object: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>> | undefined;
  readonly now: number;
}

/** @throws AppError `validation_error` for an unknown action, or a target of a kind that it never has. */
export function questionOf({ action, object, namespace, labels = {}, now }: Asked): PolicyQuestion {
  const name = healingActions.find((known) => known === action);
  if (name === undefined) throw unknownAction(action);
  const [kind = '', target = '', ...rest] = object.split('/');
  if (kind === '' || target === '' || rest.length > 0)
    throw badTarget(`${object} is no kind/name.`, 'Write it as deployment/web.');
  checkedName(target, 'object');
  const word = kind.toLowerCase();
  const onNode = ['node', 'nodes', 'no'].includes(word);
  const wanted = wantedKind(name);
  const fits = wanted === 'node' ? onNode : wanted === 'pod' ? ['pod', 'pods', 'po'].includes(word) : true;
  if (!fits || (onNode && wanted === 'workload'))
    throw badTarget(`${name} is not for ${kind}.`, `Its target is a ${wanted}.`);
  return { action: name, ...(onNode ? {} : { namespace }), labels, now };
}

const wantedKind = (action: PolicyQuestion['action']): 'node' | 'pod' | 'workload' | 'object' => {
  if (isNodeAction(action)) return 'node';
  if (action === 'evict_pod') return 'pod';
  return action === 'undo_action' ? 'object' : 'workload';
};

function unknownAction(action: string): AppError {
  const [suggestion] = nearest(action, healingActions, 1);
  return new AppError('validation_error', `There is no action "${action.slice(0, 60)}".`, {
    hint: suggestion === undefined ? `There are ${healingActions.join(', ')}.` : `Did you mean ${suggestion}?`,
  });
}

const badTarget = (message: string, hint: string): AppError => new AppError('validation_error', message, { hint });
