import { isPodAskedAbout } from './asked-about.ts';
import { isCrashing } from './crashes/crashing.ts';
import { calleeIn, type Dependency } from './dependencies.ts';
import { second, timeOf } from './durations.ts';
import { type LastingFault, lastingFault } from './logs/lasting.ts';
import { isFaultOfOthers, type SignatureId } from './logs/signatures.ts';
import type { TellingEntry } from './logs/telling.ts';
import { type Pod, refOf } from './objects.ts';
import { podsOf, workloadOf } from './owners.ts';
import { containersOf, isFinished, isReady, isTerminating, type PodContainer } from './pods.ts';
import type { Snapshot } from './snapshot.ts';
import type { LogExcerpt } from './snapshot-data.ts';

/** A container that is ready and says all the time that something fails. */
export interface Complaint {
  readonly pod: Pod;
  readonly container: PodContainer;
  readonly log: LogExcerpt;
  readonly fault: LastingFault;
  /** What it cannot reach, each once, with the entry that says so; only for faults of that kind. */
  readonly callees: readonly Callee[];
  /** Whether another pod of the workload, whose log was read too, says nothing of the kind. */
  readonly contradicted: boolean;
}

export interface Callee {
  readonly dependency: Dependency;
  readonly telling: TellingEntry;
}

/** What a server that is reached answers of its own state. */
const answers: ReadonlySet<SignatureId> = new Set(['pool-exhausted', 'server-refuses']);

/** Whether a complaint is that what is called cannot be reached, or only passes on errors. */
export const isOfOthers = ({ fault }: Complaint): boolean => isFaultOfOthers(fault.signature);

const cache = new WeakMap<Snapshot, readonly Complaint[]>();

/** Every ready container whose log was read and goes on telling a known fault. */
export function complaints(snapshot: Snapshot): readonly Complaint[] {
  let found = cache.get(snapshot);
  if (found === undefined) {
    found = snapshot.data.logs.length === 0 ? [] : snapshot.all('Pod').flatMap((pod) => complaintsOf(snapshot, pod));
    cache.set(snapshot, found);
  }
  return found;
}

/** Whether a container does what Kubernetes asks of it, so that only its log may tell that it fails. */
export const isHearable = (pod: Pod, container: PodContainer, now: number): boolean =>
  (isReady(pod) || isHeldByOthers(pod, container)) &&
  !isTerminating(pod) &&
  !isFinished(pod) &&
  container.status?.ready === true &&
  container.status.state?.running !== undefined &&
  !isCrashing(pod, container, now);

/** Whether it is another container that keeps the pod from being ready. */
const isHeldByOthers = (pod: Pod, { name }: PodContainer): boolean =>
  containersOf(pod).some(
    ({ init, sidecar, status, name: other }) => (!init || sidecar) && other !== name && status?.ready === false,
  );

const complaintsOf = (snapshot: Snapshot, pod: Pod): readonly Complaint[] =>
  containersOf(pod).flatMap((container) => {
    if (!isHearable(pod, container, snapshot.now) || isStarting(container, snapshot)) return [];
    const log = snapshot.log(refOf(pod), container.name, false);
    const fault = log && heard(log, snapshot.now, isPodAskedAbout(snapshot, pod));
    if (log === undefined || fault === undefined) return [];
    const callees =
      isFaultOfOthers(fault.signature) || (fault.signature !== undefined && answers.has(fault.signature))
        ? calleesOf(snapshot, { pod, container, fault })
        : [];
    return [{ pod, container, log, fault, callees, contradicted: isContradicted(snapshot, pod, container) }];
  });

/** So long a program may wait for what it needs, and says so; who asks about an object wants to know at once. */
const hold = 30 * second;
const isStarting = ({ status }: PodContainer, { now, scope }: Snapshot): boolean =>
  scope.object === undefined && now - (timeOf(status?.state?.running?.startedAt) ?? 0) < hold;

interface Heard {
  readonly now: number;
  readonly asked: boolean;
  readonly fault: LastingFault | undefined;
}
const heardBefore = new WeakMap<LogExcerpt, Heard>();

/** A collection looks at the same log once a round. */
function heard(log: LogExcerpt, now: number, asked = false): LastingFault | undefined {
  const before = heardBefore.get(log);
  if (before?.now === now && before.asked === asked) return before.fault;
  const fault = lastingFault(log, now, asked);
  heardBefore.set(log, { now, asked, fault });
  return fault;
}

function calleesOf(
  snapshot: Snapshot,
  { pod, container, fault }: Pick<Complaint, 'pod' | 'container' | 'fault'>,
): readonly Callee[] {
  const found = fault.tellings.flatMap((telling): readonly Callee[] => {
    const dependency = calleeIn(snapshot, { pod, container }, telling.entry.lines.join('\n'));
    return dependency === undefined ? [] : [{ dependency, telling }];
  });
  return [...new Map(found.map((callee) => [callee.dependency.name, callee])).values()];
}

const isContradicted = (snapshot: Snapshot, pod: Pod, { name }: PodContainer): boolean =>
  podsOf(snapshot, workloadOf(snapshot, pod)).some((other) => {
    const log = other === pod ? undefined : snapshot.log(refOf(other), name, false);
    return log !== undefined && log.lines.length > 0 && heard(log, snapshot.now) === undefined;
  });
