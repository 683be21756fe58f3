import type { KubernetesObject } from '../../engines/objects.ts';
import type { LogExcerpt, Read, ReadResult, Scope, SnapshotData } from '../../engines/snapshot-data.ts';
import { builtinTypes, splitApiVersion } from '../live/builtin-types.ts';
import { keyOfRead } from '../live/collect.ts';
import type { NextReads } from '../ports.ts';

/** As many as a live collection may take; a function that never has enough must not read for ever. */
const maximumRounds = 8;
const missing = 'not in this archive';

/**
 * Asks an archive that others made what a live cluster would be asked about this scope: what it lacks becomes a failed
 * read, as if a cluster had not answered, and no other lack does.
 */
export async function replayed(archive: SnapshotData, scope: Scope, nextReads: NextReads): Promise<SnapshotData> {
  const data = { ...ofKnownKinds(archive), scope };
  const answers = new Map(archive.reads.map((result) => [keyOfRead(result.read), result]));
  const answer = answererOf(data);
  const wider = widerOf(data);
  for (let round = 0; round < maximumRounds; round += 1) {
    const reads = await nextReads({ ...data, reads: [...answers.values()] });
    const fresh = reads.filter((read) => !answers.has(keyOfRead(read)));
    if (fresh.length === 0) break;
    for (const read of fresh) answers.set(keyOfRead(read), answer(scope.namespace === undefined ? wider(read) : read));
  }
  const once = new Map([...answers.values()].map((result) => [keyOfRead(result.read), result]));
  return { ...data, reads: [...once.values()] };
}

/** Whoever asks about everything need not be told of each namespace that nothing is held of. */
function widerOf({ objects, reads }: SnapshotData): (read: Read) => Read {
  const held = new Set([
    ...objects.map(({ metadata }) => metadata.namespace),
    ...reads.flatMap(({ read }) => (read.verb === 'list' ? [read.namespace] : [])),
  ]);
  return (read) => (read.verb === 'list' && !held.has(read.namespace) ? { ...read, namespace: undefined } : read);
}

/** Without what is not what rules take it for. */
export const ofKnownKinds = (data: SnapshotData): SnapshotData => ({
  ...data,
  objects: data.objects.filter(isWhatItsKindSays),
});

/** Other groups have kinds of the same names (a Service of Knative, an Ingress of OpenShift), which nobody asks for. */
function isWhatItsKindSays({ kind, apiVersion }: KubernetesObject): boolean {
  const groups = groupsOf.get(kind);
  return groups === undefined || groups.has(splitApiVersion(apiVersion).group);
}

const groupsOf: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  [...Map.groupBy(builtinTypes, ({ kind }) => kind)].map(([kind, types]) => [
    kind,
    new Set(types.map(({ group }) => group)),
  ]),
);

/** How each read ends in an archive, by what is in it and by the lists that are complete. */
export function answererOf({ objects, heads, logs, reads }: SnapshotData): (read: Read) => ReadResult {
  const complete = new Set(reads.flatMap(({ read, outcome }) => (outcome === 'ok' ? keysOfList(read) : [])));
  const failed = new Map(
    reads.flatMap((result) =>
      result.outcome === 'ok' ? [] : keysOfList(result.read).map((key) => [key, result] as const),
    ),
  );
  const present = new Set(
    [...objects, ...heads].map(({ kind, metadata }) => keyOf(kind, metadata.namespace, metadata.name)),
  );
  const recorded = new Set(logs.map(logKey));
  const namespaces = complete.has('Namespace/')
    ? objects.flatMap(({ kind, metadata }) => (kind === 'Namespace' ? [metadata.name] : []))
    : undefined;

  const isComplete = (kind: string, namespace: string | undefined): boolean =>
    complete.has(`${kind}/`) || (namespace !== undefined && complete.has(`${kind}/${namespace}`));

  function list(read: Extract<Read, { verb: 'list' }>): ReadResult {
    const { kind, namespace } = read;
    if (isComplete(kind, namespace)) return { read, outcome: 'ok' };
    if (namespace === undefined && namespaces?.every((each) => isComplete(kind, each)) === true)
      return { read, outcome: 'ok' };
    const known = failed.get(`${kind}/${namespace ?? ''}`) ?? failed.get(`${kind}/`);
    if (known !== undefined) return { ...known, read };
    const count = namespace === undefined ? [...complete].filter((key) => key.startsWith(`${kind}/`)).length : 0;
    return { read, outcome: 'failed', message: count === 0 ? missing : partly(count, namespaces?.length) };
  }

  return (read) => {
    if (read.verb === 'list') return list(read);
    if (read.verb === 'log')
      return recorded.has(logKey(read)) ? { read, outcome: 'ok' } : { read, outcome: 'failed', message: missing };
    const { kind, namespace, name } = read;
    if (present.has(keyOf(kind, namespace, name))) return { read, outcome: 'ok' };
    return isComplete(kind, namespace) ? { read, outcome: 'absent' } : { read, outcome: 'failed', message: missing };
  };
}

const partly = (count: number, total: number | undefined): string =>
  `in this archive for ${count}${total === undefined ? '' : ` of ${total}`} namespace${(total ?? count) === 1 ? '' : 's'} only`;

const keysOfList = (read: Read): readonly string[] =>
  read.verb === 'list' ? [`${read.kind}/${read.namespace ?? ''}`] : [];

const keyOf = (kind: string, namespace: string | undefined, name: string): string =>
  `${kind}/${namespace ?? ''}/${name}`;

const logKey = ({ namespace, pod, container, previous }: Omit<LogExcerpt, 'lines'>): string =>
  `${namespace}/${pod}/${container}/${previous}`;
