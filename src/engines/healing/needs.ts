import { nameOf, type ObjectRef, type PodSpec } from '../objects.ts';
import { referencesOf } from '../references.ts';
import type { Snapshot } from '../snapshot.ts';

/** An object, and a key of it, without which a pod does not start. */
export interface Need extends ObjectRef {
  readonly key?: string | undefined;
}

const clusterScoped: ReadonlySet<string> = new Set(['PriorityClass', 'RuntimeClass']);

/** What a pod spec refers to and cannot start without. */
export const needsOf = (spec: PodSpec | undefined, namespace: string | undefined): readonly Need[] =>
  referencesOf(spec)
    .filter(({ optional }) => !optional)
    .map(({ kind, name, key }) => ({ kind, name, key, namespace: clusterScoped.has(kind) ? undefined : namespace }));

/** Those that are known not to exist, as people read them: `Secret/db`, `key url of ConfigMap/app`. */
export const missingOf = (snapshot: Snapshot, needs: readonly Need[]): readonly string[] =>
  needs.flatMap(({ key, kind, namespace, name }) => {
    if (snapshot.presence(kind, namespace, name) === 'absent') return nameOf({ kind, name });
    return key !== undefined && lacksKey(snapshot, { kind, namespace, name }, key)
      ? `key ${key} of ${nameOf({ kind, name })}`
      : [];
  });

function lacksKey(snapshot: Snapshot, { kind, namespace, name }: ObjectRef, key: string): boolean {
  if (kind === 'Secret') {
    const data = snapshot.find('Secret', namespace, name)?.data;
    return data !== undefined && !Object.hasOwn(data, key);
  }
  const found = kind === 'ConfigMap' ? snapshot.find('ConfigMap', namespace, name) : undefined;
  return found !== undefined && !Object.hasOwn({ ...found.data, ...found.binaryData }, key);
}
