import { minute } from './durations.ts';
import { keyOf, type ObjectRef, type Pod, refOf } from './objects.ts';
import { brokenPods } from './pod-groups.ts';
import { containersOf } from './pods.ts';
import { type Reference, referencesOf } from './references.ts';
import type { Snapshot } from './snapshot.ts';

/** A ConfigMap or Secret, or keys of it, for which a pod waits. */
export interface ConfigFault {
  readonly pod: Pod;
  /** Container that waits; absent when the whole pod waits for a volume. */
  readonly container: string | undefined;
  readonly object: ObjectRef;
  /** Keys that are not there; empty when the object itself is not. */
  readonly keys: readonly string[];
  /** Keys that are there; `undefined` when the object was not read. */
  readonly present: readonly string[] | undefined;
  /** Fields of the pod template that ask for it. */
  readonly fields: readonly string[];
  /** What the kubelet said; `undefined` when only the reads tell. */
  readonly statement: Statement | undefined;
  readonly certainty: 'declared' | 'recomputed' | 'message';
}

interface Statement {
  readonly container: string | undefined;
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string | undefined;
  readonly key: string | undefined;
  readonly volume: string | undefined;
  readonly text: string;
  readonly source: 'status' | 'event';
  readonly at: string | undefined;
}

/**
 * The kubelet tries a mount again after at most 2 min 2 s (goroutinemap `exponentialBackOff`) and may say so only every
 * 5 min (client-go `EventSourceObjectSpamFilter`): older complaints are over.
 */
const mountRetry = 10 * minute;

const cache = new WeakMap<Snapshot, readonly ConfigFault[]>();

/** Everything that pods wait for and that is not there; what has come since the kubelet last looked is not among it. */
export function configFaults(snapshot: Snapshot): readonly ConfigFault[] {
  let faults = cache.get(snapshot);
  if (faults === undefined) {
    faults = brokenPods(snapshot).flatMap((pod) => faultsOf(snapshot, pod));
    cache.set(snapshot, faults);
  }
  return faults;
}

function faultsOf(snapshot: Snapshot, pod: Pod): readonly ConfigFault[] {
  const statements = [...statusStatements(pod), ...mountStatements(snapshot, pod)];
  const references = referencesOf(pod.spec).filter(
    ({ kind, optional }) => !optional && (kind === 'ConfigMap' || kind === 'Secret'),
  );
  const mounting = waitsForVolumes(pod);
  // What runs keeps what it has; the kubelet names only the first thing that is missing for what does not.
  const wanted = references.filter(({ container }) =>
    mounting
      ? statements.length > 0 || container === undefined
      : statements.some((statement) => statement.container === container),
  );
  const refs = [
    ...statements.flatMap((statement) => objectOf(statement, pod, references) ?? []),
    ...wanted.map(({ kind, name }) => ({ kind, namespace: pod.metadata.namespace, name })),
  ];
  const unique = [...new Map(refs.map((ref) => [keyOf(ref), ref])).values()];
  return unique.flatMap((object) => {
    const about = statements.filter((statement) => {
      const meant = objectOf(statement, pod, references);
      return meant !== undefined && keyOf(meant) === keyOf(object);
    });
    const asking = references.filter(({ kind, name }) => kind === object.kind && name === object.name);
    return faultOf(snapshot, { pod, object, statements: about, references: asking });
  });
}

interface Asked {
  readonly pod: Pod;
  readonly object: ObjectRef;
  readonly statements: readonly Statement[];
  readonly references: readonly Reference[];
}

function faultOf(snapshot: Snapshot, { pod, object, statements, references }: Asked): readonly ConfigFault[] {
  const presence = snapshot.presence(object.kind, object.namespace, object.name);
  const fieldsOf = (some: readonly Reference[]) => [...new Set(some.map(({ field }) => field))];
  const base = { pod, object, container: statements[0]?.container ?? references[0]?.container };
  const gone = statements.find(({ key }) => key === undefined);
  if (presence === 'absent' || (presence === 'unknown' && gone !== undefined)) {
    const certainty = presence === 'unknown' ? 'message' : gone === undefined ? 'recomputed' : 'declared';
    return [
      {
        ...base,
        keys: [],
        present: undefined,
        fields: fieldsOf(references),
        statement: gone ?? statements[0],
        certainty,
      },
    ];
  }
  const present = keysIn(snapshot, object);
  const stated = statements.flatMap(({ key }) => key ?? []);
  const asked = references.flatMap(({ key }) => key ?? []);
  const keys = [
    ...new Set(present === undefined ? stated : [...stated, ...asked].filter((key) => !present.includes(key))),
  ];
  if (keys.length === 0) return [];
  const statement = statements.find(({ key }) => key !== undefined && keys.includes(key));
  const asking = references.filter(({ key }) => key !== undefined && keys.includes(key));
  const certainty = present === undefined ? 'message' : statement === undefined ? 'recomputed' : 'declared';
  return [{ ...base, keys, present, fields: fieldsOf(asking), statement, certainty }];
}

/** Names of the keys; values are never looked at. */
function keysIn(snapshot: Snapshot, { kind, namespace, name }: ObjectRef): readonly string[] | undefined {
  if (kind === 'Secret') {
    const secret = snapshot.find('Secret', namespace, name);
    return secret && Object.keys({ ...secret.data, ...secret.stringData }).toSorted();
  }
  const configMap = snapshot.find('ConfigMap', namespace, name);
  return configMap && Object.keys({ ...configMap.data, ...configMap.binaryData }).toSorted();
}

const kinds = { configmap: 'ConfigMap', secret: 'Secret' } as const;
const kindOf = (word = ''): 'ConfigMap' | 'Secret' =>
  word.toLowerCase() === 'secret' ? kinds.secret : kinds.configmap;

function statementsIn(text: string, where: Pick<Statement, 'container' | 'source' | 'at'>): readonly Statement[] {
  const volume = /for volume "([^"]+)"/.exec(text)?.[1];
  const base = { ...where, text, volume };
  const gone = [...text.matchAll(/\b(configmap|secret) "([^"]+)" not found/gi)].map(([, kind, name]) => ({
    ...base,
    kind: kindOf(kind),
    name,
    key: undefined,
  }));
  const inEnvironment = [...text.matchAll(/couldn't find key (\S+) in (ConfigMap|Secret) [^/\s]+\/([^\s,\]]+)/gi)].map(
    ([, key, kind, name]) => ({ ...base, kind: kindOf(kind), name, key }),
  );
  // The kubelet names neither object here, and says "config key" of ConfigMaps only.
  const inVolume = [...text.matchAll(/references non-existent (config|secret) key: ([^\s,\]]+)/gi)].map(
    ([, kind, key]) => ({ ...base, kind: kindOf(kind), name: undefined, key }),
  );
  return [...gone, ...inEnvironment, ...inVolume];
}

const statusStatements = (pod: Pod): readonly Statement[] =>
  containersOf(pod).flatMap(({ name, status }) => {
    const { reason, message = '' } = status?.state?.waiting ?? {};
    const where = { container: name, source: 'status', at: undefined } as const;
    return reason === 'CreateContainerConfigError' ? statementsIn(message, where) : [];
  });

function mountStatements(snapshot: Snapshot, pod: Pod): readonly Statement[] {
  if (!waitsForVolumes(pod)) return [];
  return snapshot
    .eventsAbout(pod)
    .filter(({ reason, last }) => reason === 'FailedMount' && snapshot.now - (last ?? snapshot.now) <= mountRetry)
    .toReversed()
    .flatMap(({ message, at }) => statementsIn(message, { container: undefined, source: 'event', at }));
}

/** Whether the pod has a node and none of its containers was ever created, as long as volumes are being set up. */
export function waitsForVolumes(pod: Pod): boolean {
  const idle = new Set(['ContainerCreating', 'PodInitializing']);
  return (
    pod.spec?.nodeName !== undefined &&
    containersOf(pod).length > 0 &&
    containersOf(pod).every(
      ({ status }) =>
        status === undefined ||
        (idle.has(status.state?.waiting?.reason ?? '') && status.lastState?.terminated === undefined),
    )
  );
}

/** The object that a statement means: by name, else by the volume and the key that it names. */
function objectOf(
  { kind, name, volume, key }: Statement,
  { metadata: { namespace } }: Pod,
  references: readonly Reference[],
): ObjectRef | undefined {
  const meant =
    name ??
    references.find(
      (reference) => reference.kind === kind && reference.key === key && reference.field === `volumes[${volume}]`,
    )?.name;
  return meant === undefined ? undefined : { kind, namespace, name: meant };
}

/** Evidence of a fault: the kubelet's words and the fields that ask. */
export function configEvidence({ pod, object, fields, statement, keys }: ConfigFault) {
  const what = `${object.kind}/${object.name}${keys.length > 0 ? ` with ${keys.join(', ')}` : ''}`;
  const { text, source, at } = statement ?? {};
  return [
    ...(text === undefined || source === undefined ? [] : [{ object: refOf(pod), source, text, at }]),
    ...(fields.length === 0
      ? []
      : [{ object: refOf(pod), source: 'spec' as const, text: `${fields.join(', ')} asks for ${what}` }]),
  ];
}
