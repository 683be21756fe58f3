import type { ActionName, FieldStep } from '../action.ts';

/** What one path of a patch may change. */
export interface Field {
  /** Actions that may change it; `undo_action` may change each. */
  readonly of: readonly ActionName[];
  /** Whether a value is one that the field takes. */
  readonly takes: (value: unknown) => boolean;
  /** What it takes, in words. */
  readonly expects: string;
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const container = String.raw`^/spec/template/spec/(?:containers|initContainers)/\d{1,3}`;
const restartedAt = '/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt';

/** Every field that a patch may set: nothing else, whatever an action says. */
const allowed: readonly (readonly [RegExp, Field])[] = [
  [
    /^\/spec\/replicas$/,
    {
      of: ['scale_workload'],
      takes: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
      expects: 'a whole number from 0',
    },
  ],
  [
    new RegExp(`^${restartedAt.replaceAll('.', String.raw`\.`)}$`),
    { of: ['restart_workload'], takes: isText, expects: 'a time' },
  ],
  [new RegExp(`${container}/image$`), { of: ['set_image'], takes: isText, expects: 'the name of an image' }],
  [
    // Of a Pod in place too (KEP-1287).
    /^\/spec\/(?:template\/spec\/)?(?:containers|initContainers)\/\d{1,3}\/resources\/(?:requests|limits)\/(?:cpu|memory)$/,
    {
      of: ['resize_workload'],
      takes: (value) => typeof value === 'string' && /^\d+(?:\.\d+)?(?:m|k|[KMGT]i?)?$/.test(value),
      expects: 'an amount such as 500m or 256Mi',
    },
  ],
  [
    /^\/spec\/unschedulable$/,
    {
      of: ['cordon_node', 'drain_node'],
      takes: (value) => typeof value === 'boolean',
      expects: 'true or false',
    },
  ],
];

/** Objects that may be made where they are missing, and go again: they hold only fields of the list. */
const parents = new RegExp(
  `^/spec/template/metadata(?:/annotations)?$|${container}/resources(?:/(?:requests|limits))?$`,
);

export const fieldAt = (path: string): Field | undefined => allowed.find(([pattern]) => pattern.test(path))?.[1];

export const isParent = (path: string): boolean => parents.test(path);

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A key as a step of a JSON pointer (RFC 6901). */
const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
const unescaped = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~');

/** Every single value that a step sets, with its path. */
export const leavesOf = (path: string, value: unknown): readonly (readonly [path: string, value: unknown])[] =>
  isMap(value)
    ? Object.entries(value).flatMap(([key, child]) => leavesOf(`${path}/${escaped(key)}`, child))
    : [[path, value]];

/** What stands at a JSON pointer; `undefined` when nothing does. */
export function valueAt(object: unknown, path: string): unknown {
  let value: unknown = object;
  for (const step of path.split('/').slice(1).map(unescaped)) {
    if (Array.isArray(value)) value = /^\d+$/.test(step) ? value[Number(step)] : undefined;
    else value = isMap(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }
  return value;
}

/** Paths of the values that a patch sets, maps taken apart; of those that it removes, too. */
export const pathsOf = (step: FieldStep): readonly string[] =>
  step.op === 'remove' ? [step.path] : leavesOf(step.path, step.value).map(([path]) => path);
