import { type KubernetesObject, nameOf, type Of, refOf } from '../../objects.ts';
import { maxUnavailableOf } from '../../rolling-update.ts';
import { fitsOf } from '../../scheduling/node-fit.ts';
import type { ActionName } from '../action.ts';
import { changesTemplate, isWorkload, livingPods, readyPods, type Workload, wasListed } from '../subject.ts';
import type { Guard, Situation } from './guard.ts';
import { allow, approve, refuse } from './verdicts.ts';

/** Without these something broken stays broken: a person may take the outage. */
const mending: ReadonlySet<ActionName> = new Set(['rollback_workload', 'set_image', 'resize_workload', 'undo_action']);

/** G31: no outage for a restart. */
export const servesOn: Guard = {
  id: 'G31',
  title: 'keeps a Ready pod while pods are replaced',

  check(draft, situation) {
    const { snapshot, target } = situation;
    if (!changesTemplate(draft) || !isWorkload(target)) return undefined;
    const ready = readyPods(snapshot, refOf(target)).length;
    const name = nameOf(refOf(target));
    if (ready === 0 && livingPods(snapshot, refOf(target)).length === 0 && wants(target))
      return approve(`No pod of ${name} was read, so whether one stays Ready is not known.`);
    if (ready === 0) return allow(`No pod of ${name} is Ready, so nothing is lost.`);
    const outage = outageOf(situation, ready);
    if (outage === undefined)
      return allow(`${name} has ${ready} Ready pods or room for one more, so that one serves on.`);
    return mending.has(draft.action.name)
      ? approve(`${outage.why}, so nothing serves for a moment.`)
      : refuse(`${outage.why}, so nothing would serve for a moment.`, outage.instead);
  },
};

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
      why: `${name} has the strategy Recreate: all ${ready} Ready pods go before the next ones come`,
      instead: 'change the strategy to RollingUpdate, or do it by hand when nobody needs it',
    };
  if (ready > lost) return lost > 0 ? undefined : withoutRoom(situation, ready);
  return { why: `${name} has ${ready} Ready pods, and maxUnavailable lets ${lost} go at once`, instead: scaleUp };
}

/** What is handed in is one by its kind: all fields of a Deployment are optional. */
const asDeployment = (object: KubernetesObject): Of<'Deployment'> => object;

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

type Surging = KubernetesObject & {
  readonly spec?:
    | {
        readonly updateStrategy?:
          | { readonly rollingUpdate?: { readonly maxSurge?: string | number } | undefined }
          | undefined;
      }
    | undefined;
};

/** A DaemonSet may bring the new pod first. */
function hasSurge(target: Surging): boolean {
  const surge = target.spec?.updateStrategy?.rollingUpdate?.maxSurge;
  return target.kind === 'DaemonSet' && surge !== undefined && !/^0%?$/.test(String(surge));
}
