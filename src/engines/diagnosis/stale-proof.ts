import type { ConfigWrite } from '../config-writes.ts';
import { second, timeOf } from '../durations.ts';
import { keyOf, nameOf, type Pod, refOf } from '../objects.ts';
import { controllerOf, podsOf, workloadOf } from '../owners.ts';
import { containersOf, isFinished, isTerminating, type PodContainer } from '../pods.ts';
import { type Reference, referencesOf } from '../references.ts';
import type { Snapshot } from '../snapshot.ts';

/** A container that complains of what it read before it was changed. */
export interface Staleness {
  readonly pod: Pod;
  readonly container: PodContainer;
  readonly write: ConfigWrite;
  /** Where the container takes it and keeps the value of the start. */
  readonly kept: readonly Reference[];
  /** Whether a line of a log speaks of what was changed. */
  readonly complains: (line: string) => boolean;
}

/**
 * What more than a log line and a time says that a container suffers from an old value, if anything does. Either a pod
 * of the same template that started after the write is well, and none that started before it is; or every pod started
 * before it, nothing but what the container takes was written, and its log, which was well before the write, complains
 * only since.
 */
export function proofOf(snapshot: Snapshot, staleness: Staleness): string | undefined {
  const { write } = staleness;
  const others = siblingsOf(snapshot, staleness);
  const earlier = others.filter(({ started }) => started < write.at);
  const later = others
    .filter(({ started }) => started >= write.at)
    .map((sibling) => ({ ...sibling, state: stateOf(snapshot, sibling, staleness) }));
  if (earlier.some((sibling) => stateOf(snapshot, sibling, staleness) === 'well')) return undefined;
  if (later.some(({ state }) => state === 'ill')) return undefined;
  const well = later.find(({ state }) => state === 'well');
  if (well !== undefined) return `${nameOf(refOf(well.pod))}, of the same template and started after that, is well`;
  return later.length === 0 && isPrecise(snapshot, staleness) && hasBegun(snapshot, staleness)
    ? 'its log said nothing of the kind before that, and all pods of its template are older'
    : undefined;
}

interface Sibling {
  readonly pod: Pod;
  readonly container: PodContainer;
  readonly started: number;
}

/** The same container in the other pods that the same controller made from the same template. */
function siblingsOf(snapshot: Snapshot, { pod, container: { name } }: Staleness): readonly Sibling[] {
  const template = templateKey(pod);
  return podsOf(snapshot, workloadOf(snapshot, pod))
    .filter((other) => other !== pod && !isFinished(other) && !isTerminating(other) && templateKey(other) === template)
    .flatMap((other) => {
      const container = containersOf(other).find((each) => each.name === name);
      const started = timeOf(container?.status?.state?.running?.startedAt);
      return container === undefined || started === undefined ? [] : [{ pod: other, container, started }];
    });
}

/** A ReplicaSet has one template; a StatefulSet and a DaemonSet name it at the pod. */
function templateKey(pod: Pod): string {
  const owner = controllerOf(pod);
  const revision = pod.metadata.labels?.['controller-revision-hash'] ?? '';
  return `${keyOf(owner ?? refOf(pod))} ${revision}`;
}

/** So long a container has to be well before it counts: some are refused only once they work. */
const lastingMs = 60 * second;

/** Of a container that is ready only its log can tell. */
function stateOf(
  snapshot: Snapshot,
  { pod, container, started }: Sibling,
  { container: { status }, complains }: Staleness,
): 'well' | 'ill' | 'unknown' {
  const lines = linesOf(snapshot, pod, container);
  if (lines.some(({ text }) => complains(text))) return 'ill';
  const ready = container.status?.ready === true && snapshot.now - started >= lastingMs;
  const known = status?.ready !== true || lines.length > 0;
  return ready && known ? 'well' : 'unknown';
}

const linesOf = (snapshot: Snapshot, pod: Pod, { name }: PodContainer) =>
  snapshot.log(refOf(pod), name, false)?.lines ?? [];

/** Whether the write was of nothing else than what the container keeps, and it takes no other secret that may be meant. */
function isPrecise(snapshot: Snapshot, { pod, container, write, kept }: Staleness): boolean {
  const taken = new Set(kept.flatMap((reference) => keysTaken(reference, container)));
  const own = write.keys.length > 0 && write.keys.every((key) => taken.has(key) || taken.has(every));
  const secrets = referencesOf(pod.spec).filter(
    ({ kind, field, container: consumer }) =>
      kind === 'Secret' && field !== 'imagePullSecrets' && (consumer === undefined || consumer === container.name),
  );
  const others = secrets.some(({ name }) => name !== write.object.name || write.object.kind !== 'Secret');
  return own && !others && snapshot.head(write.object) !== undefined;
}

const every = '*';

/** `envFrom` takes every key; a volume without `items` gives each key the name of its file. */
function keysTaken({ key, field }: Reference, { spec }: PodContainer): readonly string[] {
  if (key !== undefined) return [key];
  const volume = /^volumes\[(.*)\]$/.exec(field)?.[1];
  if (volume === undefined) return [every];
  return (spec.volumeMounts ?? []).flatMap(({ name, subPath }) =>
    name === volume && subPath !== undefined ? [subPath] : [],
  );
}

/** Times of a log are those of the node. */
const skew = second;

/** Whether the log reaches back before the write and complains only since. */
function hasBegun(snapshot: Snapshot, { pod, container, write, complains }: Staleness): boolean {
  const lines = linesOf(snapshot, pod, container).map(({ at, text }) => ({ at: timeOf(at), text }));
  const before = lines.filter(({ at }) => at !== undefined && at < write.at);
  const since = lines.filter(({ at }) => at !== undefined && at >= write.at - skew);
  return (
    before.length > 0 &&
    !before.some(({ text }) => complains(text)) &&
    since.some(({ text }) => complains(text)) &&
    lines.every(({ at }) => at !== undefined)
  );
}
