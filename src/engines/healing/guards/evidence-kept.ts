import { nameOf, type Pod, refOf } from '../../objects.ts';
import { containersOf, isBroken, isFinished, type PodContainer } from '../../pods.ts';
import type { Snapshot } from '../../snapshot.ts';
import type { Draft } from '../draft.ts';
import { changesTemplate, counted, evictionsOf, livingPods, podOf } from '../subject.ts';
import type { Guard, Situation } from './guard.ts';
import { allow, approve, refuse } from './verdicts.ts';

/** G36: what a broken pod tells is kept before it goes. */
export const evidenceKept: Guard = {
  id: 'G36',
  title: 'keeps what a broken pod tells before it goes',

  check(draft, situation) {
    const { snapshot, tier } = situation;
    const unread = evictionsOf(draft).find(({ on }) => podOf(situation, on.object)?.status === undefined);
    if (unread !== undefined)
      return refuse(
        `The status of ${nameOf(unread.on.object)} was not read, and would be gone with it.`,
        'plan again once it can be read',
      );
    const going = goingPods(draft, situation);
    if (going === undefined) return undefined;
    const broken = going.filter((pod) => isBroken(pod) || isFinished(pod));
    const silent = broken.flatMap((pod) => unreadLogs(snapshot, pod));
    const [first] = silent;
    if (first === undefined)
      return allow(
        broken.length === 0
          ? 'No broken pod would go.'
          : `Status and logs of ${counted(broken.length, 'broken pod')} were read.`,
      );
    const reason = `The log of ${first} was not read, and would be gone with its pod.`;
    return tier === 'unattended' ? refuse(reason, 'read the log first: analyze_logs') : approve(reason);
  },
};

function goingPods(draft: Draft, situation: Situation): readonly Pod[] | undefined {
  const evictions = evictionsOf(draft);
  if (evictions.length > 0) return evictions.flatMap(({ on }) => podOf(situation, on.object) ?? []);
  return changesTemplate(draft) ? livingPods(situation.snapshot, refOf(situation.target)) : undefined;
}

/** Containers that ran, are not well, and of which no log was read; the log of one that never ran is empty. */
const unreadLogs = (snapshot: Snapshot, pod: Pod): readonly string[] =>
  containersOf(pod)
    .filter((container) => hasRun(container) && container.status?.ready !== true && !endedWell(container))
    .filter(({ name }) => [false, true].every((previous) => snapshot.log(refOf(pod), name, previous) === undefined))
    .map(({ name }) => `container ${name} of ${nameOf(refOf(pod))}`);

const hasRun = ({ status }: PodContainer): boolean =>
  status?.state?.running !== undefined ||
  status?.state?.terminated !== undefined ||
  status?.lastState?.terminated !== undefined;

const endedWell = ({ status }: PodContainer): boolean => status?.state?.terminated?.exitCode === 0;
