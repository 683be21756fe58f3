import type { Pod } from './objects.ts';
import { perSnapshot } from './per-snapshot.ts';
import { containersOf, isBroken, isFinished, isTerminating, type PodContainer } from './pods.ts';
import type { Snapshot } from './snapshot.ts';

/*
 * Most rules are about a few of very many pods. These groups are picked once per snapshot instead of by every rule,
 * each in the order of the snapshot.
 */

/**
 * Pods that are broken, or of which a container waits, has ended, or is not known to be ready. What the others'
 * containers say is that they run since their start, so nothing about them can have failed.
 */
export const unsettledPods = perSnapshot((snapshot): readonly Pod[] =>
  snapshot.all('Pod').filter((pod) => isBroken(pod) || !containersOf(pod).every(isSettled)),
);

/** Pods that should be serving and are not (`isBroken`). */
export const brokenPods = perSnapshot((snapshot): readonly Pod[] => unsettledPods(snapshot).filter(isBroken));

/** Living pods that have no node. */
export const unassignedPods = perSnapshot((snapshot): readonly Pod[] =>
  snapshot.all('Pod').filter((pod) => !pod.spec?.nodeName && !isTerminating(pod) && !isFinished(pod)),
);

/** Pods that are being deleted. */
export const leavingPods = perSnapshot((snapshot): readonly Pod[] => snapshot.all('Pod').filter(isTerminating));

/** Pods that ended for good and in failure. */
export const failedPods = perSnapshot((snapshot): readonly Pod[] =>
  snapshot.all('Pod').filter(({ status }) => status?.phase === 'Failed'),
);

/** Every whole pod that has this node, ended ones too. */
export const podsOn = (snapshot: Snapshot, node: string): readonly Pod[] => byNode(snapshot).get(node) ?? [];

const byNode = perSnapshot((snapshot) => Map.groupBy(snapshot.all('Pod'), ({ spec }) => spec?.nodeName));

function isSettled({ init, status }: PodContainer): boolean {
  const { state, lastState, ready, restartCount = 0 } = status ?? {};
  if (lastState?.terminated !== undefined || state?.waiting !== undefined || ready !== true) return false;
  if (state?.terminated === undefined) return state?.running !== undefined;
  // An init container that did its work, and had nothing to say.
  const { exitCode, reason, message } = state.terminated;
  return init && exitCode === 0 && reason === 'Completed' && message === undefined && restartCount === 0;
}
