import type { KubernetesObject, ObjectRef } from '../../engines/objects.ts';
import type { LogExcerpt, Read, ReadResult, Scope, SnapshotData } from '../../engines/snapshot-data.ts';
import { AppError } from '../../platform/errors.ts';
import { nearest } from '../../platform/nearest.ts';
import { byTime } from '../event-order.ts';
import { matcherOf, unknownKind } from '../kind-names.ts';
import { splitApiVersion } from '../live/builtin-types.ts';
import { keyOfRead } from '../live/collect.ts';
import { continueOf, cursorOf } from '../live/cursor.ts';
import type { ListQuery, LogRange, NextReads, Reader, ResourceType, TablePage } from '../ports.ts';
import { checkSelectors } from './check-selectors.ts';
import { answererOf, ofKnownKinds, replayed } from './replay.ts';
import { columnsOf, rowOfObject, rowOfPod, rowOfPodObject } from './rows.ts';
import { matchesFieldSelector, matchesLabelSelector } from './selectors.ts';
import { typesOf } from './types.ts';

/**
 * Answers from what was recorded. What is not there is `not_found`, with the word that this is an archive.
 * @param nextReads for archives that do not tell how their reads ended: what to ask them for.
 */
export function createArchiveReader(data: SnapshotData, nextReads?: NextReads): Reader {
  const types = typesOf(data);
  const everything = [...data.objects, ...data.heads];

  function resolve(written: string): ResourceType {
    const type = types.find(matcherOf(written));
    if (type === undefined) throw unknownKind(written, types);
    return type;
  }

  function find(type: ResourceType, { namespace, name }: ObjectRef): KubernetesObject {
    const ofType = everything.filter((object) => isOf(type, object));
    const within = ofType.filter((object) => !type.namespaced || object.metadata.namespace === namespace);
    const found = within.find((object) => object.metadata.name === name);
    if (found !== undefined) return found;
    throw notRecorded(
      `${type.kind}/${name}${type.namespaced && namespace !== undefined ? ` in namespace ${namespace}` : ''}`,
      {
        ...(namespace !== undefined && { namespace }),
        suggestions: nearest(
          name,
          within.map(({ metadata }) => metadata.name),
        ),
      },
    );
  }

  function logOf({ namespace, pod, container, previous }: Omit<LogRange, 'tailLines'>): LogExcerpt {
    const found = data.logs.find(
      (log) =>
        log.namespace === namespace && log.pod === pod && log.container === container && log.previous === previous,
    );
    if (found !== undefined) return found;
    const which = `the ${previous ? 'previous ' : ''}log of container ${container} of Pod/${pod} in namespace ${namespace}`;
    throw notRecorded(which, { namespace });
  }

  return {
    async collect(scope, signal) {
      signal.throwIfAborted();
      const namesNothing = scope.namespace === undefined && scope.object === undefined;
      // A snapshot of a namespace holds others only as far as they explain that one.
      const meant = namesNothing ? data.scope : scope;
      checkScope(data, meant);
      return nextReads === undefined ? { ...ofKnownKinds(data), scope: meant } : replayed(data, meant, nextReads);
    },
    async read(reads, signal) {
      signal.throwIfAborted();
      const answer = nextReads === undefined ? (read: Read) => resultOf(data, read) : answererOf(data);
      return { ...data, reads: reads.map(answer) };
    },
    async list(query, signal) {
      signal.throwIfAborted();
      const type = resolve(query.kind);
      checkSelectors(
        query,
        everything.filter((object) => isOf(type, object)),
      );
      return pageOf(data, type, query);
    },
    async get(ref, signal) {
      signal.throwIfAborted();
      return find(resolve(ref.kind), ref);
    },
    async events(ref, signal) {
      signal.throwIfAborted();
      const { kind, namespaced } = resolve(ref.kind);
      return data.objects.filter((object) => isEventAbout(object, { ...ref, kind }, namespaced)).toSorted(byTime);
    },
    async log(target, signal) {
      signal.throwIfAborted();
      const found = logOf(target);
      return { ...found, lines: found.lines.slice(-Math.max(1, target.tailLines)) };
    },
    async streamLog(range, take, signal) {
      signal.throwIfAborted();
      const { tailLines, sinceSeconds } = range;
      const from = sinceSeconds === undefined ? 0 : Date.parse(data.takenAt) - sinceSeconds * 1000;
      const lines = logOf(range)
        .lines.slice(-Math.max(1, tailLines))
        .filter(({ at }) => at === undefined || Date.parse(at) >= from);
      take(lines);
      return { bytes: lines.reduce((sum, { text }) => sum + text.length, 0), whole: true };
    },
    async resolve(kind, signal) {
      signal.throwIfAborted();
      return resolve(kind);
    },
  };
}

const isOf = ({ group, kind }: ResourceType, object: KubernetesObject): boolean =>
  object.kind === kind && splitApiVersion(object.apiVersion).group === group;

const notRecorded = (what: string, details: Readonly<Record<string, unknown>>): AppError =>
  new AppError('not_found', `This archive does not hold ${what}.`, {
    hint: 'An archive holds only what was read when it was made; ask a live cluster for more.',
    details: { archive: true, ...details },
  });

/** An object that was known not to exist, or a namespace that nothing was recorded of, has no diagnosis. */
function checkScope(data: SnapshotData, { namespace, object }: Scope): void {
  const namespaces = namespacesOf(data);
  const wanted = object?.namespace ?? namespace;
  if (wanted !== undefined && !namespaces.has(wanted)) {
    throw notRecorded(`namespace ${wanted}`, { namespace: wanted, suggestions: nearest(wanted, namespaces) });
  }
  if (object === undefined) return;
  const same = (name: string, within: string | undefined) => name === object.name && within === object.namespace;
  const recorded =
    [...data.objects, ...data.heads].some(
      ({ kind, metadata }) => kind === object.kind && same(metadata.name, metadata.namespace),
    ) ||
    (object.kind === 'Pod' && data.podRows.some((row) => same(row.name, row.namespace)));
  if (recorded) return;
  const names = data.objects.filter(({ kind }) => kind === object.kind).map(({ metadata }) => metadata.name);
  throw notRecorded(`${object.kind}/${object.name}`, {
    ...(object.namespace !== undefined && { namespace: object.namespace }),
    suggestions: nearest(object.name, names),
  });
}

const namespacesOf = ({ objects, heads, podRows, scope }: SnapshotData): ReadonlySet<string> =>
  new Set(
    [
      scope.namespace,
      ...[...objects, ...heads].map(({ kind, metadata }) =>
        kind === 'Namespace' ? metadata.name : metadata.namespace,
      ),
      ...podRows.map(({ namespace }) => namespace),
    ].filter((name) => name !== undefined),
  );

/** How a read would have ended: as recorded, or well when there are objects of its kind. */
function resultOf(data: SnapshotData, read: Read): ReadResult {
  const recorded = data.reads.find((result) => keyOfRead(result.read) === keyOfRead(read));
  if (recorded !== undefined) return recorded;
  const here = read.verb !== 'log' && [...data.objects, ...data.heads].some(({ kind }) => kind === read.kind);
  return here ? { read, outcome: 'ok' } : { read, outcome: 'failed', message: 'This archive does not hold it.' };
}

function pageOf(data: SnapshotData, type: ResourceType, query: ListQuery): TablePage {
  const start = query.cursor === undefined ? 0 : Number(continueOf(query.cursor, query)) || 0;
  const limit = Math.max(1, Math.floor(query.limit));
  const rows = rowsOf(data, type, query);
  const end = start + limit;
  return {
    type,
    columns: columnsOf(type),
    rows: rows.slice(start, end),
    ...(end < rows.length && { cursor: cursorOf(String(end), query), remaining: rows.length - end }),
  };
}

/** Recorded rows of pods stand in for pods of which nothing else was read, unless labels or fields are asked for. */
function rowsOf(data: SnapshotData, type: ResourceType, query: ListQuery): TablePage['rows'] {
  const { namespace, labelSelector, fieldSelector } = query;
  const within = (found: string | undefined) => namespace === undefined || !type.namespaced || found === namespace;
  const objects = new Map<string, KubernetesObject>();
  for (const object of [...data.heads, ...data.objects]) {
    if (!isOf(type, object) || !within(object.metadata.namespace)) continue;
    if (!matchesLabelSelector(labelSelector, object) || !matchesFieldSelector(fieldSelector, object)) continue;
    objects.set(`${object.metadata.namespace}/${object.metadata.name}`, object);
  }
  if (type.kind !== 'Pod') return [...objects.values()].map((object) => rowOfObject(object, data));
  const recorded = new Map(
    data.podRows.filter((row) => within(row.namespace)).map((row) => [`${row.namespace}/${row.name}`, row]),
  );
  const selecting = labelSelector !== undefined || fieldSelector !== undefined;
  const alone = selecting ? [] : [...recorded].filter(([key]) => !objects.has(key)).map(([, row]) => rowOfPod(row));
  const known = [...objects].map(([key, object]) => {
    const row = recorded.get(key);
    return row === undefined ? rowOfPodObject(object, data) : rowOfPod(row);
  });
  return [...known, ...alone];
}

function isEventAbout(object: KubernetesObject, { kind, namespace, name }: ObjectRef, namespaced: boolean): boolean {
  if (object.kind !== 'Event') return false;
  const { involvedObject, regarding } = object as KubernetesObject & {
    involvedObject?: ObjectRef;
    regarding?: ObjectRef;
  };
  const about = involvedObject ?? regarding;
  return (
    about?.kind === kind &&
    about.name === name &&
    (!namespaced || about.namespace === namespace || about.namespace === undefined)
  );
}
