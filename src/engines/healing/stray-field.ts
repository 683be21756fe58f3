import type { KubernetesObject } from '../objects.ts';
import type { Action, Operation } from './action.ts';
import { leavesOf } from './guards/fields.ts';
import { containerAt } from './subject.ts';

/** The first field that a write sets otherwise than the parameters of its action say; `undefined` when it sets none so. */
export function strayField(operation: Operation, action: Action, target: KubernetesObject): string | undefined {
  if (operation.verb === 'scale')
    return action.name === 'scale_workload' && operation.replicas !== action.replicas ? 'replicas' : undefined;
  if (operation.verb !== 'patch') return undefined;
  const leaves = operation.steps.flatMap((step) => (step.op === 'remove' ? [] : leavesOf(step.path, step.value)));
  return leaves.find(([path, value]) => !isMeant(path, value, { action, target }))?.[0];
}

interface Meant {
  readonly action: Action;
  readonly target: KubernetesObject;
}

/** Whether a value at a path is what the action says, for the container that it names. */
function isMeant(path: string, value: unknown, { action, target }: Meant): boolean {
  const [, list, index, side, resource] =
    /^\/spec\/(?:template\/spec\/)?(containers|initContainers)\/(\d+)\/(?:resources\/)?(\w+)(?:\/(\w+))?$/.exec(path) ??
    [];
  // A patch counts containers; people name them.
  const isNamed = (name: string): boolean =>
    (list === 'containers' || list === 'initContainers') && containerAt(target, list, Number(index))?.name === name;
  switch (action.name) {
    case 'scale_workload':
      return value === action.replicas;
    case 'cordon_node':
      return value !== action.uncordon;
    case 'drain_node':
      return value === true;
    case 'set_image':
      return value === action.image && isNamed(action.container);
    case 'resize_workload':
      return value === amountOf(action, side, resource) && isNamed(action.container);
    default:
      return true;
  }
}

function amountOf(action: Extract<Action, { name: 'resize_workload' }>, side?: string, resource?: string) {
  const amounts = side === 'requests' || side === 'limits' ? action[side] : undefined;
  return resource === 'cpu' || resource === 'memory' ? amounts?.[resource] : undefined;
}
