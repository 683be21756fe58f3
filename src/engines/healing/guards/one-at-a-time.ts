import { keyOf, nameOf, type ObjectRef, type Pod, refOf } from '../../objects.ts';
import { podsOf, workloadOf } from '../../owners.ts';
import { isReady, isTerminating } from '../../pods.ts';
import type { Draft } from '../draft.ts';
import { changesTemplate, evictionsOf, podOf, readyPods, replicasAfter, type Workload } from '../subject.ts';
import type { Guard, Situation } from './guard.ts';
import { allow, approve, refuse } from './verdicts.ts';

/** G22: members of a StatefulSet may need each other. */
export const oneAtATime: Guard = {
  id: 'G22',
  title: 'takes one pod of a StatefulSet at a time, and keeps its majority',

  check(draft, situation) {
    const { target } = situation;
    const replicas = replicasAfter(draft);
    if (target.kind === 'StatefulSet') {
      if (replicas !== undefined) return ofScale(target, replicas);
      return changesTemplate(draft) ? ofRollout(draft, situation) : undefined;
    }
    return ofEvictions(draft, situation);
  },
};

const majorityOf = (replicas: number): number => Math.floor(replicas / 2) + 1;

function ofScale(target: Workload, replicas: number) {
  const { replicas: present = 1 } = target.spec ?? {};
  const name = nameOf(refOf(target));
  return replicas < present - 1
    ? refuse(
        `Scaling ${name} from ${present} to ${replicas} takes ${present - replicas} of its members at once.`,
        `scale to ${present - 1}, and go on once the others have agreed`,
      )
    : allow(`${name} loses no more than one member.`);
}

function ofRollout({ action, operations }: Draft, { snapshot, target }: Situation) {
  const { spec }: Workload = target;
  const { type = 'RollingUpdate', rollingUpdate } = spec?.updateStrategy ?? {};
  const name = nameOf(refOf(target));
  if (type === 'OnDelete')
    return refuse(`${name} replaces no pod by itself: its update strategy is OnDelete.`, 'evict its pods, one by one');
  const atOnce = rollingUpdate?.maxUnavailable ?? 1;
  if (String(atOnce) !== '1')
    return refuse(`${name} replaces ${atOnce} pods at once: maxUnavailable.`, 'set maxUnavailable to 1 first');
  const back = operations.find((operation) => operation.verb === 'set_template')?.from.name;
  const replicas = spec?.replicas ?? 1;
  const ready = readyPods(snapshot, refOf(target));
  const known = podsOf(snapshot, refOf(target)).length > 0;
  const stay = known && ready.every((pod) => hasRevision(pod, back));
  // Going pod by pod, its controller takes no Ready one as long as another is not (stateful_set_control.go, `monotonic`).
  const waits = spec?.podManagementPolicy !== 'Parallel' && ready.length > 0 && ready.length < replicas;
  const lost = stay || (action.name === 'rollback_workload' && waits) ? 0 : 1;
  return ofLoss(refOf(target), replicas, { ready: ready.length, lost });
}

/** Pods that have the template which is gone back to stay as they are; they name its ControllerRevision. */
const hasRevision = (pod: Pod, revision: string | undefined): boolean =>
  revision !== undefined && pod.metadata.labels?.['controller-revision-hash'] === revision;

function ofEvictions(draft: Draft, situation: Situation) {
  const { snapshot } = situation;
  const pods = evictionsOf(draft).flatMap(({ on }) => podOf(situation, on.object) ?? []);
  const members = pods
    .map((pod) => ({ pod, set: workloadOf(snapshot, pod) }))
    .filter(({ set }) => set.kind === 'StatefulSet');
  const groups = Map.groupBy(members, ({ set }) => keyOf(set));
  const verdicts = [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined
      ? []
      : ofSet(
          first.set,
          group.map(({ pod }) => pod),
          situation,
        );
  });
  return (
    verdicts.find(({ decision }) => decision === 'refuse') ??
    verdicts.find(({ decision }) => decision === 'approve') ??
    verdicts[0]
  );
}

function ofSet(set: ObjectRef, leaving: readonly Pod[], { snapshot }: Situation) {
  const all = podsOf(snapshot, set);
  const names = new Set(leaving.map(({ metadata }) => metadata.name));
  const gone = all.find((pod) => isTerminating(pod) && !names.has(pod.metadata.name));
  if (gone !== undefined)
    return refuse(
      `${nameOf(refOf(gone))} of ${nameOf(set)} is leaving already.`,
      'wait until it is back and Ready, then go on',
    );
  const replicas = snapshot.find('StatefulSet', set.namespace, set.name)?.spec?.replicas ?? all.length;
  const lost = leaving.filter((pod) => isReady(pod)).length;
  return ofLoss(set, replicas, { ready: readyPods(snapshot, set).length, lost });
}

/** Whether enough members stay; with one alone there is no majority to keep, and with two none that can be kept. */
function ofLoss(set: ObjectRef, replicas: number, { ready, lost }: { ready: number; lost: number }) {
  const name = nameOf(set);
  const left = ready - lost;
  if (replicas > 2 && lost > 0 && left < majorityOf(replicas))
    return refuse(
      `${left} of ${replicas} pods of ${name} would be left Ready, less than the ${majorityOf(replicas)} that are a majority.`,
      lost > 1 ? 'evict them one by one, each once the one before is Ready again' : 'mend the other pods first',
    );
  if (replicas === 2 && lost > 0) return approve(`${name} has 2 members: either of them alone is no majority.`);
  return allow(`${left} of ${replicas} pods of ${name} stay Ready, and it loses one at a time.`);
}
