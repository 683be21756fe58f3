import type { KubernetesObject } from '../../engines/objects.ts';
import { splitApiVersion } from '../live/builtin-types.ts';
import { asObject } from '../slim.ts';
import { type Meaning, typeOf } from './layout.ts';

/** What a value of a file holds. */
export interface Listed {
  readonly objects: readonly KubernetesObject[];
  /** Kinds of which all there are is in it. */
  readonly complete: readonly Claim[];
}

/** All of a kind in one namespace, or in the cluster. */
export interface Claim {
  readonly kind: string;
  readonly namespace?: string | undefined;
  /**
   * It holds only if the archive has that namespace at all (the name of a folder may mean anything), or only in a
   * must-gather.
   */
  readonly needs?: 'namespace' | 'must-gather';
}

type Hint = Pick<Extract<Meaning, { as: 'objects' }>, 'type' | 'namespace' | 'holds'>;

/**
 * The objects of a value: a list as the API server or kubectl makes it, a bare array, or one object. Items of a typed
 * list need no kind of their own. A list that goes on elsewhere is complete for nothing.
 */
export function listedObjects(value: unknown, hint: Hint): Listed {
  if (Array.isArray(value) || value === null) return ofItems(value ?? [], hint, { whole: hint.holds === 'list' });
  if (!isRecord(value)) return { objects: [], complete: [] };
  const kind = typeof value['kind'] === 'string' ? value['kind'] : undefined;
  const { items } = value;
  if (Array.isArray(items) || (items === null && kind?.endsWith('List') === true)) {
    const { continue: more, remainingItemCount } = isRecord(value['metadata']) ? value['metadata'] : {};
    const whole = !more && !remainingItemCount && (kind?.endsWith('List') === true || hint.holds === 'list');
    return ofItems(items ?? [], hint, { whole, kind, apiVersion: value['apiVersion'] });
  }
  const object = asObject(value, defaultsOf(hint));
  if (object === undefined || object.kind === '') return { objects: [], complete: [] };
  const gathered = hint.holds === 'gathered' && hint.type?.kind === object.kind;
  return { objects: [object], complete: gathered ? [{ kind: object.kind, needs: 'must-gather' }] : [] };
}

interface ListFacts {
  readonly whole: boolean;
  readonly kind?: string | undefined;
  readonly apiVersion?: unknown;
}

function ofItems(items: readonly unknown[], hint: Hint, { whole, kind, apiVersion }: ListFacts): Listed {
  const named = kind === undefined || kind === 'List' ? '' : kind.slice(0, -'List'.length);
  const defaults =
    named === ''
      ? defaultsOf(hint)
      : { kind: named, apiVersion: typeof apiVersion === 'string' ? apiVersion : defaultsOf(hint).apiVersion };
  const objects = items.flatMap((item) => {
    const object = asObject(item, defaults);
    return object === undefined || object.kind === '' ? [] : [object];
  });
  // Something that is no object may have been one.
  const complete = whole && objects.length === items.length ? claimsOf(objects, hint, defaults) : [];
  return { objects, complete };
}

/** Of items of several namespaces all of the cluster were asked for, whatever their kinds: one request asks for one or for all. */
function claimsOf(
  objects: readonly KubernetesObject[],
  hint: Hint,
  defaults: { kind: string; apiVersion: string },
): readonly Claim[] {
  if (objects.length === 0) return emptyList(hint, defaults);
  const namespaces = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
  const [namespace] = namespaces;
  const byKind = Map.groupBy(objects, ({ kind, apiVersion }) => `${splitApiVersion(apiVersion).group}/${kind}`);
  return [...byKind.values()].flatMap((same): readonly Claim[] => {
    const [first] = same;
    const type = first === undefined ? undefined : typeOf(first);
    if (type === undefined) return [];
    const { kind, namespaced } = type;
    // What never was in a cluster has no namespace either.
    if (namespaced && same.some(({ metadata }) => metadata.namespace === undefined)) return [];
    return [namespaced && namespaces.size === 1 ? { kind, namespace } : { kind }];
  });
}

function emptyList(hint: Hint, defaults: { kind: string; apiVersion: string }): readonly Claim[] {
  const type = typeOf(defaults);
  if (type === undefined) return [];
  if (!type.namespaced) return [{ kind: type.kind }];
  if (hint.namespace === undefined) return [];
  const { kind } = type;
  return [
    hint.holds === 'list'
      ? { kind, namespace: hint.namespace }
      : { kind, namespace: hint.namespace, needs: 'namespace' },
  ];
}

const defaultsOf = ({ type }: Hint): { kind: string; apiVersion: string } =>
  type === undefined
    ? { kind: '', apiVersion: '' }
    : { kind: type.kind, apiVersion: type.group === '' ? type.version : `${type.group}/${type.version}` };

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
