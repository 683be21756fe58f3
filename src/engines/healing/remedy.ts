import type { Fix } from '../diagnosis/rule.ts';
import type { Action } from './action.ts';

/** Whether a remedy is this action on this object: `{ object: 'deployment/api', namespace: 'shop' }`. */
export function isRemedy(fix: Fix, { name, target }: Pick<Action, 'name' | 'target'>): boolean {
  if (!('tool' in fix) || fix.tool !== name) return false;
  const { object, namespace = target.namespace } = fix.arguments;
  return namespace === target.namespace && object === `${target.kind.toLowerCase()}/${target.name}`;
}
