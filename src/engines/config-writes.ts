import { timeOf } from './durations.ts';
import { type KubernetesObject, keyOf, type ObjectRef, type Pod } from './objects.ts';
import { type Reference, referencesOf } from './references.ts';
import type { Snapshot } from './snapshot.ts';

/** A ConfigMap or Secret that a pod consumes, with when its data was last written. */
export interface ConfigWrite {
  readonly object: ObjectRef;
  /** Milliseconds. */
  readonly at: number;
  /** ISO 8601 of `at`. */
  readonly time: string;
  /** Field manager, such as `kubectl-edit`. */
  readonly by: string | undefined;
  /** The keys of its data that the writer owns: which of them it changed, nobody tells. */
  readonly keys: readonly string[];
  /** Where the pod consumes it. */
  readonly references: readonly Reference[];
}

/**
 * The last writes of data that a pod consumes, by object, as far as managedFields tell. Which of a writer's keys
 * changed is told by nobody; a write of other keys than the pod asks for is left out.
 */
export function configWrites(snapshot: Snapshot, { metadata: { namespace }, spec }: Pod): readonly ConfigWrite[] {
  const consumed = referencesOf(spec).filter(
    ({ kind, field }) => (kind === 'ConfigMap' || kind === 'Secret') && field !== 'imagePullSecrets',
  );
  const groups = Map.groupBy(consumed, ({ kind, name }) => keyOf({ kind, namespace, name }));
  return [...groups.values()].flatMap((references) => {
    const [first] = references;
    if (first === undefined) return [];
    const object = { kind: first.kind, namespace, name: first.name };
    const write = lastWrite(snapshot.head(object), references);
    return write === undefined ? [] : [{ object, ...write, references }];
  });
}

function lastWrite(object: KubernetesObject | undefined, references: readonly Reference[]) {
  const keys = references.map(({ key }) => key);
  return (object?.metadata.managedFields ?? [])
    .flatMap(({ manager, time = '', fieldsV1 }) => {
      const at = timeOf(time);
      const written = keysIn(fieldsV1);
      const concerns = keys.some((key) => (key === undefined ? written.size > 0 : written.has(`f:${key}`)));
      return at !== undefined && concerns
        ? [{ at, time, by: manager, keys: [...written].map((key) => key.replace(/^f:/, '')) }]
        : [];
    })
    .toSorted((a, b) => b.at - a.at)
    .at(0);
}

function keysIn(fields: object | undefined): ReadonlySet<string> {
  const data = fields !== undefined && 'f:data' in fields ? fields['f:data'] : undefined;
  return new Set(typeof data === 'object' && data !== null ? Object.keys(data).filter((key) => key !== '.') : []);
}
