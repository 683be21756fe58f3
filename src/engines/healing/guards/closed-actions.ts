import { type KubernetesObject, keyOf, nameOf, type ObjectRef, refOf } from '../../objects.ts';
import type { Action, ActionName, FieldStep, Operation } from '../action.ts';
import type { Draft } from '../draft.ts';
import { strayField } from '../stray-field.ts';
import { workloadKinds } from '../subject.ts';
import { fieldAt, isParent, leavesOf, valueAt } from './fields.ts';
import type { Guard } from './guard.ts';
import { allow, refuse } from './verdicts.ts';

/** Which writes an action is made of, and on which kinds; any kind may have a scale subresource, but not these. */
const shapes: Readonly<Record<ActionName, { verbs: readonly Operation['verb'][]; kinds?: readonly string[] }>> = {
  restart_workload: { verbs: ['patch'], kinds: workloadKinds },
  scale_workload: { verbs: ['scale', 'patch'] },
  rollback_workload: { verbs: ['set_template', 'evict'], kinds: workloadKinds },
  // A Pod in place.
  resize_workload: { verbs: ['patch'], kinds: [...workloadKinds, 'Pod'] },
  set_image: { verbs: ['patch'], kinds: workloadKinds },
  evict_pod: { verbs: ['evict'], kinds: ['Pod'] },
  cordon_node: { verbs: ['patch'], kinds: ['Node'] },
  drain_node: { verbs: ['patch', 'evict'], kinds: ['Node'] },
  undo_action: { verbs: ['patch', 'set_template', 'scale'] },
};
const withoutScale: ReadonlySet<string> = new Set([
  'DaemonSet',
  'Pod',
  'Node',
  'Job',
  'CronJob',
  'Service',
  'Namespace',
]);

/** G2: a closed set of actions with typed parameters; no free patch. */
export const closedActions: Guard = {
  id: 'G2',
  title: 'is one of a closed set of actions, with typed parameters',

  check(draft, { target }) {
    const fault = kindFault(draft.action, target) ?? operationFault(draft, target);
    return fault ?? allow(`The action sets only ${fieldsText(draft)}.`);
  },
};

function kindFault({ name }: Action, target: KubernetesObject) {
  const { kinds } = shapes[name];
  const fits = kinds?.includes(target.kind) ?? !(name === 'scale_workload' && withoutScale.has(target.kind));
  if (fits) return undefined;
  const what = kinds === undefined ? 'a kind with a scale subresource' : kinds.join(', ');
  return refuse(`${name} does not act on ${nameOf(refOf(target))}.`, `it acts on ${what}`);
}

function operationFault({ action, operations, inverse }: Draft, target: KubernetesObject) {
  if (operations.length === 0)
    return refuse(`${action.name} on ${nameOf(refOf(target))} writes nothing.`, 'there is nothing to do');
  for (const operation of operations) {
    const fault = faultOf(operation, action, target);
    if (fault !== undefined) return fault;
  }
  for (const operation of inverse) {
    const added = operations.flatMap((each) => (each.verb === 'patch' ? each.steps.map(({ path }) => path) : []));
    const fault =
      operation.verb === 'patch' ? inverseFault(operation.steps, added) : verbFault(operation, 'undo_action');
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function faultOf(operation: Operation, action: Action, target: KubernetesObject) {
  const fault = verbFault(operation, action.name);
  if (fault !== undefined) return fault;
  const { verb, on } = operation;
  const isTarget = keyOf(on.object) === keyOf(refOf(target));
  if (!isTarget && !(verb === 'evict' && mayEvict(action.name, on.object, target)))
    return refuse(
      `${action.name} on ${nameOf(refOf(target))} would write to ${nameOf(on.object)} too.`,
      'one action for each object',
    );
  if (verb === 'scale' && !isCount(operation.replicas))
    return refuse(`${operation.replicas} is no number of replicas.`, 'a whole number from 0');
  for (const step of verb === 'patch' ? operation.steps : []) {
    const wrong = stepFault(step, action.name, target);
    if (wrong !== undefined) return wrong;
  }
  const stray = strayField(operation, action, target);
  return stray === undefined
    ? undefined
    : refuse(`The plan sets ${stray} otherwise than the parameters of ${action.name} say.`, 'plan again');
}

/** A drain evicts the pods of its node; a StatefulSet that is rolled back waits for its broken pod until that goes. */
function mayEvict(action: ActionName, { kind, namespace, name }: ObjectRef, { kind: of, metadata }: KubernetesObject) {
  if (kind !== 'Pod') return false;
  const isMember = of === 'StatefulSet' && namespace === metadata.namespace && name.startsWith(`${metadata.name}-`);
  return action === 'drain_node' || (action === 'rollback_workload' && isMember);
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

function verbFault({ verb, on }: Operation, action: ActionName) {
  return shapes[action].verbs.includes(verb)
    ? undefined
    : refuse(
        `${action} never does ${verb} on ${nameOf(on.object)}.`,
        `it does only ${shapes[action].verbs.join(', ')}`,
      );
}

function stepFault(step: FieldStep, action: ActionName, target: KubernetesObject) {
  // Only a Pod has containers outside of a template.
  if (/^\/spec\/(?:containers|initContainers)\//.test(step.path) !== (target.kind === 'Pod'))
    return unlisted(step.path);
  if (step.op === 'remove') {
    const held = leavesOf(step.path, valueAt(target, step.path)).map(([path]) => path);
    return pathFault(
      [step.path, ...held].filter((path) => !isParent(path)),
      action,
    );
  }
  const isMap = typeof step.value === 'object';
  const present = valueAt(target, step.path);
  if (isMap && !isParent(step.path)) return unlisted(step.path);
  // A map that is set takes what stood there away.
  const lost = isMap && present !== undefined ? leavesOf(step.path, present).map(([path]) => path) : [];
  const leaves = leavesOf(step.path, step.value);
  const wrong = leaves.find(([path, value]) => fieldAt(path)?.takes(value) === false);
  if (wrong !== undefined)
    return refuse(
      `${JSON.stringify(wrong[1])} is no value for ${wrong[0]}.`,
      fieldAt(wrong[0])?.expects ?? 'a value of its type',
    );
  return pathFault([...leaves.map(([path]) => path), ...lost], action);
}

function pathFault(paths: readonly string[], action: ActionName) {
  const outside = paths.find((path) => {
    const field = fieldAt(path);
    return field === undefined || (action !== 'undo_action' && !field.of.includes(action));
  });
  return outside === undefined ? undefined : unlisted(outside);
}

/** What the way back finds is not there yet: only where it leads is judged. */
function inverseFault(steps: readonly FieldStep[], added: readonly string[]) {
  for (const step of steps) {
    if (step.op === 'remove' && isParent(step.path) && added.includes(step.path)) continue;
    const paths = step.op === 'remove' ? [step.path] : leavesOf(step.path, step.value).map(([path]) => path);
    const fault = pathFault(paths, 'undo_action');
    if (fault !== undefined) return fault;
  }
  return undefined;
}

const unlisted = (path: string) =>
  refuse(
    `The field ${path} is none that an action may change.`,
    'replicas, restartedAt, image, requests and limits of cpu and memory, and the cordon of a node are',
  );

function fieldsText({ operations }: Draft): string {
  const names = operations.flatMap((operation) => {
    if (operation.verb === 'patch') return operation.steps.map(({ path }) => path.slice(1).replaceAll('/', '.'));
    return { scale: 'replicas', set_template: 'the pod template', evict: 'an eviction' }[operation.verb];
  });
  return [...new Set(names)].join(', ');
}
