import type { BlindSpot } from '../diagnosis/explanation.ts';
import { hour, minute, second, timeOf } from '../durations.ts';
import { keyOf, refOf } from '../objects.ts';
import { indexSnapshot, type Snapshot } from '../snapshot.ts';
import type { Read, ReadResult, Scope, SnapshotData } from '../snapshot-data.ts';
import { birthsOf, deathsOf } from './containers.ts';
import { isoOf, type TimelineEntry } from './entry.ts';
import { reportedIn } from './events.ts';
import { transitionsOf } from './nodes.ts';
import { rolloutsOf } from './rollouts.ts';
import { nodesOf, storyOf } from './subjects.ts';
import { writesOf } from './writes.ts';

export interface Timeline {
  /** ISO 8601: the beginning of what is told. */
  readonly since: string;
  /** Newest first. */
  readonly entries: readonly TimelineEntry[];
  /** Events of starting pods and nodes that are not among them. */
  readonly routine: number;
  readonly blindSpots: readonly BlindSpot[];
}

/** Kinds with their templates, selectors and targets; of the others who wrote them is enough. */
const whole =
  'Pod ReplicaSet Deployment StatefulSet DaemonSet Job CronJob ControllerRevision Event Service Ingress HorizontalPodAutoscaler PersistentVolumeClaim ResourceQuota'.split(
    ' ',
  );
const written = ['ConfigMap', 'Secret', 'NetworkPolicy', 'LimitRange'];

/** Everything whose past a namespace remembers; of what has no namespace, the object and its events. */
export function timelineReads({ namespace, object }: Scope): readonly Read[] {
  const listed = namespace !== undefined && [...whole, ...written].includes(object?.kind ?? '');
  const itself: readonly Read[] =
    object === undefined || listed
      ? []
      : [{ verb: 'get', kind: object.kind, namespace: object.namespace, name: object.name }];
  // Events about what has no namespace are written to `default`.
  const eventsAbout = (fieldSelector: string): Read => ({
    verb: 'list',
    kind: 'Event',
    namespace: 'default',
    fieldSelector,
    as: 'full',
  });
  if (namespace === undefined && object !== undefined) {
    return [...itself, eventsAbout(`involvedObject.kind=${object.kind},involvedObject.name=${object.name}`)];
  }
  return [
    ...itself,
    ...whole.map((kind): Read => ({ verb: 'list', kind, namespace, as: 'full' })),
    ...written.map((kind): Read => ({ verb: 'list', kind, namespace, as: 'metadata' })),
    { verb: 'list', kind: 'Node', as: 'full' },
    eventsAbout('involvedObject.kind=Node'),
  ];
}

/** What happened in a namespace, or to one object and what it depends on, since that many milliseconds ago. */
export function timelineOf(data: SnapshotData, scope: Scope, duration: number): Timeline {
  const snapshot = indexSnapshot(data);
  const since = snapshot.now - duration;
  const { namespace, object } = scope;
  const belongs = storyOf(snapshot, object);
  const nodes = nodesOf(snapshot, object, namespace);
  const pods = snapshot.all('Pod', namespace).filter((pod) => belongs(refOf(pod)));
  const events = snapshot.events.filter(
    ({ about, last = 0 }) =>
      last >= since && (about.kind === 'Node' ? nodes.has(about.name) : isIn(about.namespace, scope) && belongs(about)),
  );
  const reported = reportedIn(snapshot, events, { everything: object?.kind === 'Pod' });
  const entries = [
    ...rolloutsOf(snapshot, namespace).filter((entry) => belongs(entry.object)),
    ...writesOf(snapshot, namespace).filter((entry) => belongs(entry.object)),
    ...deathsOf(snapshot, pods),
    ...birthsOf(snapshot, pods, since),
    ...transitionsOf(snapshot.all('Node').filter(({ metadata }) => nodes.has(metadata.name))),
    ...reported.entries,
  ].filter(({ at }) => (timeOf(at) ?? 0) >= since);
  return {
    since: isoOf(since),
    entries: toldOnce(entries).toSorted((a, b) => (timeOf(b.at) ?? 0) - (timeOf(a.at) ?? 0)),
    routine: reported.routine,
    blindSpots: [...readingGaps(data.reads), ...expiredGap(snapshot, since)],
  };
}

const isIn = (place: string | undefined, { namespace, object }: Scope): boolean =>
  namespace === undefined ? object === undefined || place === object.namespace : place === namespace;

/** The controller's new version follows the write at once. */
const promptly = 5 * second;

/** The write that began a rollout is told by the rollout. */
function toldOnce(entries: readonly TimelineEntry[]): readonly TimelineEntry[] {
  const rollouts = Map.groupBy(
    entries.filter(({ kind }) => kind === 'rollout'),
    ({ object }) => keyOf(object),
  );
  return entries.filter(
    ({ kind, object, at }) =>
      kind !== 'change' ||
      !rollouts
        .get(keyOf(object))
        ?.some((rollout) => Math.abs((timeOf(rollout.at) ?? 0) - (timeOf(at) ?? 0)) <= promptly),
  );
}

function readingGaps(reads: readonly ReadResult[]): readonly BlindSpot[] {
  const failed = reads.filter(({ outcome }) => outcome !== 'ok' && outcome !== 'absent');
  const groups = Map.groupBy(failed, ({ outcome }) => outcome);
  return [...groups].map(([outcome, group]) => {
    const kinds = [...new Set(group.flatMap(({ read }) => (read.verb === 'log' ? [] : [read.kind])))];
    const why = outcome === 'denied' ? 'reading is forbidden' : (group[0]?.message ?? outcome);
    return { what: kinds.join(', '), why, consequence: 'what happened to them is missing here' };
  });
}

/** kube-apiserver `--event-ttl`, unless it is told otherwise. */
const eventLifetime = hour;

/** Events end earlier than other memories: said when the time that is asked for is longer, and no event is as old. */
function expiredGap({ now, events }: Snapshot, since: number): readonly BlindSpot[] {
  const oldest = Math.min(now - eventLifetime, ...events.flatMap(({ last }) => last ?? []));
  if (since >= oldest - minute) return [];
  return [
    {
      what: `Events before ${isoOf(oldest)}`,
      why: 'the API server forgets them, by default after 1 h',
      consequence: 'what only they tell is missing; the last write, the last death and every revision are remembered',
    },
  ];
}
