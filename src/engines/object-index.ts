import { emptyMap, entryOf } from './map-entry.ts';
import type { KubernetesObject } from './objects.ts';

/** Objects by kind, namespace and name. Of two with the same three, the later one counts, in the place of the first. */
export interface ObjectIndex {
  find(kind: string, namespace: string | undefined, name: string): KubernetesObject | undefined;
  /** Those of a kind, in the order in which they were read. */
  all(kind: string): readonly KubernetesObject[];
  /** Those of a kind in one namespace; without a namespace, those that have none. */
  within(kind: string, namespace: string | undefined): readonly KubernetesObject[];
}

type ByName = Map<string, KubernetesObject>;

/**
 * Maps within maps: their keys are strings that the objects hold anyway. A key made of kind, namespace and name would
 * take more memory than all else that is made of an object, and there may be 200,000.
 */
export function indexObjects(objects: readonly KubernetesObject[]): ObjectIndex {
  const kinds = new Map<string, Map<string, ByName>>();
  let doubled = false;
  for (const object of objects) {
    const { namespace = '', name } = object.metadata;
    const named = entryOf(entryOf(kinds, object.kind, emptyMap<ByName>), namespace, emptyMap<KubernetesObject>);
    doubled ||= named.has(name);
    named.set(name, object);
  }
  const find = (kind: string, namespace: string | undefined, name: string): KubernetesObject | undefined =>
    kinds
      .get(kind)
      ?.get(namespace ?? '')
      ?.get(name);
  const lists = new Map<string, readonly KubernetesObject[]>();
  const listsWithin = new Map<ByName, readonly KubernetesObject[]>();
  return {
    find,
    all: (kind) =>
      entryOf(lists, kind, () => {
        if (!kinds.has(kind)) return [];
        const same = objects.filter((object) => object.kind === kind);
        if (!doubled) return same;
        return [
          ...new Set(same.map((object) => find(kind, object.metadata.namespace, object.metadata.name) ?? object)),
        ];
      }),
    within: (kind, namespace) => {
      const named = kinds.get(kind)?.get(namespace ?? '');
      return named === undefined ? [] : entryOf(listsWithin, named, () => [...named.values()]);
    },
  };
}
