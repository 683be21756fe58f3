import { complaints, isOfOthers } from '../complaints.ts';
import { crashes } from '../crashes/crashes.ts';
import { configuredDependencies, type Dependency, dependencyIn } from '../dependencies.ts';
import { hangs } from '../hangs.ts';
import { tellingEntries } from '../logs/telling.ts';
import { missedService } from '../missed-services.ts';
import { keyOf, type ObjectRef, type Pod, refOf } from '../objects.ts';
import { workloadOf } from '../owners.ts';
import { containersOf, isReady } from '../pods.ts';
import { probeFailures } from '../probes/probes.ts';
import type { Snapshot } from '../snapshot.ts';

/** Something that a container says it could not reach, or waits for. */
export interface FailedCall {
  readonly pod: Pod;
  readonly container: string;
  readonly dependency: Dependency;
  /** What it said; absent when it says nothing and only its command tells. */
  readonly words: { readonly text: string; readonly at: string | undefined } | undefined;
}

const cache = new WeakMap<Snapshot, readonly FailedCall[]>();

/** Every call that failed, as far as containers that crash, hang, are not ready, or keep complaining say so. */
export function failedCalls(snapshot: Snapshot): readonly FailedCall[] {
  let found = cache.get(snapshot);
  if (found === undefined) {
    found = [
      ...callsOfCrashes(snapshot),
      ...callsOfHangs(snapshot),
      ...callsOfProbes(snapshot),
      ...callsOfComplaints(snapshot),
    ];
    cache.set(snapshot, found);
  }
  return found;
}

const callsOfCrashes = (snapshot: Snapshot): readonly FailedCall[] =>
  crashes(snapshot).flatMap(({ pod, container, dependency, telling }) => {
    if (dependency === undefined) return [];
    const words = telling && { text: telling.entry.lines.join('\n'), at: telling.entry.at };
    return [{ pod, container: container.name, dependency, words }];
  });

const callsOfHangs = (snapshot: Snapshot): readonly FailedCall[] =>
  hangs(snapshot).flatMap(({ pod, container, dependency, says }) => {
    if (dependency === undefined) return [];
    const words = says && { text: says.entry.lines.join('\n'), at: says.entry.at };
    return [{ pod, container: container.name, dependency, words }];
  });

const callsOfProbes = (snapshot: Snapshot): readonly FailedCall[] =>
  probeFailures(snapshot).flatMap(({ pod, container, log }) => {
    if (log === undefined) return [];
    const missed = missedService(snapshot, { pod, container }, log);
    const told = [...tellingEntries(log), ...(missed === undefined ? [] : [missed])];
    return told.flatMap(({ entry }): readonly FailedCall[] => {
      const text = entry.lines.join('\n');
      const dependency = dependencyIn(snapshot, { pod, container }, text);
      return dependency === undefined
        ? []
        : [{ pod, container: container.name, dependency, words: { text, at: entry.at } }];
    });
  });

/** What a server answers of itself has reached it, and names keys that look like hosts. */
const callsOfComplaints = (snapshot: Snapshot): readonly FailedCall[] =>
  complaints(snapshot)
    .filter(isOfOthers)
    .flatMap(({ pod, container, callees }) =>
      callees.map(({ dependency, telling: { entry } }) => ({
        pod,
        container: container.name,
        dependency,
        words: { text: entry.lines.join('\n'), at: entry.at },
      })),
    );

/**
 * Calls to Services that the workload which is asked about is configured to make, of pods that are ready and complain of
 * none: a program may wait long for an answer before it says a word.
 */
export function silentCalls(snapshot: Snapshot): readonly FailedCall[] {
  const { object } = snapshot.scope;
  if (object === undefined || object.kind === 'Service' || object.kind === 'Node') return [];
  const speaking = new Set(failedCalls(snapshot).map(({ pod }) => pod));
  const own = snapshot.all('Pod', object.namespace).filter((pod) => isOf(snapshot, pod, object));
  return own
    .filter((pod) => isReady(pod) && !speaking.has(pod))
    .flatMap((pod) =>
      containersOf(pod).flatMap((container) =>
        configuredDependencies(snapshot, { pod, container }).map((dependency) => ({
          pod,
          container: container.name,
          dependency,
          words: undefined,
        })),
      ),
    );
}

const isOf = (snapshot: Snapshot, pod: Pod, object: ObjectRef): boolean =>
  keyOf(refOf(pod)) === keyOf(object) || keyOf(workloadOf(snapshot, pod)) === keyOf(object);

/** Whether nobody answered: what a NetworkPolicy does to a connection. One that is refused has arrived. */
export const isUnanswered = ({ dependency: { failure } }: FailedCall): boolean =>
  failure === 'timeout' || failure === 'unreachable' || failure === 'unreached';

/** Whether it is known that neither end has a NetworkPolicy, which a call may meet: another rule judges those. */
export const isUnhindered = (snapshot: Snapshot, { pod, dependency: { service } }: FailedCall): boolean =>
  [pod.metadata.namespace, service?.namespace].every(
    (namespace) =>
      namespace === undefined ||
      (snapshot.presence('NetworkPolicy', namespace, '') !== 'unknown' &&
        snapshot.all('NetworkPolicy', namespace).length === 0),
  );

/** A resolver that got no answer, as Go says it. */
const resolverTimeout = /\blookup \S+ on \S+:53\b.*(?:timeout|refused)|:53: (?:i\/o timeout|connection refused)/i;
/** Words of a resolver that got no answer, or one that says nothing about the name. */
const undecided = /EAI_AGAIN|temporary failure|server misbehaving|time(?:d |-)?out|SERVFAIL|refused/i;

/** What Go says only when the server of names answered that. */
const decided = /\blookup \S+(?: on \S+)?: no such host\b/i;

/** Whether a name was not resolved, for whatever reason. */
export const isNameFailure = ({ dependency: { failure }, words }: FailedCall): boolean =>
  failure === 'unknown-host' || resolverTimeout.test(words?.text ?? '');

/** Whether the DNS answered that there is no such name. */
export const isNameDenied = ({ dependency: { failure, told }, words }: FailedCall): boolean =>
  words !== undefined &&
  (failure === 'unknown-host'
    ? decided.test(words.text) || !undecided.test(words.text)
    : failure === 'unreached' && told);
