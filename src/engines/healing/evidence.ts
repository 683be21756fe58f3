import { type ObjectRef, type Pod, refOf } from '../objects.ts';
import { containersOf, isBroken, isFinished, podStatusText } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';

/** What a broken pod told before an action took it away (G36). */
export interface KeptEvidence {
  readonly object: ObjectRef;
  /** As `kubectl get pods` prints it: `CrashLoopBackOff`. */
  readonly status: string;
  readonly container?: string | undefined;
  /** The last lines of its log, redacted, oldest first. */
  readonly lines: readonly string[];
}

/** So that a record stays a small object: three replicas say what thirty do. */
const mostPods = 3;
const mostLines = 10;
const longestLine = 240;

/** Status and last words of the broken ones of these pods. */
export const evidenceOf = (snapshot: Snapshot, pods: readonly Pod[]): readonly KeptEvidence[] =>
  pods
    .filter((pod) => isBroken(pod) || isFinished(pod))
    .slice(0, mostPods)
    .flatMap((pod): readonly KeptEvidence[] => {
      const object = refOf(pod);
      const status = podStatusText(pod);
      const told = containersOf(pod).flatMap(({ name }) => {
        const log = snapshot.log(object, name, true) ?? snapshot.log(object, name, false);
        const lines = (log?.lines ?? []).slice(-mostLines).map(({ text }) => text.slice(0, longestLine));
        return lines.length === 0 ? [] : [{ object, status, container: name, lines }];
      });
      return told.length === 0 ? [{ object, status, lines: [] }] : told;
    });
