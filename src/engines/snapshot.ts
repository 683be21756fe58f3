import { type ClusterEvent, eventOf } from './events.ts';
import { indexObjects } from './object-index.ts';
import { type Kind, type KubernetesObject, keyOf, type ObjectRef, type Of, refOf } from './objects.ts';
import type { LogExcerpt, PodRow, Read, ReadResult, Scope, SnapshotData } from './snapshot-data.ts';

/** Whether an object exists, as far as the reads of this snapshot can tell. */
export type Presence = 'present' | 'absent' | 'unknown';

/** What rules look at: a {@link SnapshotData} made searchable. Nothing in it changes. */
export interface Snapshot {
  /** Milliseconds since the epoch; the only clock of an engine. */
  readonly now: number;
  readonly scope: Scope;
  readonly data: SnapshotData;
  /** Every whole object of a kind, in one namespace or in all. Objects of which only metadata was read are not here. */
  all<K extends Kind>(kind: K, namespace?: string): readonly Of<K>[];
  find<K extends Kind>(kind: K, namespace: string | undefined, name: string): Of<K> | undefined;
  /** `unknown` unless a read of this snapshot settles it. */
  presence(kind: string, namespace: string | undefined, name: string): Presence;
  /** Names of a kind in a namespace, of whole objects and of metadata. */
  names(kind: string, namespace: string | undefined): readonly string[];
  /** Every object by reference, whole or metadata only. */
  head(ref: ObjectRef): KubernetesObject | undefined;
  /** Events about this very object, by uid where the event carries one; oldest first. */
  eventsAbout(object: KubernetesObject): readonly ClusterEvent[];
  /** All events, oldest first. */
  readonly events: readonly ClusterEvent[];
  log(pod: ObjectRef, container: string, previous: boolean): LogExcerpt | undefined;
  readonly podRows: readonly PodRow[];
}

/** Makes the data searchable. Linear in the number of objects; each index is made when it is first asked for. */
export function indexSnapshot(data: SnapshotData): Snapshot {
  const whole = once(() => indexObjects(data.objects));
  const heads = once(() => indexObjects(data.heads));
  const logs = once(
    () => new Map(data.logs.map((log) => [logKey(log.namespace, log.pod, log.container, log.previous), log])),
  );
  const events = once(() =>
    whole()
      .all('Event')
      .map(eventOf)
      .toSorted((a, b) => (a.last ?? 0) - (b.last ?? 0) || (a.message < b.message ? -1 : 1)),
  );
  const eventsByTarget = once(() => Map.groupBy(events(), ({ about }) => keyOf(about)));
  const covered = once(() => coverage(data.reads));
  // The maps are keyed by kind, which decides the type; TypeScript cannot follow that.
  // oxlint-disable typescript/no-unsafe-type-assertion
  const all = <K extends Kind>(kind: K, namespace?: string): readonly Of<K>[] =>
    (namespace === undefined ? whole().all(kind) : whole().within(kind, namespace)) as unknown as readonly Of<K>[];
  const find = <K extends Kind>(kind: K, namespace: string | undefined, name: string): Of<K> | undefined =>
    whole().find(kind, namespace, name) as unknown as Of<K> | undefined;
  // oxlint-enable typescript/no-unsafe-type-assertion

  const head = ({ kind, namespace, name }: ObjectRef): KubernetesObject | undefined =>
    whole().find(kind, namespace, name) ?? heads().find(kind, namespace, name);

  return {
    now: Date.parse(data.takenAt),
    scope: data.scope,
    data,
    get events() {
      return events();
    },
    podRows: data.podRows,
    all,
    find,
    presence: (kind, namespace, name) => {
      if (head({ kind, namespace, name }) !== undefined) return 'present';
      const { listed, absent } = covered();
      const settled =
        absent.has(keyOf({ kind, namespace, name })) ||
        listed.has(`${kind}/`) ||
        listed.has(`${kind}/${namespace ?? ''}`);
      return settled ? 'absent' : 'unknown';
    },
    names: (kind, namespace) => [
      // An object may be read in both ways.
      ...new Set(
        [...heads().within(kind, namespace), ...whole().within(kind, namespace)].map(({ metadata }) => metadata.name),
      ),
    ],
    head,
    eventsAbout: (object) => {
      const { uid } = object.metadata;
      return (eventsByTarget().get(keyOf(refOf(object))) ?? []).filter(
        ({ uid: target }) => uid === undefined || target === undefined || target === uid,
      );
    },
    log: ({ namespace, name }, container, previous) => logs().get(logKey(namespace ?? '', name, container, previous)),
  };
}

/** Makes a value when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

const logKey = (namespace: string, pod: string, container: string, previous: boolean): string =>
  `${namespace}/${pod}/${container}/${previous}`;

/** Which kinds were listed completely (`Kind/` for all namespaces, `Kind/namespace` for one) and which objects a get did not find. */
function coverage(results: readonly ReadResult[]): { listed: ReadonlySet<string>; absent: ReadonlySet<string> } {
  const listed = new Set<string>();
  const absent = new Set<string>();
  for (const { read, outcome } of results) {
    if (read.verb === 'get' && outcome === 'absent') absent.add(keyOf(read));
    if (isWholeList(read) && (outcome === 'ok' || outcome === 'absent')) {
      listed.add(`${read.kind}/${read.namespace ?? ''}`);
    }
  }
  return { listed, absent };
}

function isWholeList(read: Read): read is Extract<Read, { verb: 'list' }> {
  return (
    read.verb === 'list' && read.labelSelector === undefined && read.fieldSelector === undefined && read.as !== 'table'
  );
}
