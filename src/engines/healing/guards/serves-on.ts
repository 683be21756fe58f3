import { nameOf, refOf } from '../../objects.ts';
import { maxUnavailableOf } from '../../rolling-update.ts';
import { fitsOf } from '../../scheduling/node-fit.ts';
import type { Action, ActionName } from '../action.ts';
import { asDeployment, hasSurge } from '../makes-room-first.ts';
import {
  affectedWorkload,
  changesTemplate,
  containersOfTarget,
  counted,
  evictionsOf,
  isWorkload,
  livingPods,
  readyPods,
  type Workload,
  wasListed,
} from '../subject.ts';
import type { Guard, Situation } from './guard.ts';
import { successorsStart } from './successors-start.ts';
import { allow, approve, refuse } from './verdicts.ts';

/** Without these something broken stays broken: a person may take the outage. */
const mending: ReadonlySet<ActionName> = new Set(['rollback_workload', 'set_image', 'resize_workload', 'undo_action']);

type Resize = Extract<Action, { name: 'resize_workload' }>;

/** G31: no outage for a restart. */
export const servesOn: Guard = {
  id: 'G31',
  title: 'keeps a Ready pod while pods are replaced',

  check(draft, situation) {
    const { snapshot, target } = situation;
    if (draft.action.name === 'resize_workload' && target.kind === 'Pod') return inPlace(draft.action, situation);
    if (evictionsOf(draft).length > 0) return successorsStart(draft, situation);
    if (!changesTemplate(draft) || !isWorkload(target)) return undefined;
    const ready = readyPods(snapshot, refOf(target)).length;
    const name = nameOf(refOf(target));
    if (ready === 0 && livingPods(snapshot, refOf(target)).length === 0 && wants(target))
      return approve(`No pod of ${name} was read, so whether one stays Ready is not known.`);
    if (ready === 0) return allow(`No pod of ${name} is Ready, so nothing is lost.`);
    const outage = outageOf(situation, ready);
    if (outage === undefined)
      return allow(`${name} has ${counted(ready, 'Ready pod')} or room for one more, so that one serves on.`);
    return mending.has(draft.action.name)
      ? approve(`${outage.why}, so nothing serves for a moment.`)
      : refuse(`${outage.why}, so nothing would serve for a moment.`, outage.instead);
  },
};

/** A container may want a restart for what would change (its `resizePolicy`); the others of its workload serve on. */
function inPlace({ container, requests = {}, limits = {} }: Resize, situation: Situation) {
  const name = nameOf(refOf(situation.target));
  const restarted = containersOfTarget(situation.target)
    .find((each) => each.name === container)
    ?.resizePolicy?.find(
      ({ resourceName, restartPolicy }) =>
        restartPolicy === 'RestartContainer' &&
        (resourceName === 'cpu' || resourceName === 'memory') &&
        (requests[resourceName] ?? limits[resourceName]) !== undefined,
    );
  if (restarted === undefined) return allow(`Container ${container} of ${name} keeps running.`);
  const others = readyPods(situation.snapshot, affectedWorkload(situation)).filter(
    ({ metadata }) => metadata.name !== situation.target.metadata.name,
  );
  const why = `Container ${container} of ${name} restarts when its ${restarted.resourceName} changes`;
  return others.length > 0
    ? allow(`${why}, and ${counted(others.length, 'other pod')} of its workload serves on.`)
    : approve(`${why}, so nothing serves for a moment.`);
}

const wants = ({ spec }: Workload): boolean => (spec?.replicas ?? 1) > 0;

interface Outage {
  readonly why: string;
  readonly instead: string;
}

/** Why no pod would be Ready for a while, if so. */
function outageOf(situation: Situation, ready: number): Outage | undefined {
  const { target } = situation;
  const name = nameOf(refOf(target));
  const scaleUp = 'scale up to 2 or more first';
  if (target.kind !== 'Deployment')
    return ready >= 2 || hasSurge(target)
      ? undefined
      : { why: `${name} has ${ready} Ready pod, which goes before the next one comes`, instead: scaleUp };
  const lost = maxUnavailableOf(asDeployment(target));
  if (lost === undefined)
    return {
      why: `${name} has the strategy Recreate, by which ${counted(ready, 'Ready pod')} would go before the next ones come`,
      instead: 'change the strategy to RollingUpdate, or do it by hand when nobody needs it',
    };
  if (ready > lost) return lost > 0 ? undefined : withoutRoom(situation, ready);
  return {
    why: `${name} has ${counted(ready, 'Ready pod')}, and maxUnavailable lets ${lost} go at once`,
    instead: scaleUp,
  };
}

/** A new pod comes first here; it has to find a node. Waiting for one leaves the old pods, so several can wait. */
function withoutRoom({ snapshot, target }: Situation, ready: number): Outage | undefined {
  const [pod] = readyPods(snapshot, refOf(target));
  if (ready >= 2 || pod === undefined || !wasListed(snapshot, 'Node')) return undefined;
  return fitsOf(snapshot, pod).some(({ obstacles }) => obstacles.size === 0)
    ? undefined
    : {
        why: `No node has room for one more pod of ${nameOf(refOf(target))}`,
        instead: 'add a node, or free one first',
      };
}
