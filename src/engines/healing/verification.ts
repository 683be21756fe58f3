import { hour, timeOf } from '../durations.ts';
import type { ObjectRef } from '../objects.ts';
import { containersOf, lastTermination } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';
import { touchedPods } from './blast-radius.ts';
import type { Verification } from './draft.ts';

/** Restarts stay flat at least so long where there were some, in s (contract, "Verify"). */
const shortestHold = 120;
const longestHold = 1_800;
/** What a rollout gets, and for each of its pods: one that pulls, starts and passes its probes, in s. */
const rolloutSeconds = 180;
const podSeconds = 30;
const longestRollout = 1_200;

/**
 * How an action on this workload is going to be verified: after its rollout, restarts have to stay flat for twice the
 * time in which its containers failed before, when they did.
 */
export function rolloutVerification(snapshot: Snapshot, target: ObjectRef, expects: string): Verification {
  const pods = touchedPods(snapshot, target);
  const holdSeconds = holdOf(snapshot, target);
  const seconds = Math.min(rolloutSeconds + podSeconds * pods.length, longestRollout);
  return { expects, by: 'rollout', holdSeconds, deadlineSeconds: seconds + holdSeconds };
}

/** A container that ended longer ago than this has shown since that it stays up. */
const longAgo = hour;

function holdOf(snapshot: Snapshot, target: ObjectRef): number {
  const lives = touchedPods(snapshot, target)
    .flatMap(containersOf)
    .flatMap(({ init, sidecar, status }) => {
      // An init container ends when its work is done: only what it failed at before tells.
      const done = init && !sidecar && status?.state?.terminated?.exitCode === 0;
      const ended = done ? status.lastState?.terminated : lastTermination(status);
      const [from, to] = [timeOf(ended?.startedAt), timeOf(ended?.finishedAt)];
      if (from === undefined || to === undefined) return (status?.restartCount ?? 0) > 0 ? [0] : [];
      return snapshot.now - to > longAgo ? [] : [(to - from) / 1000];
    });
  if (lives.length === 0) return 0;
  return Math.min(Math.max(shortestHold, Math.ceil(2 * Math.max(...lives))), longestHold);
}
