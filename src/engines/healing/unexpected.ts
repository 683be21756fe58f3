import type { KubernetesObject } from '../objects.ts';
import { templateOf } from '../references.ts';
import { templateChanges } from '../revisions.ts';
import type { Operation } from './action.ts';
import type { Draft } from './draft.ts';

/**
 * Fields of the spec that a dry-run of the first write changed besides those that it was to change: a webhook's work, or
 * a default that the server fills in (G9).
 */
export function unexpectedFields(
  { operations, template }: Pick<Draft, 'operations' | 'template'>,
  before: KubernetesObject,
  after: KubernetesObject | undefined,
): readonly string[] {
  const [operation] = operations;
  if (operation === undefined || after === undefined) return [];
  if (operation.verb === 'set_template') {
    return templateChanges(template, templateOf(after)).map(({ field }) => field);
  }
  const [old, current] = [flat(before), flat(after)];
  return [...new Set([...old.keys(), ...current.keys()])].filter(
    (path) => old.get(path) !== current.get(path) && !isMeant(operation, path),
  );
}

function isMeant(operation: Operation, path: string): boolean {
  if (operation.verb === 'scale') return path === '/spec/replicas';
  if (operation.verb !== 'patch') return false;
  return operation.steps.some((step) => path === step.path || path.startsWith(`${step.path}/`));
}

/** Every leaf of the spec by its JSON pointer. */
function flat(object: KubernetesObject): ReadonlyMap<string, string> {
  const leaves = new Map<string, string>();
  const walk = (value: unknown, path: string): void => {
    if (value === undefined || value === null) return;
    if (typeof value !== 'object') {
      leaves.set(path, JSON.stringify(value));
      return;
    }
    for (const [key, child] of Object.entries(value)) {
      walk(child, `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    }
  };
  walk('spec' in object ? object.spec : undefined, '/spec');
  return leaves;
}
